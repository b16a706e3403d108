"""Note on an account whether it has ever flagged a post, so that who has not is asked for no flags."""

import sqlalchemy as sa

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("has_flagged", sa.Boolean(), nullable=False, server_default=sa.false()))
