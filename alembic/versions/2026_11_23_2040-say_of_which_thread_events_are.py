"""Say of each event which thread it belongs to, so that what happened in one is found without reading the others'.

The column stands beside the hash chain: it repeats what the chain's members say already.
"""

import sqlalchemy as sa

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("thread_id", sa.BigInteger(), nullable=True))
    named = "json_extract(data, '$.thread_id')"
    if op.get_bind().dialect.name == "postgresql":
        named = "CAST(data ->> 'thread_id' AS BIGINT)"
    op.execute(f"UPDATE event SET thread_id = CASE subject_type WHEN 'thread' THEN subject_id ELSE {named} END")
    of_threads = sa.text("thread_id IS NOT NULL")
    op.create_index(
        "event_of_thread", "event", ["thread_id", "position"], sqlite_where=of_threads, postgresql_where=of_threads
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
