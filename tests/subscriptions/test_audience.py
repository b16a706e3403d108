"""The audience of a thread, chunk by chunk, below the doors."""

import pytest
from sqlalchemy.event import listen, remove
from sqlmodel import select

from service.categories.models import Category
from service.kit.clock import now
from service.kit.database import Database, Session
from service.kit.database.rows import stored_id
from service.subscriptions.models import Subscription
from service.subscriptions.policy import effective
from service.subscriptions.queries import News, audience
from service.threads.models import Thread
from tests.cast import bring_in

pytestmark = pytest.mark.anyio


def fill(session: Session, visibility: str = "public") -> tuple[int, list[int]]:
    """A thread by the third of six people; gives its id and theirs. The last is an admin, the one before moderates."""
    roles = ["member"] * 4 + ["moderator", "admin"]
    people = [bring_in(session, f"person{number}", role)[0] for number, role in enumerate(roles)]
    category = Category(slug="here", name="Here", visibility=visibility)
    session.add(category)
    session.flush()
    at = now(session)
    thread = Thread(
        category_id=stored_id(category.id), author_id=people[2], title="T", slug="t", body="b", body_html="b",
        created_at=at, published_at=at, idle_anchor=at, active_at=at,
    )  # fmt: skip
    session.add(thread)
    session.flush()
    return stored_id(thread.id), people


def follow(session: Session, thread_id: int, account_id: int, level: str, reason: str = "chosen") -> None:
    session.add(
        Subscription(thread_id=thread_id, account_id=account_id, level=level, reason=reason, since=now(session))
    )
    session.flush()


def walk(session: Session, thread_id: int, limit: int) -> list[tuple[int, str]]:
    """All who watch, asked for in chunks of `limit`, with the reason."""
    thread = session.get_one(Thread, thread_id)
    category = session.get_one(Category, thread.category_id)
    found: list[tuple[int, str]] = []
    after = 0
    while chunk := audience(session, thread, category, News(watching=True), after, limit):
        levels = [(one.account_id, effective(one.bearings)) for one in chunk]
        found += [(account_id, str(level.reason)) for account_id, level in levels if level.level == "watching"]
        after = chunk[-1].account_id
        assert len(chunk) <= limit
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_everybody_who_watches_once_in_order_and_the_opener_among_them(database: Database, limit: int) -> None:
    def work(session: Session) -> tuple[list[tuple[int, str]], list[int]]:
        thread_id, people = fill(session)
        follow(session, thread_id, people[0], "watching", "replied")
        follow(session, thread_id, people[1], "muted")
        follow(session, thread_id, people[3], "normal")
        follow(session, thread_id, people[5], "watching")
        return walk(session, thread_id, limit), people

    found, people = await database.write(work)
    assert found == [(people[0], "replied"), (people[2], "opened"), (people[5], "chosen")]


@pytest.mark.parametrize("level", ["muted", "normal", "tracking", "watching_first"])
async def test_an_opener_who_chose_otherwise_does_not_watch(database: Database, level: str) -> None:
    def work(session: Session) -> list[tuple[int, str]]:
        thread_id, people = fill(session)
        follow(session, thread_id, people[2], level)
        return walk(session, thread_id, 10)

    assert await database.write(work) == []


@pytest.mark.parametrize(
    ("visibility", "expected"), [("public", [2, 3, 4, 5]), ("members", [2, 3, 4, 5]), ("staff", [4, 5])]
)
async def test_nobody_who_may_not_see_the_category(database: Database, visibility: str, expected: list[int]) -> None:
    def work(session: Session) -> tuple[list[tuple[int, str]], list[int]]:
        thread_id, people = fill(session, visibility)
        for account_id in people[3:]:
            follow(session, thread_id, account_id, "watching")
        return walk(session, thread_id, 2), people

    found, people = await database.write(work)
    assert [account_id for account_id, _ in found] == [people[place] for place in expected]


async def test_the_audience_is_one_statement_and_so_one_snapshot(database: Database) -> None:
    """As two statements, an author whose own first reply came in between was in neither, and was not told."""

    def count(session: Session) -> tuple[int, list[int]]:
        thread_id, people = fill(session)
        thread, category = session.get_one(Thread, thread_id), session.exec(select(Category)).first()
        assert category is not None
        asked: list[str] = []
        connection = session.connection()

        def note(*passed: object) -> None:
            asked.append(str(passed[2]))

        listen(connection, "before_cursor_execute", note)
        found = audience(session, thread, category, News(watching=True, answered=people[0], reply=1), 0, 10)
        remove(connection, "before_cursor_execute", note)
        assert [one.account_id for one in found] == [people[0], people[2]]
        return len(asked), people

    statements, _ = await database.write(count)
    assert statements == 1
