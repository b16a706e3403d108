"""Databases for tests on PostgreSQL: one of its own where a test needs it, else one that is made as good as new.

To create and drop a database costs a second or more of flushing, and there are hundreds of tests; to empty its tables
costs milliseconds. What a migrated database holds from the start is kept in a schema beside it and copied back.
"""

import asyncio
import contextlib
import os
import uuid
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import URL, make_url

from tests.provision.postgresql import VARIABLE

T = TypeVar("T")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SEQUENCES = """
    SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences WHERE schemaname = 'public'
"""
WATCH = """
    CREATE SCHEMA pristine;
    CREATE TABLE pristine.change (command text);
    CREATE FUNCTION pristine.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$ BEGIN INSERT INTO pristine.change VALUES (tg_tag); END $$;
"""
ARM = """
    CREATE EVENT TRIGGER pristine_made ON ddl_command_end EXECUTE FUNCTION pristine.note();
    CREATE EVENT TRIGGER pristine_gone ON sql_drop EXECUTE FUNCTION pristine.note();
"""
"""From here on PostgreSQL itself writes down every command that changes the schema, whatever it changes."""

LOOK = """
    SELECT EXISTS (SELECT FROM pristine.change),
           EXISTS (SELECT FROM pg_db_role_setting JOIN pg_database AS d ON d.oid = setdatabase
                   WHERE d.datname = current_database()),
           (SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid())
"""
"""Whether the schema was changed, whether the database's settings were, and every other connection is ended."""


class fresh_postgresql:  # noqa: N801 - reads as what it gives: `with fresh_postgresql() as url`
    """A database of its own on the test cluster, dropped at the end; a copy of `template` when one is given."""

    def __init__(self, template: str | None = None) -> None:
        self.admin = make_url(os.environ[VARIABLE])
        self.name = f"parley_{uuid.uuid4().hex[:16]}"
        self.source = make_url(template).database if template else "template0"

    def __enter__(self) -> str:
        apart(run_sql(self.admin, f'CREATE DATABASE "{self.name}" TEMPLATE "{self.source}"'))
        return self.admin.set(database=self.name).render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        apart(run_sql(self.admin, f'DROP DATABASE "{self.name}" WITH (FORCE)'))


class Recycling:
    """Gives one test after the other the same database, reset in between; a new one once a test changed the schema.

    One connection, on a thread of its own, stays open beside the tests' and resets the database with a function that
    PostgreSQL has planned already.
    """

    def __init__(self, template: str) -> None:
        self._template = template
        self._fresh: fresh_postgresql | None = None
        self._url = ""
        self._connection: asyncpg.Connection | None = None
        self._runner = asyncio.Runner()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recycling")

    def __enter__(self) -> "Recycling":
        return self

    def __exit__(self, *_: object) -> None:
        self._give_up()
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def take(self) -> str:
        """The address of a database that is as the migrations leave it."""
        if self._fresh is None:
            self._fresh = fresh_postgresql(self._template)
            self._url = self._fresh.__enter__()
            self._run(self._keep())
        return self._url

    def bring_back(self) -> None:
        """Make it as good as new, or give it up."""
        if not self._run(self._reset()):
            self._give_up()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.submit(self._runner.run, work).result()

    def _give_up(self) -> None:
        """The next test gets another database."""
        if self._fresh is not None:
            self._run(self._leave())
            self._fresh.__exit__()
            self._fresh = None

    async def _leave(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _keep(self) -> None:
        """Put a copy of every row aside, and the way back to it into a function."""
        self._connection = connection = await connect(make_url(self._url))
        await connection.execute(WATCH)
        tables = [f'"{name}"' for (name,) in await connection.fetch(TABLES)]
        back = [f"DELETE FROM public.{table};" for table in tables]
        for table in tables:
            if await connection.fetchval(f"SELECT EXISTS (SELECT FROM public.{table})"):
                await connection.execute(f"CREATE TABLE pristine.{table} AS TABLE public.{table}")
                back.append(f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE TABLE pristine.{table};")
        for name, last, called in await connection.fetch(SEQUENCES):
            back.append(f"PERFORM setval('public.\"{name}\"', {last}, {called});")
        body = f"BEGIN {' '.join(back)} END"
        await connection.execute(f"CREATE FUNCTION pristine.come_back() RETURNS void LANGUAGE plpgsql AS $$ {body} $$")
        await connection.execute("SET session_replication_role = replica")  # foreign keys look away
        await connection.execute(ARM)

    async def _reset(self) -> bool:
        """End every other connection and bring every row, sequence and setting back.

        False if the schema was changed, or if a test ended this connection too.
        """
        assert self._connection is not None
        with contextlib.suppress(asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError):
            ((is_changed, is_set, others),) = await self._connection.fetch(LOOK)
            while others:  # one of them may be committing just now
                await asyncio.sleep(0.001)
                ((is_changed, is_set, others),) = await self._connection.fetch(LOOK)
            if is_set:
                await self._connection.execute(f'ALTER DATABASE "{make_url(self._url).database}" RESET ALL')
            if not is_changed:
                await self._connection.execute("SELECT pristine.come_back()")
                return True
        return False


async def connect(url: URL) -> asyncpg.Connection:
    """A connection as the cluster's admin."""
    return await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


async def run_sql(url: URL, statement: str) -> None:
    """Run one statement as the cluster's admin."""
    connection = await connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def apart(work: Coroutine[Any, Any, T]) -> T:
    """The result of asynchronous work, run on a thread with a loop of its own: the caller may have one or none."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
