"""The schema's versions: bring a database to the newest one, and say whether it is there.

Alembic (and the driver of PostgreSQL) are imported where they are needed: a start that has nothing to migrate would
otherwise spend a quarter of its second on them.
"""

import asyncio
import contextlib
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parents[3] / "alembic"
MIGRATION_LOCK = 0x4D696772
REVISION = re.compile(r'^(down_)?revision = "(\w+)"', re.MULTILINE)
"""The line of a migration that names it, or the one it follows."""


def configuration(url: str) -> "Config":
    """Alembic's configuration for the database at `url`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = url
    return config


def newest() -> str:
    """The newest version this code knows: the one that no migration follows."""
    named: dict[str, set[str]] = {"": set(), "down_": set()}
    for path in (FOLDER / "versions").glob("*.py"):
        for followed, version in REVISION.findall(path.read_text(encoding="utf-8")):
            named[followed].add(version)
    (head,) = named[""] - named["down_"]
    return head


def upgrade(url: str) -> str:
    """Bring the database to the newest version, all steps in one transaction; returns that version.

    Safe to call from several processes at once: the others wait, and find nothing to do. Blocks: not for the event
    loop's thread.
    """
    with_connection(url, lambda connection: _upgrade(url, connection))
    return newest()


def upgrade_apart(url: str) -> None:
    """As `upgrade`, of a SQLite database, by a child of this process: Alembic and what it read take 11 MB, which go
    with the child. Nothing where there is nothing to do. Only for a process that has one thread, as fork asks.

    What fails leaves the database as it was, and nothing is said of it: `upgrade` says it, when it is called next.
    """
    found: list[str | None] = []
    with contextlib.suppress(SQLAlchemyError, OSError):
        with_connection(url, lambda connection: found.append(read_version(connection)))
    if found and found != [newest()] and (child := os.fork()):
        os.waitpid(child, 0)
    elif found and found != [newest()]:
        try:
            upgrade(url)
        finally:
            os._exit(0)  # not by way of what the parent has to do at its end


def _upgrade(url: str, connection: Connection) -> None:
    there = read_version(connection) == newest()
    connection.rollback()
    if there:
        return
    from alembic import command

    config = configuration(url)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def with_connection(url: str, work: Callable[[Connection], None]) -> None:
    """Call `work(connection)` with a connection made for migrations, locked against other processes' migrations."""
    if url.startswith("sqlite"):
        engine = open_for_migration(url)
        with engine.connect() as connection:
            work(connection)
        engine.dispose()
    else:
        asyncio.run(_with_postgresql(url, work))


async def _with_postgresql(url: str, work: Callable[[Connection], None]) -> None:
    from service.kit.database.postgresql import open_async_engine

    engine = open_async_engine(url, pool_size=1)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SET lock_timeout = '10min'"))
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
            await connection.commit()
            await connection.run_sync(work)
            await connection.commit()
    finally:
        await engine.dispose()


def open_for_migration(url: str) -> Engine:
    """SQLite with foreign keys off: Alembic's batch mode drops the old table, and ON DELETE CASCADE would follow."""
    engine = create_engine(make_url(url).set(drivername="sqlite+pysqlite"))
    Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA busy_timeout=60000")
        connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def version_of(session: Session) -> str | None:
    """The version of the database at hand; None for an empty one."""
    return read_version(session.connection())


def read_version(connection: Connection) -> str | None:
    """The version in Alembic's own table; None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
