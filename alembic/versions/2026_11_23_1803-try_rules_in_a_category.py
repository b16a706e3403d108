"""Let rules be tried on the posts of one category."""

import sqlalchemy as sa

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("backtest", sa.Column("category_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
