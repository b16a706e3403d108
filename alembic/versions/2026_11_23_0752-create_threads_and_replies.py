"""Create categories, with the first one, threads and replies."""

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "category",
        sa.Column("closes_at", sa.BigInteger(), nullable=True),
        sa.Column("close_after_age", sa.BigInteger(), nullable=True),
        sa.Column("close_after_idle", sa.BigInteger(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("category_pkey")),
        sa.UniqueConstraint("slug", name=op.f("category_slug_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "thread",
        sa.Column("closes_at", sa.BigInteger(), nullable=True),
        sa.Column("close_after_age", sa.BigInteger(), nullable=True),
        sa.Column("close_after_idle", sa.BigInteger(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("moderation", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("reply_count", sa.BigInteger(), nullable=False),
        sa.Column("last_reply_at", sa.BigInteger(), nullable=True),
        sa.Column("idle_anchor", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closure_reason", sa.String(length=500), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.Column("override", sa.String(length=10), nullable=False),
        sa.Column("closing_recorded_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("thread_author_id_fkey")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("thread_category_id_fkey")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["account.id"], name=op.f("thread_closed_by_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("thread_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index("thread_all_by_activity", ["idle_anchor", "id"], unique=False)
        batch_op.create_index("thread_all_by_age", ["published_at", "id"], unique=False)
        batch_op.create_index("thread_all_by_replies", ["reply_count", "id"], unique=False)
        batch_op.create_index(batch_op.f("thread_author_id"), ["author_id"], unique=False)
        batch_op.create_index("thread_by_activity", ["category_id", "idle_anchor", "id"], unique=False)
        batch_op.create_index("thread_by_age", ["category_id", "published_at", "id"], unique=False)
        batch_op.create_index("thread_by_replies", ["category_id", "reply_count", "id"], unique=False)
        batch_op.create_index(
            "thread_untold",
            ["id"],
            unique=False,
            sqlite_where=sa.text("closing_recorded_at IS NULL AND moderation = 'published'"),
            postgresql_where=sa.text("closing_recorded_at IS NULL AND moderation = 'published'"),
        )

    op.create_table(
        "reply",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("in_reply_to_id", sa.BigInteger(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("child_count", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("moderation", sa.String(length=20), nullable=False),
        sa.Column("posted_while_closed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("reply_author_id_fkey")),
        sa.ForeignKeyConstraint(["in_reply_to_id"], ["reply.id"], name=op.f("reply_in_reply_to_id_fkey")),
        sa.ForeignKeyConstraint(["parent_id"], ["reply.id"], name=op.f("reply_parent_id_fkey")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("reply_thread_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("reply_pkey")),
        sa.UniqueConstraint("thread_id", "number", name="reply_number"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("reply_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("reply_parent_id"), ["parent_id"], unique=False)

    op.execute(
        "INSERT INTO category (slug, name, description, visibility, version) "
        "VALUES ('general', 'General', 'Whatever has no place of its own yet.', 'public', 1)"
    )


def downgrade() -> None:
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("reply_parent_id"))
        batch_op.drop_index(batch_op.f("reply_author_id"))

    op.drop_table("reply")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index(
            "thread_untold",
            sqlite_where=sa.text("closing_recorded_at IS NULL AND moderation = 'published'"),
            postgresql_where=sa.text("closing_recorded_at IS NULL AND moderation = 'published'"),
        )
        batch_op.drop_index("thread_by_replies")
        batch_op.drop_index("thread_by_age")
        batch_op.drop_index("thread_by_activity")
        batch_op.drop_index(batch_op.f("thread_author_id"))
        batch_op.drop_index("thread_all_by_replies")
        batch_op.drop_index("thread_all_by_age")
        batch_op.drop_index("thread_all_by_activity")

    op.drop_table("thread")
    op.drop_table("category")
