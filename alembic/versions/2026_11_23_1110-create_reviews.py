"""Create reviews, and find the posts that are not published."""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("state = 'open'")
OF_OPENING, OF_REPLY = sa.text("reply_id IS NULL"), sa.text("reply_id IS NOT NULL")
UNPUBLISHED = sa.text("moderation <> 'published'")


def upgrade() -> None:
    op.create_table(
        "review",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("review_decided_by_id_fkey")),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("review_reply_id_fkey")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("review_thread_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("review_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("review_thread_id"), "review", ["thread_id"])
    create_partial("review_of_opening", "review", ["thread_id"], OF_OPENING, unique=True)
    create_partial("review_of_reply", "review", ["reply_id"], OF_REPLY, unique=True)
    create_partial("review_open", "review", ["opened_at", "id"], IS_OPEN)
    for table in ("thread", "reply"):
        create_partial(f"{table}_unpublished", table, ["moderation", "created_at", "id"], UNPUBLISHED)


def create_partial(name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table in ("thread", "reply"):
        op.drop_index(f"{table}_unpublished", table_name=table)
    op.drop_table("review")
