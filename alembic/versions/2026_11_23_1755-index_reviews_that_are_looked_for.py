"""Index reviews as they are looked for: all of them by age, those of a rule, and those that readers flagged."""

import sqlalchemy as sa

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Reviews are kept for ever: without an index, a list of decided ones, or of one rule's, reads them all."""
    of_rule, flagged = sa.text("rule_id IS NOT NULL"), sa.text("state = 'open' AND flag_count > 0")
    op.create_index("review_by_age", "review", ["opened_at", "id"])
    op.create_index(
        "review_of_rule", "review", ["rule_id", "opened_at", "id"], sqlite_where=of_rule, postgresql_where=of_rule
    )
    op.create_index("review_flagged", "review", ["opened_at", "id"], sqlite_where=flagged, postgresql_where=flagged)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
