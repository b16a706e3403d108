"""Databases at any version, filled by nothing but what their schema says, so that these tests outlive its changes."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, Connection, Integer, LargeBinary, MetaData, Table, func, insert, select

from alembic import command
from service.kit.database.migrations import FOLDER, configuration, with_connection

ROWS = 3
KEPT_ALONE = ("site", "alembic_version")
"""Tables whose rows the migrations themselves make."""


def revisions() -> list[str]:
    """Every version, oldest first."""
    return [script.revision for script in reversed(list(ScriptDirectory(str(FOLDER)).walk_revisions()))]


def upgrade_to(url: str, revision: str, folder: Path = FOLDER) -> None:
    """Bring a database to a version, with the migrations in `folder`."""
    run(configuration(url), url, revision, folder)


def run(config: Config, url: str, revision: str, folder: Path) -> None:
    """As `upgrade_to`."""

    def work(connection: Connection) -> None:
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    with_connection(url, work)


def check(url: str) -> None:
    """`alembic check`: raises when the tables in the code are not those in the database."""
    config = configuration(url)

    def work(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.check(config)

    with_connection(url, work)


def reflect(connection: Connection) -> MetaData:
    """The tables as they are."""
    found = MetaData()
    found.reflect(connection)
    return found


def counts(url: str) -> dict[str, int]:
    """The rows of every table."""
    found: dict[str, int] = {}

    def work(connection: Connection) -> None:
        for table in reflect(connection).sorted_tables:
            found[table.name] = int(connection.scalar(select(func.count()).select_from(table)) or 0)

    with_connection(url, work)
    return found


def fill(url: str) -> None:
    """Three rows into every table, each row complete and its references kept."""

    def work(connection: Connection) -> None:
        for table in reflect(connection).sorted_tables:
            if table.name not in KEPT_ALONE:
                for number in range(ROWS):
                    connection.execute(insert(table), dict(values(connection, table, number)))
        connection.commit()

    with_connection(url, work)


def values(connection: Connection, table: Table, number: int) -> Iterator[tuple[str, Any]]:
    """A row's columns."""
    for column in table.columns:
        target = next(iter(column.foreign_keys), None)
        if target is None:
            yield column.name, some(column, number)
        else:
            there = connection.scalars(select(target.column).order_by(target.column)).all()
            yield column.name, there[number % len(there)] if there else None


def some(column: Column[Any], number: int) -> Any:
    """A value of the column's type, another one for each row."""
    if isinstance(column.type, JSON):
        return {"number": number}
    if isinstance(column.type, LargeBinary):
        return bytes([number])
    if isinstance(column.type, Boolean):
        return number % 2 == 1
    if isinstance(column.type, Integer):
        return 1000 + number
    length = getattr(column.type, "length", None)
    return f"{column.name} {number}"[-(length or 99) :]


def with_one_more(folder: Path, body: str) -> Path:
    """A copy of the migrations with another one at the end, whose `upgrade` is `body`."""
    copy = folder / "alembic"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    (copy / "versions" / "2099_01_01_0000-one_more.py").write_text(
        f'"""One more."""\nimport sqlalchemy as sa\nfrom alembic import op\n'
        f"revision = 'one_more'\ndown_revision = {revisions()[-1]!r}\nbranch_labels = depends_on = None\n\n\n"
        f"def upgrade() -> None:\n{indented}\n"
    )
    return copy
