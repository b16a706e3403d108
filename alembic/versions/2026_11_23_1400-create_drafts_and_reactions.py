"""Create drafts and reactions, and what accounts and posts keep of them in their own rows."""

import sqlalchemy as sa

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OF_REPLY, OF_OPENING = sa.text("reply_id IS NOT NULL"), sa.text("reply_id IS NULL")


def identity() -> sa.Column[int]:
    """A primary key whose values are never reused."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", key, sa.Identity(always=False), nullable=False)


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """A row that goes with the one it refers to."""
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"{table}_{column}_fkey", ondelete="CASCADE")


def upgrade() -> None:
    op.add_column("account", sa.Column("has_drafts", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("thread", "reply"):
        op.add_column(table, sa.Column("reactions", sa.JSON(), nullable=True))
    create_drafts()
    create_reactions()


def create_drafts() -> None:
    op.create_table(
        "draft",
        identity(),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        refers("draft", "account_id", "account"),
        refers("draft", "thread_id", "thread"),
        sa.PrimaryKeyConstraint("id", name="draft_pkey"),
        sa.UniqueConstraint("account_id", "thread_id", name="draft_of_one"),
        sqlite_autoincrement=True,
    )
    op.create_index("draft_of_account", "draft", ["account_id", "updated_at", "id"])
    op.create_index("draft_by_age", "draft", ["updated_at"])
    op.create_index("draft_thread_id", "draft", ["thread_id"])


def create_reactions() -> None:
    op.create_table(
        "reaction",
        identity(),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        refers("reaction", "thread_id", "thread"),
        refers("reaction", "reply_id", "reply"),
        refers("reaction", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name="reaction_pkey"),
        sqlite_autoincrement=True,
    )
    for name, post, only in (
        ("reaction_to_reply", "reply_id", OF_REPLY),
        ("reaction_to_opening", "thread_id", OF_OPENING),
    ):
        key = [post, "account_id", "name"]
        op.create_index(name, "reaction", key, unique=True, sqlite_where=only, postgresql_where=only)
    op.create_index("reaction_of_account", "reaction", ["account_id", "thread_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
