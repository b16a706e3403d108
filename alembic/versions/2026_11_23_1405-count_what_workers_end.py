"""Count, beside each worker's heartbeat, how the jobs it had in hand ended."""

import sqlalchemy as sa

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("worker_heartbeat", sa.Column("counts", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
