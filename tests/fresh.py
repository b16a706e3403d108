"""Databases for tests on PostgreSQL: one of its own where a test needs it, else one that is made as good as new.

To create and drop a database costs a second or more of flushing, and there are hundreds of tests; to empty its tables
costs milliseconds. What a migrated database holds from the start is kept in a schema beside it and copied back.
"""

import asyncio
import os
import uuid
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import URL, make_url

from tests.provision.postgresql import VARIABLE

T = TypeVar("T")
PRISTINE = "pristine"
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SEQUENCES = """
    SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences WHERE schemaname = 'public'
"""
SHAPE = """
    SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
        SELECT table_name || column_name || data_type || is_nullable || coalesce(column_default, '') AS line
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass::text || pg_get_constraintdef(oid) FROM pg_constraint
    ) AS lines
"""


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
    """Gives one test after the other the same database, reset in between; a new one once a test changed the schema."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._fresh: fresh_postgresql | None = None
        self._url = ""
        self._shape = ""
        self._sequences: list[str] = []

    def __enter__(self) -> "Recycling":
        return self

    def __exit__(self, *_: object) -> None:
        if self._fresh is not None:
            self._fresh.__exit__()
            self._fresh = None

    def take(self) -> str:
        """The address of a database that is as the migrations leave it."""
        if self._fresh is None:
            self._fresh = fresh_postgresql(self._template)
            self._url = self._fresh.__enter__()
            apart(self._keep())
        return self._url

    def bring_back(self) -> None:
        """Make it as good as new, or give it up."""
        if not apart(self._reset()):
            self.__exit__()

    async def _keep(self) -> None:
        """Put a copy of every row aside."""
        connection = await connect(make_url(self._url))
        try:
            await connection.execute(f"CREATE SCHEMA {PRISTINE}")
            for (table,) in await connection.fetch(TABLES):
                await connection.execute(f'CREATE TABLE {PRISTINE}."{table}" AS TABLE public."{table}"')
            self._sequences = [
                f"SELECT setval('public.\"{name}\"', {last}, {called})"
                for name, last, called in await connection.fetch(SEQUENCES)
            ]
            self._shape = await connection.fetchval(SHAPE)
        finally:
            await connection.close()

    async def _reset(self) -> bool:
        """End every other connection and bring every row and sequence back. False if the schema was changed."""
        url = make_url(self._url)
        connection = await connect(url)
        try:
            await connection.fetch(OTHERS, url.database)
            await connection.execute(f'ALTER DATABASE "{url.database}" RESET ALL')
            if await connection.fetchval(SHAPE) != self._shape:
                return False
            tables = [f'"{row[0]}"' for row in await connection.fetch(TABLES)]
            steps = ["BEGIN", "SET LOCAL session_replication_role = replica"]  # foreign keys look away meanwhile
            steps += [f"DELETE FROM public.{table}" for table in tables]
            steps += [
                f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE TABLE {PRISTINE}.{table}" for table in tables
            ]
            await connection.execute("; ".join([*steps, *self._sequences, "COMMIT"]))
            return True
        finally:
            await connection.close()


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
