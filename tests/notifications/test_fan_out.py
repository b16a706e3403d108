"""Telling many people: everybody once, in small steps that go on where they were, at the same cost however many."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlmodel import Session

from bench.watchers import bring_watchers, watch
from service.categories.models import Category
from service.kit.clock import Clock
from service.kit.database import Database
from service.kit.queue.tables import job
from service.notifications.jobs import telling
from service.notifications.operations import telling as telling_steps
from service.subscriptions.queries import News, audience
from service.threads.models import Thread
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.working import Jobs

pytestmark = pytest.mark.anyio
FIRST = 1000


async def watched_thread(app: FastAPI, by: Person, watchers: int) -> dict[str, Any]:
    """A thread that so many people watch."""
    thread = await a_thread(by=by)
    ids = range(FIRST, FIRST + watchers)
    await app.state.database.write(bring_watchers, ids)
    await app.state.database.write(watch, thread["id"], ids)
    return thread


async def told_of(app: FastAPI, reply: dict[str, Any]) -> list[int]:
    """The ids of those who were told of a reply, once for each notification."""

    def work(session: Session) -> list[int]:
        query = text("SELECT account_id FROM notification WHERE reply_id = :reply ORDER BY id")
        return list(session.execute(query, {"reply": reply["id"]}).scalars())

    found: list[int] = await app.state.database.read(work)
    return found


async def test_everybody_is_told_once_however_many_steps_it_takes(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling_steps, "CHUNK", 3)
    reply = await a_reply(bob, await watched_thread(app, alice, 10), body="Hear, hear")
    await jobs()
    assert sorted(await told_of(app, reply)) == sorted([alice.id, *range(FIRST, FIRST + 10)])


async def test_what_breaks_off_goes_on_where_it_was(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    step = telling_steps.tell_chunk

    def breaking(session: Session, event_id: int, after: int, **keywords: Any) -> int | None:
        begun.append(after)
        if len(begun) in (3, 4):
            step(session, event_id, after, **keywords)
            raise RuntimeError("a step that is undone")
        return step(session, event_id, after, **keywords)

    thread = await watched_thread(app, alice, 10)
    await jobs()
    monkeypatch.setattr(telling_steps, "CHUNK", 3)
    monkeypatch.setattr(telling, "tell_chunk", breaking)
    reply = await a_reply(bob, thread, body="Hear, hear")
    for _ in range(5):  # a broken step is tried again after a moment, in which the queue may rest
        await jobs()
        clock.offset += timedelta(minutes=1)
    assert sorted(await told_of(app, reply)) == sorted([alice.id, *range(FIRST, FIRST + 10)])
    # Alice, bob (who is passed over) and the first watcher; then three at a time, the third step at the third attempt
    assert begun == [0, FIRST, FIRST + 3, FIRST + 3, FIRST + 3, FIRST + 6, FIRST + 9]
    assert await app.state.database.read(lambda session: session.execute(job.select()).first()) is None


async def test_a_step_of_a_large_audience_reads_no_table_from_end_to_end(
    alice: Person, app: FastAPI, database: Database
) -> None:
    await watched_thread(app, alice, 4000)
    thread = await watched_by_the_same(app, alice, 4000)
    await database.write(lambda session: session.execute(text("ANALYZE")))
    plan = await database.write(plan_of_a_step, thread["id"])
    if database.dialect == "sqlite":
        read_whole = [line for line in plan if line.startswith("SCAN") and line.split()[1] in TABLES]
    else:
        read_whole = [line for line in plan if "Seq Scan" in line]
        accounts = [line for line in plan if re.search(r" on account\b", line)]
        walked = [int(rows) for line in accounts for rows in re.findall(r"actual time=\S+ rows=(\d+)", line)]
        assert 0 < max(walked) <= telling_steps.CHUNK, "\n".join(plan)
    assert read_whole == [], "\n".join(plan)


TABLES = ("account", "subscription", "category_subscription", "tag_subscription")


async def watched_by_the_same(app: FastAPI, by: Person, watchers: int) -> dict[str, Any]:
    """Another thread that the same people watch."""
    thread = await a_thread(by=by)
    await app.state.database.write(watch, thread["id"], range(FIRST, FIRST + watchers))
    return thread


def plan_of_a_step(session: Session, thread_id: int) -> list[str]:
    """How the database finds the people in the middle of the audience of a reply."""
    thread = session.get_one(Thread, thread_id)
    category = session.get_one(Category, thread.category_id)
    with overheard(session) as said:
        people = audience(session, thread, category, News(watching=True), FIRST + 2000, telling_steps.CHUNK)
    assert len(people) == telling_steps.CHUNK
    statement, parameters = said[-1]
    explain = "EXPLAIN QUERY PLAN"
    if session.get_bind().dialect.name == "postgresql":
        explain = "EXPLAIN (ANALYZE)"
        session.execute(text("SET LOCAL enable_seqscan = off"))  # in a table this small it would be the cheaper way
    rows = session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
    return [str(row[-1]).strip(" ->") for row in rows]


@contextmanager
def overheard(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent to the database inside, with their parameters."""
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
