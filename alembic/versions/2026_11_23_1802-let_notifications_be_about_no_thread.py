"""Let notifications be about no thread: decisions about a person, and what became of their flags and appeals."""

import sqlalchemy as sa

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notification", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("thread_id", existing_type=sa.BigInteger(), nullable=True)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
