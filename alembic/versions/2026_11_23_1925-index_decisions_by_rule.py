"""Find how often a rule decided lately without reading all decisions of that time."""

import sqlalchemy as sa

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    by_rule = sa.text("rule_id IS NOT NULL")
    op.create_index(
        "decision_by_rule", "decision", ["rule_id", "decided_at"], sqlite_where=by_rule, postgresql_where=by_rule
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
