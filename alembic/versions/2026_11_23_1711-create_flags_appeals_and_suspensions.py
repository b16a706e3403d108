"""Create flags, appeals, suspensions, notes of the staff, and moderators of one category."""

import sqlalchemy as sa

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_canned_reason()
    create_category_moderator()
    create_suspension()
    create_appeal()
    create_flag()
    create_staff_note()
    change_account()
    change_review()


def create_canned_reason() -> None:
    op.create_table(
        "canned_reason",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="canned_reason_made_by_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="canned_reason_pkey"),
        sqlite_autoincrement=True,
    )


def create_category_moderator() -> None:
    op.create_table(
        "category_moderator",
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="category_moderator_account_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name="category_moderator_category_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("category_id", "account_id", name="category_moderator_pkey"),
    )
    op.create_index("category_moderator_account_id", "category_moderator", ["account_id"])


def create_suspension() -> None:
    op.create_table(
        "suspension",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("silences", sa.Boolean(), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="suspension_account_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["account.id"], name="suspension_lifted_by_id_fkey"),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="suspension_made_by_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="suspension_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("suspension_account_id", "suspension", ["account_id"])


def create_appeal() -> None:
    op.create_table(
        "appeal",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(length=1000), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="appeal_account_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name="appeal_decided_by_id_fkey"),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name="appeal_decision_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="appeal_pkey"),
        sa.UniqueConstraint("decision_id", name="appeal_decision_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("appeal_account_id", "appeal", ["account_id"])
    op.create_index(
        "appeal_open",
        "appeal",
        ["made_at", "id"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def create_flag() -> None:
    op.create_table(
        "flag",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("post_version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="flag_account_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name="flag_reply_id_fkey"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="flag_thread_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="flag_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("flag_of_account", "flag", ["account_id", "made_at"])
    op.create_index(
        "flag_of_opening_once",
        "flag",
        ["account_id", "thread_id"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL AND reply_id IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL AND reply_id IS NULL"),
    )
    op.create_index("flag_of_post", "flag", ["thread_id", "reply_id"])
    op.create_index(
        "flag_of_reply_once",
        "flag",
        ["account_id", "reply_id"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL AND reply_id IS NOT NULL"),
        postgresql_where=sa.text("resolved_at IS NULL AND reply_id IS NOT NULL"),
    )


def create_staff_note() -> None:
    op.create_table(
        "staff_note",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.String(length=1000), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="staff_note_account_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name="staff_note_author_id_fkey"),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="staff_note_review_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="staff_note_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("staff_note_account_id", "staff_note", ["account_id"])
    op.create_index("staff_note_review_id", "staff_note", ["review_id"])


def change_account() -> None:
    op.add_column("account", sa.Column("moderated", sa.JSON(), nullable=True))
    op.add_column("account", sa.Column("standing", sa.JSON(), nullable=True))


def change_review() -> None:
    op.add_column("review", sa.Column("claimed_by_id", sa.BigInteger(), nullable=True))
    op.add_column("review", sa.Column("claimed_until", sa.BigInteger(), nullable=True))
    op.add_column("review", sa.Column("flag_weight", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("review", sa.Column("flag_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("review", sa.Column("flag_reasons", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("review", sa.Column("rule_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
