"""Reads and writes on both databases: what a failing unit leaves, when an answer leaves, who hears of a commit."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.kit.clock import now
from service.kit.database import Database, Session, after_commit, notify, open_database
from service.kit.database.postgresql import PostgreSQL
from service.kit.database.sqlite import SQLite
from service.kit.queue.tables import CronTick, cron_tick

pytestmark = pytest.mark.anyio


def put(session: Session, name: str) -> str:
    session.add(CronTick(name=name, tick=1))
    return name


def count(session: Session) -> int:
    return len(session.execute(select(cron_tick.c.name)).all())


def writing_engine(database: Database) -> Engine:
    if isinstance(database, SQLite):
        return database.writer.engine
    assert isinstance(database, PostgreSQL)
    return database.engine.sync_engine


def around_commit(
    database: Database, monkeypatch: pytest.MonkeyPatch, wrap: Callable[[Callable[[Any], None], Any], None]
) -> None:
    """Let `wrap(commit, connection)` stand in for the driver's COMMIT."""
    dialect = writing_engine(database).dialect
    real = dialect.do_commit
    monkeypatch.setattr(dialect, "do_commit", lambda connection: wrap(real, connection))


async def test_a_write_is_stored_and_answered(database: Database) -> None:
    assert await database.write(put, "one") == "one"
    assert await database.read(count) == 1


async def test_a_read_stores_nothing(database: Database) -> None:
    assert await database.read(put, "one") == "one"
    assert await database.read(count) == 0


async def test_what_raises_leaves_nothing_behind(database: Database) -> None:
    def put_and_fail(session: Session) -> None:
        put(session, "half")
        session.flush()
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        await database.write(put_and_fail)
    assert await database.read(count) == 0


async def test_one_failing_neighbour_fails_nobody_else(database: Database) -> None:
    """Three ways to fail: by raising, by a broken rule found at the flush, by one found in a statement."""
    await database.write(put, "taken")

    def raises(session: Session) -> None:
        put(session, "never")
        session.flush()
        raise LookupError

    def breaks_a_rule(session: Session) -> None:
        put(session, "never either")
        put(session, "taken")

    def breaks_it_at_once(session: Session) -> None:
        session.execute(cron_tick.insert(), {"name": "taken", "tick": 2})

    bad = [raises, breaks_a_rule, breaks_it_at_once]
    units = [
        database.write(put, f"good {number}") if number % 4 else database.write(bad[number // 4 % 3])
        for number in range(24)
    ]
    answers = await asyncio.gather(*units, return_exceptions=True)
    expected = [str if number % 4 else LookupError if number // 4 % 3 == 0 else IntegrityError for number in range(24)]
    assert [type(answer) for answer in answers] == expected
    assert await database.read(count) == 1 + 18


async def test_no_answer_leaves_before_its_commit_returned(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """COMMIT is made slow; each name's answer must come after the COMMIT that made it visible."""
    running: list[int] = []

    def slow(commit: Callable[[Any], None], connection: Any) -> None:
        running.append(1)
        time.sleep(0.03)
        commit(connection)
        running.pop()

    around_commit(database, monkeypatch, slow)
    stored_when_answered = []

    async def post(number: int) -> None:
        name = await database.write(put, f"post {number}")
        before = time.monotonic()
        found = await database.read(lambda session: session.get(CronTick, name) is not None)
        stored_when_answered.append((found, before))

    await asyncio.gather(*(post(number) for number in range(16)))
    assert [found for found, _ in stored_when_answered] == [True] * 16


async def test_a_commit_that_fails_answers_nobody_with_success(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(commit: Callable[[Any], None], connection: Any) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        around_commit(database, patch, fail)
        answers = await asyncio.gather(*(database.write(put, f"{n}") for n in range(8)), return_exceptions=True)
    assert {getattr(answer, "code", None) for answer in answers} == {"not-ready"}
    assert await database.read(count) == 0
    await database.write(put, "after")
    assert await database.read(count) == 1


async def test_after_commit_hooks_and_channels_hear_only_of_what_is_stored(database: Database) -> None:
    heard: list[str] = []
    database.channels.on("job", lambda: heard.append("job"))

    def unit(session: Session, name: str) -> None:
        put(session, name)
        notify(session, "job")
        after_commit(session, lambda: heard.append(f"hook {name}"))
        if name == "bad":
            raise LookupError

    with pytest.raises(LookupError):
        await database.write(unit, "bad")
    assert heard == []
    await database.write(unit, "good")
    assert sorted(heard) == ["hook good", "job"]


async def test_now_is_one_instant_in_a_unit_of_work_and_never_goes_back(database: Database) -> None:
    def twice(session: Session) -> Any:
        first = now(session)
        time.sleep(0.002)
        return first, now(session)

    pairs = [await database.write(twice) for _ in range(5)]
    assert all(first == second for first, second in pairs)
    assert sorted(pairs) == pairs
    assert len(set(pairs)) == 5


async def test_a_second_process_sees_what_the_first_stored(database: Database, database_url: str) -> None:
    """The second opening stands in for another process: it shares no connection and no thread with the first."""
    other = open_database(database_url)
    await other.start()
    try:
        await database.write(put, "here")
        await other.write(put, "there")
        assert await database.read(count) == await other.read(count) == 2
    finally:
        await other.stop()


async def test_a_wrong_statement_is_a_mistake_of_ours_and_not_a_database_that_is_away(database: Database) -> None:
    """Answered as 503 it would send callers to try again for ever, and hide the mistake."""
    for ask in (database.read, database.write):
        with pytest.raises(DBAPIError):
            await ask(lambda session: session.execute(text("SELECT nothing FROM nowhere")))
