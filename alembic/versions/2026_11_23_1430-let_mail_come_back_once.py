"""Let each letter come back once in each way, find it by its Message-ID, and forgive what came back."""

import sqlalchemy as sa

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bounce", sa.Column("forgiven", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("bounce_once", "bounce", ["letter_id", "kind"], unique=True)
    op.create_index("letter_message_id", "letter", ["message_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
