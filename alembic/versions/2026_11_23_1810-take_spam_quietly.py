"""Know of a post whether it is taken for spam without its author knowing."""

import sqlalchemy as sa

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("thread", "reply"):
        op.add_column(table, sa.Column("is_quiet", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
