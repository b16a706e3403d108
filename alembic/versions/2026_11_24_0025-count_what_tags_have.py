"""Count the published threads of each tag in each category, and find which of somebody's threads are not published."""

import sqlalchemy as sa

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

COUNTED = """
    INSERT INTO tag_count (tag_id, category_id, threads)
    SELECT thread_tag.tag_id, thread.category_id, count(*)
    FROM thread_tag JOIN thread ON thread.id = thread_tag.thread_id
    WHERE thread.moderation = 'published' GROUP BY thread_tag.tag_id, thread.category_id
"""
UNPUBLISHED = sa.text("moderation <> 'published'")


def upgrade() -> None:
    op.create_table(
        "tag_count",
        sa.Column("tag_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("threads", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("tag_count_tag_id_fkey")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("tag_count_category_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tag_id", "category_id", name=op.f("tag_count_pkey")),
    )
    op.create_index("tag_count_category_id", "tag_count", ["category_id"])
    op.execute(COUNTED)
    where = {"sqlite_where": UNPUBLISHED, "postgresql_where": UNPUBLISHED}
    op.create_index("thread_particular", "thread", ["author_id", "id"], **where)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
