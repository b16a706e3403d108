"""Add levels on categories and tags, and how far people have read."""

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table, target in (("category_subscription", "category"), ("tag_subscription", "tag")):
        create_subscriptions(table, target)
    op.create_table(
        "read_mark",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="read_mark_account_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="read_mark_thread_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "thread_id", name="read_mark_pkey"),
    )
    op.create_index("read_mark_thread_id", "read_mark", ["thread_id"])


def create_subscriptions(table: str, target: str) -> None:
    """One person's level on a category or a tag."""
    of = f"{target}_id"
    op.create_table(
        table,
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column(of, sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"{table}_account_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint([of], [f"{target}.id"], name=f"{table}_{of}_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=f"{table}_pkey"),
        sa.UniqueConstraint(of, "account_id", name=f"{table}_of_one"),
        sqlite_autoincrement=True,
    )
    op.create_index(f"{table}_account_id", table, ["account_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
