"""Keep of each earlier text of a post which one it is: nobody counts the ones before it any more."""

import sqlalchemy as sa

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for post in ("thread", "reply"):
        table, of = f"{post}_revision", f"{post}_id"
        op.add_column(table, sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
        up_to = f"e.{of} = {table}.{of} AND e.version <= {table}.version"
        op.execute(f"UPDATE {table} SET number = (SELECT count(*) FROM {table} AS e WHERE {up_to})")
        op.create_index(f"{table}_number", table, [of, "number"], unique=True)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
