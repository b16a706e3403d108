"""Let threads be pinned, keep the end of the event chain, and hashed addresses beside it."""

import sqlalchemy as sa

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_event_head()
    change_event()
    change_site()
    change_thread()


def create_event_head() -> None:
    op.create_table(
        "event_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="event_head_pkey"),
    )
    op.execute(
        "INSERT INTO event_head (id, position, hash) SELECT 1, position, hash FROM event "
        "WHERE position = (SELECT MAX(position) FROM event)"
    )


def change_event() -> None:
    op.add_column("event", sa.Column("address_hash", sa.String(length=64), nullable=True))


def change_site() -> None:
    op.add_column("site", sa.Column("flags_hide_at", sa.Integer(), nullable=False, server_default="300"))
    op.add_column("site", sa.Column("flags_per_day", sa.Integer(), nullable=False, server_default="10"))
    op.add_column("site", sa.Column("address_kept", sa.BigInteger(), nullable=False, server_default="7776000000000"))
    op.add_column("site", sa.Column("contact", sa.String(length=200), nullable=False, server_default=""))


def change_thread() -> None:
    op.add_column("thread", sa.Column("pinned_at", sa.BigInteger(), nullable=True))
    op.add_column("thread", sa.Column("pinned_until", sa.BigInteger(), nullable=True))
    op.add_column("thread", sa.Column("pinned_everywhere", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "thread_pinned",
        "thread",
        ["pinned_at"],
        sqlite_where=sa.text("pinned_at IS NOT NULL"),
        postgresql_where=sa.text("pinned_at IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
