"""Begin with the rules that every site has, know the same text again, and say when the rules last changed."""

import time

import sqlalchemy as sa

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STAFF = ["moderator", "admin"]
RULES = (
    {
        "name": "The same text twice", "kind": "duplicate", "terms": {"window": "PT10M"}, "verdict": "refuse",
        "public_reason": "You posted this same text a moment ago.", "enabled": True,
    },
    {
        "name": "Many posts at once", "kind": "flood", "terms": {"posts": 60, "window": "PT1M"}, "verdict": "refuse",
        "public_reason": "You are posting very quickly.", "enabled": True,
    },
    {
        "name": "A field that people do not see", "kind": "honeypot", "terms": {}, "verdict": "spam",
        "public_reason": "", "enabled": True,
    },
    {
        "name": "Forms sent faster than people type", "kind": "too_fast",
        "terms": {"least": "PT3S", "only_first_posts": None}, "verdict": "hold",
        "public_reason": "This was sent very quickly, so a moderator looks at it first.", "enabled": False,
    },
    {
        "name": "Links in first posts", "kind": "links",
        "terms": {"least": 2, "count": "hosts", "only_first_posts": 1}, "verdict": "hold",
        "public_reason": "First posts with several links wait for a moderator.", "enabled": False,
    },
)  # fmt: skip


def upgrade() -> None:
    op.add_column("site", sa.Column("rules_mark", sa.BigInteger(), nullable=False, server_default="0"))
    mark_texts("thread", ["author_id", "text_hash"])
    mark_texts("reply", ["author_id", "thread_id", "text_hash"])
    if op.get_bind().execute(sa.text("SELECT COUNT(*) FROM rule")).scalar_one() == 0:
        make_rules()


def mark_texts(table: str, columns: list[str]) -> None:
    op.add_column(table, sa.Column("text_hash", sa.BigInteger(), nullable=True))
    is_marked = sa.text("text_hash IS NOT NULL")
    op.create_index(f"{table}_by_text", table, columns, sqlite_where=is_marked, postgresql_where=is_marked)


def make_rules() -> None:
    at = time.time_ns() // 1_000
    rule, version = tables()
    for place, said in enumerate(RULES, 1):
        row = said | {"exempt_roles": STAFF, "place": place}
        made = rule.insert().values(
            **row, category_id=None, version=1, changed_at=at, failures=0, secret=""
        ).returning(rule.c.id)  # fmt: skip
        rule_id = op.get_bind().execute(made).scalar_one()
        op.get_bind().execute(
            version.insert().values(
                rule_id=rule_id, version=1, said=row | {"category": None}, confirmed=True, made_at=at
            )
        )


def tables() -> tuple[sa.TableClause, sa.TableClause]:
    rule = sa.table(
        "rule", sa.column("id", sa.BigInteger), sa.column("name"), sa.column("kind"), sa.column("terms", sa.JSON),
        sa.column("verdict"), sa.column("public_reason"), sa.column("category_id", sa.BigInteger),
        sa.column("exempt_roles", sa.JSON), sa.column("enabled", sa.Boolean), sa.column("place", sa.Integer),
        sa.column("version", sa.Integer), sa.column("changed_at", sa.BigInteger), sa.column("failures", sa.Integer),
        sa.column("secret"),
    )  # fmt: skip
    version = sa.table(
        "rule_version", sa.column("rule_id", sa.BigInteger), sa.column("version", sa.Integer),
        sa.column("said", sa.JSON), sa.column("confirmed", sa.Boolean), sa.column("made_at", sa.BigInteger),
    )  # fmt: skip
    return rule, version


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: to go back, restore a backup")
