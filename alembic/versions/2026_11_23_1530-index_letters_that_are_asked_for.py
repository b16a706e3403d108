"""Index the letters that have not ended, which are counted, and those to moderators, of which the last is asked for."""

import sqlalchemy as sa

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Letters are kept: without an index either question reads them all."""
    reviews, underway = sa.text("kind = 'reviews'"), sa.text("state IN ('gathering', 'waiting', 'sending')")
    op.create_index(
        "letter_reviews", "letter", ["account_id", "due_at"], sqlite_where=reviews, postgresql_where=reviews
    )
    op.create_index(
        "letter_underway", "letter", ["kind", "state", "due_at"], sqlite_where=underway, postgresql_where=underway
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
