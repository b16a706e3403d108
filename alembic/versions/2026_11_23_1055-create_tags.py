"""Create tags, and which thread has which."""

import sqlalchemy as sa

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="tag_pkey"),
        sa.UniqueConstraint("slug", name="tag_slug_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "thread_tag",
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="thread_tag_tag_id_fkey"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="thread_tag_thread_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("thread_id", "tag_id", name="thread_tag_pkey"),
    )
    op.create_index("thread_tag_by_tag", "thread_tag", ["tag_id", "thread_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
