"""Create mentions."""

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OF_REPLY, OF_OPENING = sa.text("reply_id IS NOT NULL"), sa.text("reply_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "mention",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("mention_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("mention_reply_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("mention_thread_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("mention_pkey")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("mention_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("mention_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            "mention_in_reply",
            ["reply_id", "account_id"],
            unique=True,
            sqlite_where=OF_REPLY,
            postgresql_where=OF_REPLY,
        )
        batch_op.create_index(
            "mention_in_opening",
            ["thread_id", "account_id"],
            unique=True,
            sqlite_where=OF_OPENING,
            postgresql_where=OF_OPENING,
        )


def downgrade() -> None:
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index("mention_in_opening", sqlite_where=OF_OPENING, postgresql_where=OF_OPENING)
        batch_op.drop_index("mention_in_reply", sqlite_where=OF_REPLY, postgresql_where=OF_REPLY)
        batch_op.drop_index(batch_op.f("mention_event_id"))
        batch_op.drop_index(batch_op.f("mention_account_id"))

    op.drop_table("mention")
