"""Add timers, slow mode, temporary closings, and what lists of threads are sorted by."""

import sqlalchemy as sa

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table in ("site", "category", "thread"):
        op.add_column(table, sa.Column("reopens_at", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("slow_mode", sa.BigInteger(), nullable=True))
    op.add_column("site", sa.Column("close_grace", sa.BigInteger(), nullable=False, server_default="0"))
    roles = '["moderator", "admin"]'
    op.add_column("site", sa.Column("closed_reply_roles", sa.JSON(), nullable=False, server_default=roles))
    op.add_column("site", sa.Column("close_also", sa.JSON(), nullable=False, server_default="[]"))
    change_threads()
    op.drop_index("reply_author_id", "reply")
    op.create_index("reply_by_author", "reply", ["author_id", "thread_id", "created_at"])
    create_timers()


def change_threads() -> None:
    """So far lists were sorted by the silence that the closing law reads: that is where the new order begins."""
    op.add_column("thread", sa.Column("active_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("thread", sa.Column("bumped_at", sa.BigInteger(), nullable=True))
    op.add_column("thread", sa.Column("closes_silently", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("thread", sa.Column("slow_mode_until", sa.BigInteger(), nullable=True))
    op.add_column("thread", sa.Column("closing_warned_for", sa.BigInteger(), nullable=True))
    op.add_column("thread", sa.Column("closure_before", sa.JSON(), nullable=True))
    op.execute("UPDATE thread SET active_at = idle_anchor")
    for index, columns in (
        ("thread_all_by_activity", ["active_at", "id"]),
        ("thread_by_activity", ["category_id", "active_at", "id"]),
    ):
        op.drop_index(index, "thread")
        op.create_index(index, "thread", columns)
    reopening = sa.text("reopens_at IS NOT NULL")
    op.create_index("thread_reopening", "thread", ["reopens_at"], sqlite_where=reopening, postgresql_where=reopening)


def create_timers() -> None:
    active = sa.text("ended_at IS NULL")
    op.create_table(
        "timer",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["account.id"], name="timer_set_by_id_fkey", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="timer_thread_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="timer_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "timer_active", "timer", ["thread_id", "kind", "owner_id"], unique=True,
        sqlite_where=active, postgresql_where=active,
    )  # fmt: skip
    op.create_index("timer_due", "timer", ["at", "id"], sqlite_where=active, postgresql_where=active)
    op.create_index("timer_thread_id", "timer", ["thread_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
