"""Find the log's entries of one kind: all but the kind that most are of, which is found without an index."""

import sqlalchemy as sa

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

UNCOMMON = sa.text("kind <> 'reply.posted'")


def upgrade() -> None:
    op.create_index("event_of_kind", "event", ["kind", "position"], sqlite_where=UNCOMMON, postgresql_where=UNCOMMON)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
