"""Know of a post whether an edit of it waits for a moderator, so that others are asked for none."""

import sqlalchemy as sa

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("thread", "reply"):
        op.add_column(table, sa.Column("edit_waits", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
