"""The event table: stored with its cause, read without a gap, and chained so that no edit goes unseen."""

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from service.kit.actor import SYSTEM, Actor
from service.kit.chain import Link, read_chain
from service.kit.database import Database, Session, open_database
from service.kit.database.postgresql import PostgreSQL
from service.kit.events import Event, read_after, record

pytestmark = pytest.mark.anyio


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingHappened(Event):
    kind: ClassVar[str] = "thing.happened"
    number: int

    def subject(self) -> tuple[str, int]:
        return "thing", self.number

    def facts(self) -> dict[str, Any]:
        return {"twice": self.number * 2, "name": None}


def happen(session: Session, number: int, *, slowly: float = 0.0) -> int:
    event_id = record(session, ThingHappened(actor=SYSTEM, number=number))
    time.sleep(slowly)
    return event_id


def numbers_after(session: Session, position: int, limit: int = 100) -> list[tuple[int, int]]:
    return [(cast(int, row.position), row.subject_id) for row in read_after(session, position, limit)]


async def positioned(database: Database, how_many: int) -> list[tuple[int, int]]:
    """Everything in order, once `how_many` events have a position."""
    async with asyncio.timeout(10):
        while len(found := await database.read(numbers_after, 0, 10_000)) < how_many:
            await asyncio.sleep(0.02)
    return found


async def test_an_event_is_stored_with_its_cause_or_not_at_all(database: Database) -> None:
    def fail(session: Session) -> None:
        happen(session, 1)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)
    await database.write(happen, 2)
    assert await positioned(database, 1) == [(1, 2)]


async def test_the_envelope_holds_what_was_recorded(database: Database) -> None:
    deadline = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)
    await database.write(lambda session: record(session, ThingHappened(actor=SYSTEM, number=7), at=deadline))
    await positioned(database, 1)
    (row,) = await database.read(read_after, 0)
    assert (row.kind, row.subject_type, row.subject_id, row.schema_version) == ("thing.happened", "thing", 7, 1)
    assert (row.actor_id, row.actor_role, row.audience, row.audience_id) == (None, "system", "public", None)
    assert (row.at, row.facts) == (deadline, {"twice": 14, "name": None})


async def test_listeners_run_in_the_same_transaction(database: Database, database_url: str) -> None:
    heard: list[tuple[int, int]] = []

    def listen(session: Session, event: ThingHappened, event_id: int) -> None:
        heard.append((event.number, event_id))
        if event.number == 13:
            raise LookupError

    listening = open_database(database_url, listeners={ThingHappened: [listen]})
    await listening.start()
    try:
        event_id = await listening.write(happen, 1)
        with pytest.raises(LookupError):
            await listening.write(happen, 13)
        assert heard[0] == (1, event_id)
        assert await positioned(listening, 1) == [(1, 1)]
    finally:
        await listening.stop()


async def test_a_reader_beside_sixteen_writers_misses_and_repeats_nothing(
    database: Database, database_url: str
) -> None:
    """Two processes write, with pauses between insert and commit; a third reads on and on from its last position."""
    other = open_database(database_url)
    await other.start()
    seen: list[tuple[int, int]] = []

    async def write(number: int) -> None:
        await (database if number % 2 else other).write(happen, number, slowly=random.uniform(0, 0.01))

    async def read() -> None:
        while len(seen) < 96:
            seen.extend(await database.read(numbers_after, seen[-1][0] if seen else 0, 7))
            await asyncio.sleep(0.001)

    try:
        reading = asyncio.create_task(read())
        for first in range(0, 96, 16):
            await asyncio.gather(*(write(number) for number in range(first, first + 16)))
        await asyncio.wait_for(reading, 15)
    finally:
        await other.stop()
    assert [position for position, _ in seen] == list(range(1, 97))
    assert sorted(number for _, number in seen) == list(range(96))
    assert (await database.read(read_chain)).broken_at is None


@pytest.mark.postgresql_only("SQLite has one transaction that writes at a time")
async def test_no_reader_steps_past_a_transaction_in_flight(database: Database) -> None:
    """The one held open has the lower id and commits last: it must come after what readers have seen, not before."""
    engine, info = cast(PostgreSQL, database).engine, dict(database.info)
    async with AsyncSession(engine, sync_session_class=Session, info=info) as session:
        held = await session.run_sync(lambda sync: happen(cast(Session, sync), 1))
        committed = await database.write(happen, 2)
        assert held < committed
        assert await positioned(database, 1) == [(1, 2)], "an open transaction holds nobody up"
        await session.commit()
    cast(PostgreSQL, database).hints.send(["event"])
    assert await positioned(database, 2) == [(1, 2), (2, 1)]
    assert await database.read(numbers_after, 1) == [(2, 1)]


