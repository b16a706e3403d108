"""Create imports: what came from where, and the files that are on their way."""

import sqlalchemy as sa

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "imported_item",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("external_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="imported_item_thread_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name="imported_item_reply_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="imported_item_pkey"),
        sa.UniqueConstraint("source", "kind", "external_id", name="imported_item_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("imported_item_thread_id", "imported_item", ["thread_id"])
    op.create_table(
        "import_run",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("file_key", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="import_run_made_by_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="import_run_pkey"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
