"""Find the few accounts that are no plain members, and what lies in the trash with its text, the oldest first."""

import sqlalchemy as sa

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

STAFF = sa.text("role <> 'member'")
IN_TRASH = sa.text("trashed_at IS NOT NULL AND purged_at IS NULL")


def upgrade() -> None:
    op.create_index("account_of_staff", "account", ["role", "id"], sqlite_where=STAFF, postgresql_where=STAFF)
    for table in ("thread", "reply"):
        where = {"sqlite_where": IN_TRASH, "postgresql_where": IN_TRASH}
        op.create_index(f"{table}_in_trash", table, ["trashed_at", "id"], **where)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
