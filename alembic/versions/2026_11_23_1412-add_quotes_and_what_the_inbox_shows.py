"""Add whom a post quotes, and which notifications the inbox shows."""

import sqlalchemy as sa

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mention", sa.Column("named", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("mention", sa.Column("quoted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("notification", sa.Column("on_site", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
