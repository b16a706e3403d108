"""What the commands share: settings, refusals in one sentence, and one database for the length of a command."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from service.kit.database import Database
from service.kit.database.faults import as_not_ready
from service.kit.database.migrations import version_of
from service.kit.errors import NotReady
from service.settings import Settings, WrongSettings, load_settings

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")]


def refuse(message: str) -> NoReturn:
    """Say why on standard error and end with 1."""
    typer.echo(message, err=True)
    raise typer.Exit(1)


def settings_or_refuse() -> Settings:
    """The environment's settings; wrong ones are named, each with its rule."""
    try:
        return load_settings()
    except WrongSettings as error:
        refuse(str(error))


@contextmanager
def or_refused() -> Iterator[None]:
    """Inside, a database that cannot be used ends the command with a sentence instead of a traceback."""
    try:
        with as_not_ready():
            yield
    except NotReady as problem:
        refuse(problem.detail)


def tell(as_json: bool, words: str, **facts: Any) -> None:
    """One line for people, or one JSON object for programs, on standard output."""
    typer.echo(json.dumps(facts) if as_json else words)


def with_database(database: Database, work: Callable[[], Awaitable[T]]) -> T:
    """Start the database, await `work()`, stop the database; refuses one that is away or has no tables."""

    async def run() -> T:
        await database.start()
        try:
            if await database.read(version_of) is None:
                refuse("The database has no tables yet: run `parley migrate`")
            return await work()
        finally:
            await database.stop()

    with or_refused():
        return asyncio.run(run())
