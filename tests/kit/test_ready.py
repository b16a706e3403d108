"""Statements made ready give what SQLAlchemy's own way gives, and fail as callers expect."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.kit.clock import now
from service.kit.database import Database, Session
from service.kit.database.ready import Ready
from service.kit.database.rows import plain
from service.kit.queue.tables import CronTick, cron_tick, job

pytestmark = pytest.mark.anyio
ROW = ("kind", "payload", "run_at", "attempts", "dedupe_key", "created_at")
ADD = Ready(insert(job).returning(job.c.id), columns=ROW)
FOUND = select(*(job.c[name] for name in ROW)).where(job.c.kind == bindparam("which")).order_by(job.c.id)
FIND = Ready(FOUND)
COUNT_UP = Ready(update(job).where(job.c.kind == bindparam("which")).values(attempts=job.c.attempts + 1))
TICK = Ready(build=lambda insert: insert(cron_tick).on_conflict_do_nothing(), columns=("name", "tick"))
TWICE = Ready(insert(cron_tick), columns=("name", "tick"))


def a_job(session: Session, **changed: Any) -> dict[str, Any]:
    row = {"kind": "a", "payload": {"é": [1, None]}, "attempts": 0, "created_at": now(session)}
    return row | {"run_at": datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)} | changed


async def test_types_counts_and_conflicts_are_those_of_the_long_way(database: Database) -> None:
    def both_ways(session: Session) -> None:
        rows = [a_job(session, dedupe_key=None), a_job(session, payload=[], dedupe_key="one")]
        first, second = (ADD.scalar(session, row) for row in rows)
        assert second > first
        ready, long = FIND.all(session, {"which": "a"}), session.execute(FOUND, {"which": "a"}).all()
        assert ready == [tuple(row) for row in long]
        assert ready[0][:5] == ("a", {"é": [1, None]}, datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), 0, None)
        assert (COUNT_UP.changed(session, {"which": "a"}), COUNT_UP.changed(session, {"which": "b"})) == (2, 0)
        assert FIND.first(session, {"which": "b"}) is None
        ticks = [{"name": name, "tick": 2**62} for name in ("x", "y", "x")]
        TICK.each(session, ticks)
        assert TICK.changed(session, ticks[0]) == 0
        assert session.get_one(CronTick, "y").tick == 2**62

    await database.write(both_ways)


async def test_a_broken_rule_undoes_the_unit_and_nothing_else(database: Database) -> None:
    def twice(session: Session) -> None:
        TWICE.changed(session, {"name": "kept", "tick": 1})
        TWICE.changed(session, {"name": "taken", "tick": 1})

    await database.write(lambda session: TWICE.changed(session, {"name": "taken", "tick": 0}))
    with pytest.raises((IntegrityError, sqlite3.IntegrityError)):
        await database.write(twice)
    assert await database.read(lambda session: session.scalars(select(cron_tick.c.name)).all()) == ["taken"]


async def test_who_watches_statements_sees_them(database: Database) -> None:
    def watched(session: Session) -> list[str]:
        connection, seen = session.connection(), list[str]()
        with pytest.raises(KeyError, match="dedupe_key"):
            ADD.scalar(session, a_job(session))

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement.split()[0])

        event.listen(connection, "before_cursor_execute", note)
        assert ADD.scalar(session, a_job(session, kind="b", dedupe_key=None)) > 0
        assert FIND.one(session, {"which": "b"})[0] == "b"
        event.remove(connection, "before_cursor_execute", note)
        return seen

    assert await database.write(watched) == ["INSERT", "SELECT"]


@pytest.mark.no_database
def test_what_cannot_be_made_ready_says_so() -> None:
    from sqlalchemy.dialects import sqlite

    from service.kit.database.ready import to_form

    listed = delete(job).where(job.c.kind.in_(bindparam("kinds", expanding=True)))
    with pytest.raises(ValueError, match="a list cannot be"):
        to_form(listed, sqlite.dialect())
    some = plain(CronTick, ["name"])("x")
    with pytest.raises(AttributeError):
        _ = some.tick
