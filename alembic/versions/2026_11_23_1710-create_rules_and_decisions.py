"""Create rules with their versions and trials, decisions with their inverses, and edits that wait."""

import sqlalchemy as sa

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_backtest()
    create_decision()
    create_rule()
    create_rule_version()
    create_held_edit()


def create_backtest() -> None:
    op.create_table(
        "backtest",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("examined", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="backtest_made_by_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="backtest_pkey"),
        sqlite_autoincrement=True,
    )


def create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("step_event_id", sa.BigInteger(), nullable=True),
        sa.Column("review_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("state_before", sa.String(length=20), nullable=False),
        sa.Column("state_after", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("automated", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=10), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=True),
        sa.Column("rule_version", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name="decision_decided_by_id_fkey"),
        sa.ForeignKeyConstraint(["undone_by_id"], ["account.id"], name="decision_undone_by_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="decision_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("decision_by_time", "decision", ["decided_at", "id"])
    op.create_index("decision_of_account", "decision", ["account_id", "id"])
    op.create_index("decision_of_batch", "decision", ["batch_id"])
    op.create_index("decision_of_event", "decision", ["event_id"])
    op.create_index("decision_of_post", "decision", ["thread_id", "reply_id", "id"])
    op.create_index("decision_of_step", "decision", ["step_event_id"])
    op.create_index(
        "decision_standing",
        "decision",
        ["subject", "id"],
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )


def create_rule() -> None:
    op.create_table(
        "rule",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("public_reason", sa.String(length=500), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("exempt_roles", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("backtest_id", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("resting_until", sa.BigInteger(), nullable=True),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="rule_category_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["changed_by_id"], ["account.id"], name="rule_changed_by_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="rule_pkey"),
        sqlite_autoincrement=True,
    )


def create_rule_version() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("backtest_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="rule_version_made_by_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="rule_version_pkey"),
        sa.UniqueConstraint("rule_id", "version", name="rule_version_once"),
        sqlite_autoincrement=True,
    )


def create_held_edit() -> None:
    op.create_table(
        "held_edit",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("editor_id", sa.BigInteger(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["account.id"], name="held_edit_editor_id_fkey"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name="held_edit_reply_id_fkey"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="held_edit_thread_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="held_edit_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "held_edit_of_opening",
        "held_edit",
        ["thread_id"],
        unique=True,
        sqlite_where=sa.text("reply_id IS NULL"),
        postgresql_where=sa.text("reply_id IS NULL"),
    )
    op.create_index(
        "held_edit_of_reply",
        "held_edit",
        ["reply_id"],
        unique=True,
        sqlite_where=sa.text("reply_id IS NOT NULL"),
        postgresql_where=sa.text("reply_id IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
