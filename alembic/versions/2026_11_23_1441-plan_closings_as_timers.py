"""Give each thread whose own time of closing is to come the timer that says so."""

import time

import sqlalchemy as sa

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who set it is not known any more; a time that has passed needs no timer."""
    plan = sa.text(
        "INSERT INTO timer (thread_id, kind, owner_id, at, time_zone, created_at, outcome) "
        "SELECT id, 'close', 0, closes_at, 'UTC', CAST(:now AS BIGINT), '' FROM thread "
        "WHERE closes_at > CAST(:now AS BIGINT)"
    )
    op.get_bind().execute(plan, {"now": time.time_ns() // 1000})


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
