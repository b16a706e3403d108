"""Faults that each database has of its own: a full or locked file, a lost server, a deadlock, a setting that lies."""

import asyncio
import contextvars
import sqlite3
import threading
from typing import Any, cast

import pytest
from sqlalchemy import select, text

from service.kit.database import Database, Session, notify, open_database
from service.kit.database.postgresql import PostgreSQL
from service.kit.database.sqlite import SQLite
from service.kit.database.turns import in_background
from service.kit.errors import NotReady
from service.kit.queue.tables import CronTick, cron_tick

pytestmark = pytest.mark.anyio


def put(session: Session, name: str, tick: int = 1) -> None:
    session.add(CronTick(name=name, tick=tick))


def count(session: Session) -> int:
    return len(session.execute(select(cron_tick.c.name)).all())


def pragma(session: Session, setting: str) -> Any:
    return session.connection().exec_driver_sql(f"PRAGMA {setting}").scalar()


@pytest.mark.sqlite_only("group commit is SQLite's alone; PostgreSQL groups its own flushes")
async def test_sixteen_writes_at_once_share_commits(database: Database) -> None:
    writer = cast(SQLite, database).writer
    before = writer.commits
    await asyncio.gather(*(database.write(put, f"post {number}") for number in range(16)))
    assert writer.commits - before < 8
    assert await database.read(count) == 16


@pytest.mark.sqlite_only("a full disk takes SQLite's whole batch with it")
async def test_a_full_disk_refuses_the_whole_batch_and_recovers(database: Database) -> None:
    pages = await database.write(pragma, "page_count")

    def put_much(session: Session, number: int) -> None:
        names = [{"name": f"{number}-{row}-{'x' * 40}", "tick": row} for row in range(200)]
        session.execute(cron_tick.insert(), names)

    await database.write(pragma, f"max_page_count={pages + 2}")
    answers = await asyncio.gather(*(database.write(put_much, number) for number in range(8)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [NotReady] * 8
    assert await database.read(count) == 0

    await database.write(pragma, "max_page_count=1000000")
    await asyncio.gather(*(database.write(put_much, number) for number in range(8)))
    assert await database.read(count) == 1600


@pytest.mark.sqlite_only("PostgreSQL's clients wait for its pool, which gives up after seconds")
async def test_who_finds_too_many_waiting_is_told_at_once_to_come_again(database: Database) -> None:
    """What waits has a bound; jobs, whose number has one already, and whoever came before are served."""
    sqlite, held = cast(SQLite, database), threading.Event()
    for line, ask in ((sqlite.writing, database.write), (sqlite.reading, database.read)):
        held.clear()
        line.most = 3
        waiting = [asyncio.create_task(ask(lambda _: held.wait(60))) for _ in range(3)]
        while line.waiting < 3:
            await asyncio.sleep(0.01)
        with pytest.raises(NotReady) as refused:
            await ask(count)
        assert int(refused.value.headers["Retry-After"]) > 0
        assert sqlite.storing.works, "the disk has refused nothing"
        job = contextvars.copy_context()
        job.run(in_background.set, True)
        surely = asyncio.create_task(ask(count), context=job)
        await asyncio.sleep(0)
        held.set()
        assert await asyncio.gather(*waiting, surely) == [True, True, True, 0]
        assert (await ask(count), line.waiting, line.refused) == (0, 0, 1)


@pytest.mark.sqlite_only("another process can lock the whole file only on SQLite")
async def test_a_file_locked_by_another_process_is_not_ready_until_it_is_free(database: Database) -> None:
    await database.write(pragma, "busy_timeout=50")
    rival = sqlite3.connect(cast(SQLite, database).path, isolation_level=None)
    rival.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotReady):
        await database.write(put, "late")
    assert await database.read(count) == 0, "reads go on"
    rival.execute("ROLLBACK")
    rival.close()
    await database.write(put, "late")
    assert await database.read(count) == 1


@pytest.mark.sqlite_only("the promise rests on SQLite's pragmas")
async def test_acknowledged_means_on_disk(database: Database) -> None:
    assert await database.write(pragma, "synchronous") == 2, "FULL"
    assert await database.write(pragma, "journal_mode") == "wal"
    assert await database.write(pragma, "foreign_keys") == 1


@pytest.mark.sqlite_only("PostgreSQL is never in memory")
async def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="must name a file"):
        open_database("sqlite://")


