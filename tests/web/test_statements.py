"""How many statements a page and a call take: few, and as many for a long list as for a short one."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from tests.build import a_reply, a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
Ask = Callable[[], Awaitable[httpx.Response]]
WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
IN_THE_BACKGROUND = ("pg_notify", "pg_advisory", "position IS NULL", "SET position", "position IS NOT NULL")
"""Parts of the statements of the sequencer and the hints, which run beside every request."""

OF_A_READER = "notification."
"""What a thread's page asks of its reader begins with how far the log is, and is no statement of the sequencer's."""


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the requests inside, on any connection."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        beside = any(part in statement for part in IN_THE_BACKGROUND) and OF_A_READER not in statement
        if statement.lstrip().startswith(WORDS) and not beside:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def statements(ask: Ask) -> int:
    """How many statements one such request takes, when nothing else runs: the least of three."""
    found = []
    for _ in range(3):
        with counted() as seen:
            answer = await ask()
        assert answer.status_code in (200, 201), answer.text
        found.append(len(seen))
    return min(found)


async def test_pages_and_lists_take_as_many_statements_however_long_they_are(alice: Person, bob: Person) -> None:
    """A thread's page: tests/pages/test_shared_screen.py."""
    short = await a_thread(by=alice, title="Short")
    await a_reply(bob, short, parent=(await a_reply(alice, short))["id"])
    asks: list[tuple[Callable[[dict[str, Any]], Ask], int]] = [
        (lambda thread: lambda: bob.get(f"/api/v1/threads/{thread['id']}"), 3),
        (lambda thread: lambda: bob.get(f"/api/v1/threads/{thread['id']}/replies?limit=100"), 4),
        (lambda thread: lambda: bob.get("/api/v1/threads?limit=20"), 3),
        (lambda thread: lambda: bob.get("/"), 7),
    ]
    before = [await statements(ask(short)) for ask, _ in asks]
    long = await a_thread(by=alice, title="Long")
    parent = await a_reply(bob, long)
    for number in range(49):
        reply = await a_reply(bob if number % 2 else alice, long, parent=parent["id"])
        parent = reply if reply["depth"] < 4 else parent
    for number in range(20):
        await a_thread(by=alice, title=f"Thread {number}")
    after = [await statements(ask(long)) for ask, _ in asks]
    assert after == before
    assert [(found, most) for found, (_, most) in zip(after, asks, strict=True) if found > most] == []


async def test_what_waits_for_a_moderator_takes_as_many_statements_however_much_it_is(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await a_reply(mona, thread)
    changed = await ada.patch("/api/v1/site", {"hold_first_posts": 100}, headers={"If-Match": "*"})
    assert changed.status_code == 200
    await a_reply(bob, thread)
    await a_thread(by=alice, title="Waiting")
    asks: list[tuple[Ask, int]] = [
        (lambda: bob.get(thread["url"]), 11),
        (lambda: mona.get(thread["url"]), 11),
        (lambda: bob.get(f"/api/v1/threads/{thread['id']}/replies?limit=100"), 4),
        (lambda: mona.get("/api/v1/reviews?limit=100"), 6),
        (lambda: mona.get("/mod/queue"), 20),
        (lambda: mona.get("/"), 9),
    ]
    before = [await statements(ask) for ask, _ in asks]
    for number in range(10):
        await a_reply(bob, thread)
        await a_reply(alice, thread)
        await a_thread(by=alice, title=f"Waiting {number}")
    assert [await statements(ask) for ask, _ in asks] == before
    assert [(found, most) for found, (_, most) in zip(before, asks, strict=True) if found > most] == []


async def test_a_reply_takes_as_many_statements_whatever_stands_there_already(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(bob, thread)
    path = f"/api/v1/threads/{thread['id']}/replies"
    numbers = count()
    plain = await statements(lambda: bob.post(path, {"body": f"Plain {next(numbers)}."}))
    nested = await statements(lambda: bob.post(path, {"body": f"Nested {next(numbers)}.", "parent": first["id"]}))
    for _ in range(20):
        await a_reply(alice, thread)
    assert await statements(lambda: bob.post(path, {"body": f"Plain {next(numbers)}."})) == plain
    assert plain <= 12
    assert nested <= plain + 2
