"""Find the threads whose deadline has come term by term, where the sweep looked at every open thread."""

import sqlalchemy as sa

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

UNTOLD = "closing_recorded_at IS NULL AND moderation = 'published'"
OWN = {
    "thread_own_fact": ("id", "(closed_at IS NOT NULL OR archived_at IS NOT NULL)"),
    "thread_own_schedule": ("closes_at", "closes_at >= 0"),
    "thread_own_age": ("(published_at + close_after_age)", "override = 'auto' AND close_after_age >= 0"),
    "thread_own_silence": ("(idle_anchor + close_after_idle)", "override = 'auto' AND close_after_idle >= 0"),
    "thread_own_replies": ("(reply_count - close_after_replies)", "override = 'auto' AND close_after_replies >= 0"),
}
INHERITED = {
    "thread_untold_by_age": ("close_after_age", "published_at"),
    "thread_untold_by_silence": ("close_after_idle", "idle_anchor"),
    "thread_untold_by_replies": ("close_after_replies", "reply_count"),
}


def upgrade() -> None:
    op.drop_index("thread_untold", "thread")
    untold = sa.text(UNTOLD)
    for name, (term, reached) in INHERITED.items():
        columns = ["category_id", "override", term, reached]
        op.create_index(name, "thread", columns, sqlite_where=untold, postgresql_where=untold)
    for name, (what, condition) in OWN.items():
        op.execute(f"CREATE INDEX {name} ON thread ({what}) WHERE {UNTOLD} AND {condition}")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
