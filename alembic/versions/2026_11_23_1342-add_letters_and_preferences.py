"""Add letters that gather news, what people prefer, and mail that came back."""

import sqlalchemy as sa

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("notification", sa.Column("considered", sa.JSON(), nullable=True))
    create_letters()
    move_deliveries_into_letters()
    change_preferences()
    create_bounces()


def create_letters() -> None:
    gathering, digest = sa.text("state = 'gathering'"), sa.text("kind = 'digest'")
    op.create_table(
        "letter",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("gather", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="letter_account_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="letter_thread_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="letter_pkey"),
        sqlite_autoincrement=True,
    )
    owner = ["account_id", "gather"]
    op.create_index(
        "letter_gathering", "letter", owner, unique=True, sqlite_where=gathering, postgresql_where=gathering
    )
    op.create_index("letter_digest_once", "letter", owner, unique=True, sqlite_where=digest, postgresql_where=digest)
    op.create_index("letter_of_account", "letter", ["account_id", "id"])
    op.create_index("letter_thread_id", "letter", ["thread_id"])


def move_deliveries_into_letters() -> None:
    """Every delivery so far was a letter of its own: it keeps its Message-ID, its id, and the job that brings it."""
    op.execute(
        "INSERT INTO letter (id, account_id, kind, thread_id, gather, state, attempts, token, message_id, answer,"
        " due_at, created_at, ended_at)"
        " SELECT d.id, n.account_id, 'thread', n.thread_id, '', d.state, d.attempts, d.token, d.message_id, d.answer,"
        " d.created_at, d.created_at, d.ended_at FROM delivery d JOIN notification n ON n.id = d.notification_id"
    )
    with op.batch_alter_table("delivery", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("letter_id", sa.BigInteger(), nullable=True))
        batch.create_foreign_key("delivery_letter_id_fkey", "letter", ["letter_id"], ["id"], ondelete="CASCADE")
        batch.drop_column("message_id")
    op.execute("UPDATE delivery SET letter_id = id")
    op.execute("UPDATE delivery SET state = 'waiting', token = NULL WHERE state = 'sending'")
    op.create_index("delivery_letter_id", "delivery", ["letter_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('letter', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM letter))"
        )
        letter = "json_build_object('letter', (payload ->> 'delivery')::bigint)"
    else:
        letter = "json_object('letter', json_extract(payload, '$.delivery'))"
    op.execute(f"UPDATE job SET payload = {letter} WHERE kind = 'notifications.deliver'")


def change_preferences() -> None:
    def add(name: str, kind: sa.types.TypeEngine[object], default: str | None) -> None:
        column = sa.Column(name, kind, nullable=default is None, server_default=default)
        op.add_column("notification_preference", column)

    add("channels", sa.JSON(), "{}")
    add("mail_delay", sa.BigInteger(), None)
    add("digest", sa.String(length=10), "off")
    add("digest_hour", sa.Integer(), "8")
    add("digest_weekday", sa.Integer(), "0")
    add("time_zone", sa.String(length=64), "UTC")
    add("quiet_from", sa.Integer(), None)
    add("quiet_until", sa.Integer(), None)
    add("quiet_days", sa.JSON(), "[0, 1, 2, 3, 4, 5, 6]")
    add("on_reply", sa.String(length=20), "watching")
    add("after_reading", sa.String(length=20), "tracking")
    add("mail_stopped_at", sa.BigInteger(), None)
    add("mail_stopped_because", sa.String(length=500), "")


def create_bounces() -> None:
    op.create_table(
        "bounce",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="bounce_account_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="bounce_letter_id_fkey", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="bounce_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("bounce_of_account", "bounce", ["account_id", "at"])
    op.create_index("bounce_letter_id", "bounce", ["letter_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
