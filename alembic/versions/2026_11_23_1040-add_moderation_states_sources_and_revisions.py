"""Add moderation states, imported authors, sources, revisions, and closing by the number of replies.

SQLite can add columns but not lift NOT NULL from one, so `reply` alone is rebuilt; `number` is now empty until a reply
is first published.
"""

import time
from typing import Any

import sqlalchemy as sa

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def both_posts() -> list[sa.Column[Any]]:
    """The new columns that threads and replies share."""
    return [
        sa.Column("author_name", sa.String(length=120), nullable=True),
        sa.Column("body_format", sa.String(length=10), nullable=False, server_default="markdown"),
        sa.Column("previous_moderation", sa.String(length=20), nullable=True),
        sa.Column("trashed_at", sa.BigInteger(), nullable=True),
        sa.Column("purged_at", sa.BigInteger(), nullable=True),
    ]


def upgrade() -> None:
    for table in ("site", "category", "thread"):
        op.add_column(table, sa.Column("close_after_replies", sa.BigInteger(), nullable=True))
    op.add_column("site", sa.Column("hold_first_posts", sa.Integer(), nullable=False, server_default="0"))
    change_threads()
    change_replies()
    date_what_is_there()
    create_revisions()


def change_threads() -> None:
    for column in both_posts():
        op.add_column("thread", column)
    for name in ("contents", "sources", "tags"):
        op.add_column("thread", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.execute(
        "ALTER TABLE thread ADD COLUMN edited_by_id BIGINT CONSTRAINT thread_edited_by_id_fkey REFERENCES account (id)"
    )


def change_replies() -> None:
    with op.batch_alter_table("reply", table_kwargs={"sqlite_autoincrement": True}) as batch:
        for column in both_posts():
            batch.add_column(column)
        batch.add_column(sa.Column("is_heard", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("published_at", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("edited_by_id", sa.BigInteger(), nullable=True))
        batch.alter_column("number", existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key("reply_edited_by_id_fkey", "account", ["edited_by_id"], ["id"])
    unnumbered = sa.text("number IS NULL")
    op.create_index(
        "reply_unnumbered", "reply", ["thread_id", "id"], sqlite_where=unnumbered, postgresql_where=unnumbered
    )


def date_what_is_there() -> None:
    """All replies so far were published when they were posted; deleted ones were trashed now, for all that is known."""
    op.execute("UPDATE reply SET published_at = created_at, is_heard = NOT posted_while_closed")
    for table in ("thread", "reply"):
        op.execute(
            sa.text(
                f"UPDATE {table} SET previous_moderation = 'published', trashed_at = :at WHERE moderation = 'trashed'"
            ).bindparams(sa.bindparam("at", time.time_ns() // 1000, type_=sa.BigInteger()))
        )


def create_revisions() -> None:
    op.create_table(
        "thread_revision",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_format", sa.String(length=10), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("redacted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="thread_revision_made_by_id_fkey"),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name="thread_revision_thread_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="thread_revision_pkey"),
        sa.UniqueConstraint("thread_id", "version", name="thread_revision_once"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reply_revision",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_format", sa.String(length=10), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("redacted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="reply_revision_made_by_id_fkey"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name="reply_revision_reply_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="reply_revision_pkey"),
        sa.UniqueConstraint("reply_id", "version", name="reply_revision_once"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
