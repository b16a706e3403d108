"""Note the hosts that young accounts link to, while a rule asks which of them several have in common."""

import sqlalchemy as sa

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "posted_host",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="posted_host_account_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="posted_host_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("posted_host_by_host", "posted_host", ["host", "at"])
    op.create_index("posted_host_account_id", "posted_host", ["account_id"])
    op.create_index("posted_host_at", "posted_host", ["at"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