@pytest.mark.sqlite_only("the writer thread is SQLite's")
async def test_the_writer_ends_even_when_its_last_commit_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to end while a batch was open whose COMMIT then failed, it had waited for more work ever after."""
    writer = cast(SQLite, database).writer
    ending: list[asyncio.Future[None]] = []

    def fail(connection: Any) -> None:
        raise OSError("the disk is gone")

    def unit(session: Session) -> None:
        asyncio.run_coroutine_threadsafe(finish(), loop).result()

    async def finish() -> None:
        ending.append(asyncio.ensure_future(asyncio.to_thread(writer.finish)))
        await asyncio.sleep(0.1)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(writer.engine.dialect, "do_commit", fail)
    with pytest.raises(NotReady):
        await database.write(unit)
    await asyncio.wait_for(ending[0], 5)
    assert not writer.is_alive()


@pytest.mark.postgresql_only("SQLite has one writer and so no deadlocks")
async def test_a_deadlock_is_tried_again_and_both_are_stored(database: Database) -> None:
    await database.write(put, "a", 0)
    await database.write(put, "b", 0)
    engine = cast(PostgreSQL, database).engine
    tries: list[str] = []

    def raise_both(session: Session, first: str, second: str) -> None:
        tries.append(first)
        add = text("UPDATE cron_tick SET tick = tick + 1 WHERE name = :name")
        session.execute(add, {"name": first})
        session.execute(text("SELECT pg_sleep(0.2)"))
        session.execute(add, {"name": second})

    await asyncio.gather(database.write(raise_both, "a", "b"), database.write(raise_both, "b", "a"))
    async with engine.connect() as connection:
        ticks = (await connection.execute(text("SELECT tick FROM cron_tick"))).scalars().all()
    assert list(ticks) == [2, 2]
    assert len(tries) > 2, "one of them lost and ran again"


@pytest.mark.postgresql_only("only a server can be lost")
async def test_lost_connections_are_not_ready_and_come_back(database: Database, database_url: str) -> None:
    def others(session: Session) -> None:
        mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        session.execute(text(f"{mine} WHERE datname = current_database() AND pid <> pg_backend_pid()"))

    await asyncio.gather(*(database.write(put, f"warm {number}") for number in range(4)))
    rival = open_database(database_url)
    await rival.read(others)
    await rival.stop()
    answers = [await _attempt(database, f"after {number}") for number in range(12)]
    assert set(answers) <= {None, NotReady}
    assert answers[-1] is None, "the pool has fresh connections by now"
    assert await database.read(count) == 4 + answers.count(None)


async def _attempt(database: Database, name: str) -> type[BaseException] | None:
    try:
        await database.write(put, name)
    except Exception as error:
        return type(error)
    return None


@pytest.mark.postgresql_only("the settings are PostgreSQL's")
async def test_a_server_that_acknowledges_before_the_disk_does_is_refused(
    database: Database, database_url: str
) -> None:
    name = await database.read(lambda session: session.scalar(text("SELECT current_database()")))
    await database.write(lambda session: session.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit=off')))
    hasty = open_database(database_url)
    with pytest.raises(RuntimeError, match="synchronous_commit=off"):
        await hasty.start()
    await hasty.stop()


@pytest.mark.postgresql_only("SQLite compiles no statements to machine code")
async def test_no_statement_waits_until_it_is_compiled(database: Database) -> None:
    dear = text("EXPLAIN (ANALYZE, FORMAT JSON) SELECT sum(a) FROM generate_series(1, 1000) AS a")

    def explain(session: Session) -> bool:
        session.execute(text("SET LOCAL jit_above_cost = 0"))
        return "JIT" in session.scalars(dear).one()[0]

    assert not await database.read(explain)


@pytest.mark.postgresql_only("SQLite's processes poll")
async def test_a_hint_reaches_the_other_process(database: Database, database_url: str) -> None:
    other = open_database(database_url)
    await other.start()
    heard = asyncio.Event()
    other.channels.on("job", heard.set)

    def hint(session: Session) -> None:
        notify(session, "job")

    try:
        async with asyncio.timeout(5):
            while not heard.is_set():  # until the other one listens, a hint is lost, as hints may be
                await database.write(hint)
                await asyncio.sleep(0.05)
    finally:
        await other.stop()
