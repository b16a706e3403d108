"""What the term "after N replies" costs: nothing where it is not set, and next to nothing where it has closed a thread.

No clock is read. SQLite counts the steps of its virtual machine, PostgreSQL (EXPLAIN ANALYZE) the replies that a
statement looks at.
"""

import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, Engine, event

from service.kit.database import Session
from tests.build import a_thread
from tests.cast import Person
from tests.closing.doing import Json, path, set_closing, try_reply

pytestmark = pytest.mark.anyio
FEW, MANY = 3, 40
Statement = tuple[str, Any]
Ask = Callable[[], Awaitable[httpx.Response]]


@contextmanager
def lawful() -> Iterator[list[Statement]]:
    """The statements inside that ask when enough replies had been published, with their parameters."""
    found: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "row_number()" in statement:
            found.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def cost(app: FastAPI, ask: Ask) -> list[int]:
    """What each such statement of a request costs when it is run again: steps in SQLite, replies in PostgreSQL."""
    with lawful() as found:
        await ask()
    assert found, "the law was asked"
    database = app.state.database

    def again(session: Session) -> list[int]:
        measure = steps if database.dialect == "sqlite" else replies_read
        with session.begin_nested() as undone:
            counted = [measure(session.connection(), *statement) for statement in found]
            undone.rollback()
        return counted

    counts: list[int] = await database.write(again)
    return counts


def steps(connection: Connection, statement: str, parameters: Any) -> int:
    """The instructions that SQLite runs for a statement."""
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    raw.set_progress_handler(count, 1)
    try:
        connection.exec_driver_sql(statement, parameters).all()
    finally:
        raw.set_progress_handler(None, 0)
    return counted


def replies_read(connection: Connection, statement: str, parameters: Any) -> int:
    """How many rows of `reply` PostgreSQL looks at for a statement.

    A table as small as a test's it may well read whole, depending on what its statistics know by now. So it is asked
    for the plan of a large one.
    """
    for way in ("seqscan", "bitmapscan", "sort"):
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
    return sum(rows_of(each["Plan"]) for each in (json.loads(plan) if isinstance(plan, str) else plan))


def rows_of(node: dict[str, Any]) -> int:
    """The rows of `reply` under a node of a plan, those that a filter removed too."""
    looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    own = looked_at * node["Actual Loops"] if node.get("Relation Name") == "reply" else 0
    return int(own) + sum(rows_of(child) for child in node.get("Plans", ()))


async def filled(by: Person, replies: int) -> Json:
    """A thread with so many replies."""
    thread = await a_thread(by=by, title=f"With {replies}")
    for _ in range(replies):
        assert (await try_reply(by, thread))[0] == 201
    return thread


def reading(by: Person, thread: Json) -> Ask:
    """The thread itself."""
    return lambda: by.get(path(thread))


def posting(by: Person, thread: Json) -> Ask:
    """One more reply; refused where it is closed."""
    return lambda: by.post(path(thread, "replies"), {"body": "One more."})


@pytest.mark.parametrize("way", [reading, posting])
async def test_no_reply_is_looked_at_where_no_number_is_set(
    app: FastAPI, alice: Person, way: Callable[[Person, Json], Ask]
) -> None:
    few, many = await filled(alice, FEW), await filled(alice, MANY)
    costs = await cost(app, way(alice, many))
    assert costs == await cost(app, way(alice, few))
    assert app.state.database.dialect == "sqlite" or set(costs) == {0}


@pytest.mark.parametrize("way", [reading, posting])
async def test_no_reply_is_looked_at_before_there_are_enough(
    app: FastAPI, alice: Person, mona: Person, way: Callable[[Person, Json], Ask]
) -> None:
    few, many = await filled(alice, FEW), await filled(alice, MANY)
    for thread in (few, many):
        await set_closing(mona, thread, close_after_replies=MANY + 10)
    costs = await cost(app, way(alice, many))
    assert costs == await cost(app, way(alice, few))
    assert app.state.database.dialect == "sqlite" or set(costs) == {0}


@pytest.mark.parametrize("way", [reading, posting])
async def test_of_a_thread_that_its_last_reply_has_closed_only_that_one_is_looked_at(
    app: FastAPI, alice: Person, mona: Person, way: Callable[[Person, Json], Ask]
) -> None:
    few, many = await filled(alice, FEW), await filled(alice, MANY)
    for thread, replies in ((few, FEW), (many, MANY)):
        await set_closing(mona, thread, close_after_replies=replies)
    costs = await cost(app, way(alice, many))
    assert costs == await cost(app, way(alice, few))
    assert app.state.database.dialect == "sqlite" or set(costs) == {1}


@pytest.mark.parametrize("way", [reading, posting])
async def test_of_a_thread_with_many_more_only_the_first_ones_are_looked_at(
    app: FastAPI, alice: Person, mona: Person, way: Callable[[Person, Json], Ask]
) -> None:
    some, many = await filled(alice, 2 * FEW), await filled(alice, MANY)
    for thread in (some, many):
        await set_closing(mona, thread, close_after_replies=FEW)
    costs = await cost(app, way(alice, many))
    assert costs == await cost(app, way(alice, some))
    assert app.state.database.dialect == "sqlite" or set(costs) == {FEW}


async def test_a_list_looks_at_one_reply_of_each_thread_that_is_closed_so(
    app: FastAPI, alice: Person, mona: Person
) -> None:
    few, many = [await filled(alice, FEW) for _ in range(2)], [await filled(alice, MANY) for _ in range(2)]

    async def listed() -> httpx.Response:
        return await alice.get("/api/v1/threads")

    before = await cost(app, listed)
    after = []
    for threads, replies in ((few, FEW), (many, MANY)):
        for thread in threads:
            await set_closing(mona, thread, close_after_replies=replies)
        after += await cost(app, listed)
    assert after[1] - after[0] == after[0] - before[0] > 0, "as much for long threads as for short ones"
    assert app.state.database.dialect == "sqlite" or before + after == [0, 2, 4]