@pytest.mark.postgresql_only("on SQLite the writer thread gives positions in the same commit")
async def test_events_get_positions_even_while_another_process_gives_them(database: Database) -> None:
    """It waits for its turn: giving way to the other, which looked too early, had cost a whole poll."""
    engine = cast(PostgreSQL, database).engine
    async with engine.connect() as rival:
        await rival.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": 0x5061726C})
        await database.write(happen, 1)
        await asyncio.sleep(0.2)
        assert await database.read(numbers_after, 0) == []
        await rival.rollback()
    async with asyncio.timeout(0.5):
        await positioned(database, 1)


@pytest.mark.sqlite_only("on PostgreSQL the sequencer follows the commit")
async def test_positions_are_given_in_the_same_commit(database: Database) -> None:
    await asyncio.gather(*(database.write(happen, number) for number in range(20)))
    assert [position for position, _ in await database.read(numbers_after, 0)] == list(range(1, 21))


CHANGES = {
    "kind": "UPDATE event SET kind = 'thing.undone' WHERE position = 3",
    "time": "UPDATE event SET at = at + 1 WHERE position = 3",
    "actor": "UPDATE event SET actor_id = 1 WHERE position = 3",
    "role": "UPDATE event SET actor_role = 'guest' WHERE position = 3",
    "subject": "UPDATE event SET subject_id = 99 WHERE position = 3",
    "subject type": "UPDATE event SET subject_type = 'reply' WHERE position = 3",
    "audience": "UPDATE event SET audience = 'staff' WHERE position = 3",
    "audience id": "UPDATE event SET audience_id = 1 WHERE position = 3",
    "schema version": "UPDATE event SET schema_version = 2 WHERE position = 3",
    "facts": "UPDATE event SET data = '{\"twice\": 5}' WHERE position = 3",
    "hash": "UPDATE event SET hash = '00' WHERE position = 3",
    "removed": "DELETE FROM event WHERE position = 3",
    "first removed": "DELETE FROM event WHERE position = 1",
    "reordered": "UPDATE event SET position = CASE position WHEN 3 THEN -4 ELSE -3 END WHERE position IN (3, 4)",
    "inserted": "UPDATE event SET position = -position - 1 WHERE position >= 3",
    "last removed": "DELETE FROM event WHERE position = 6",
    "all removed": "DELETE FROM event",
    "the end's mark removed": "DELETE FROM event_head",
    "the end's mark set back": "UPDATE event_head SET position = 5",
}
BROKEN_AT = {
    "first removed": 1, "last removed": 6, "all removed": 1, "the end's mark removed": 6, "the end's mark set back": 5,
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
async def test_the_chain_breaks_where_a_row_was_changed(database: Database, change: str) -> None:
    for number in range(6):
        await database.write(happen, number)
    await positioned(database, 6)
    assert (await database.read(read_chain)).broken_at is None
    await database.write(lambda session: session.connection().exec_driver_sql(CHANGES[change]))
    await database.write(lambda session: session.execute(text("UPDATE event SET position = abs(position)")))
    found = await database.read(read_chain)
    assert found.broken_at == BROKEN_AT.get(change, 3), found
    assert found.because


async def test_an_address_beside_the_chain_is_erased_without_breaking_it(database: Database) -> None:
    def come_from(session: Session, number: int) -> None:
        session.info["address_hash"] = f"{number:064x}"
        record(session, ThingHappened(actor=Actor(1, "bob", "member"), number=number))

    for number in range(3):
        await database.write(come_from, number)
    await positioned(database, 3)
    assert [row.address_hash for row in await database.read(read_after, 0)] == [f"{number:064x}" for number in range(3)]
    await database.write(lambda session: session.execute(text("UPDATE event SET address_hash = NULL")))
    assert (await database.read(read_chain)).broken_at is None


async def test_a_chain_written_anew_does_not_end_as_it_was_noted(database: Database) -> None:
    for number in range(3):
        await database.write(happen, number)
    await positioned(database, 3)
    noted = (await database.read(read_chain)).end
    assert (await database.read(read_chain, noted)).broken_at is None
    assert (await database.read(read_chain, Link(2, noted.hash))).broken_at == 2
    assert (await database.read(read_chain, Link(9, noted.hash))).broken_at == 4


async def test_recording_one_event_is_one_statement(database: Database) -> None:
    """It lies on the path of every reply."""
    statements: list[str] = []

    def look(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    def watch(session: Session) -> None:
        connection = session.connection()
        session.execute(text("SELECT 1"))
        happen(session, 0)
        sqlalchemy_event.listen(connection, "before_cursor_execute", look)
        happen(session, 1)
        sqlalchemy_event.remove(connection, "before_cursor_execute", look)

    await database.write(watch)
    assert len(statements) == 1
