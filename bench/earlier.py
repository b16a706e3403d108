"""Earlier posts, put straight into the database: two thousand people, threads of fifty replies, and what moderators
decided about one in twenty.
"""

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlmodel import SQLModel, col

from bench.seed import REPLY_LENGTH, SEED, text
from service.accounts.models import Account
from service.categories.models import Category
from service.kit.database import Session
from service.kit.database.rows import table_of
from service.replies.models import Reply
from service.screening.models import Decision
from service.threads.models import Thread

PEOPLE: Final = 2_000
IN_A_THREAD: Final = 50
BEGAN: Final = datetime(2024, 1, 1, tzinfo=UTC)
APART: Final = timedelta(minutes=7)
FIRST: Final = 10_000
"""The first id of these people: above everybody's who registers."""

STEPS: Final = ("approve", "approve", "hide", "spam", "reject")
STATE_AFTER: Final = {"approve": "published", "hide": "hidden", "spam": "spam", "reject": "rejected"}


@cache
def bodies() -> list[tuple[str, str]]:
    """Two hundred texts with their HTML; every tenth links to two other sites."""
    chance, made = random.Random(SEED), []
    for number in range(200):
        words = text(chance, REPLY_LENGTH)
        links = "".join(f' <a href="https://site{number + each}.example/">there</a>' for each in range(2))
        made.append((words, f"<p>{words}{links if number % 10 == 0 else ''}</p>"))
    return made


def bring_posts(session: Session, numbers: range) -> None:
    """The posts of these numbers, in order: every fiftieth opens a thread."""
    if not numbers.start:
        bring_people(session)
    general = session.execute(select(col(Category.id)).order_by(col(Category.id)).limit(1)).scalar_one()
    threads: list[dict[str, Any]] = []
    replies: list[dict[str, Any]] = []
    decisions: list[dict[str, Any]] = []
    for number in numbers:
        thread, place = divmod(number, IN_A_THREAD)
        post = said(number)
        if place == 0:
            threads.append(post | {"id": thread + 1, "category_id": general, "title": f"Thread {thread}"})
            continue
        reply_id = number + 1
        replies.append(post | {"id": reply_id, "thread_id": thread + 1, "number": place})
        if number % 20 == 7:
            decisions.append(decided(number, thread + 1, reply_id, general, post))
    fill(session, Thread, {"slug": "x", "idle_anchor": BEGAN, "active_at": BEGAN, "last_number": IN_A_THREAD}, threads)
    fill(session, Reply, {}, replies)
    fill(session, Decision, {"action": "", "subject": ""}, decisions)


def said(number: int) -> dict[str, Any]:
    """What a post says, who wrote it and when."""
    body, html = bodies()[number % 200]
    at = BEGAN + number * APART
    state = STATE_AFTER[STEPS[number // 20 % 5]] if number % 20 == 7 else "published"
    return {
        "author_id": FIRST + number * 7919 % PEOPLE, "body": f"{number}: {body}", "body_html": html, "created_at": at,
        "published_at": at, "moderation": state,
    }  # fmt: skip


def decided(number: int, thread_id: int, reply_id: int, category_id: int, post: dict[str, Any]) -> dict[str, Any]:
    """What a moderator decided about a reply."""
    return {
        "action": STEPS[number // 20 % 5], "subject": f"reply:{reply_id}", "thread_id": thread_id,
        "reply_id": reply_id, "category_id": category_id, "account_id": post["author_id"], "decided_by_id": FIRST,
        "decided_at": post["created_at"],
    }  # fmt: skip


def bring_people(session: Session) -> None:
    """The authors; the first of them moderates."""
    rows = []
    for number in range(PEOPLE):
        name, at = f"earlier{number}", BEGAN + number * timedelta(hours=2)
        rows.append({"id": FIRST + number, "username": name, "username_key": name, "email": f"{name}@example.org",
                     "email_key": f"{name}@example.org", "created_at": at})  # fmt: skip
    fill(session, Account, {"password_hash": "!"}, rows)


def fill(session: Session, kind: type[SQLModel], like: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Insert rows; what they do not name is as in a new row of the kind."""
    if rows:
        same = kind(**{**like, **rows[0]}).model_dump(exclude={"id"})
        session.execute(insert(table_of(kind)), [same | row for row in rows])


def promote(session: Session, username: str) -> None:
    """Somebody is a moderator from now on."""
    session.execute(update(Account).where(col(Account.username) == username).values(role="moderator"))
