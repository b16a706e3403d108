"""Find at once whether somebody reads a thread otherwise than all others do: what they wrote there that is not
published, or has an edit that waits.
"""

import sqlalchemy as sa

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

PARTICULAR = sa.text("moderation <> 'published' OR edit_waits")


def upgrade() -> None:
    op.create_index(
        "reply_particular", "reply", ["author_id", "thread_id"], sqlite_where=PARTICULAR, postgresql_where=PARTICULAR
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
