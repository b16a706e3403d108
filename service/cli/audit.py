"""`parley audit …`: is the log whole? Exit codes: 0 whole, 1 broken (or refused), 2 wrong usage."""

import re
import sys
from typing import Annotated, Any

import typer

from service.cli.shared import AsJson, settings_or_refuse, tell, with_database
from service.kit.chain import Chain, Link, read_chain
from service.kit.database import Session, open_database
from service.wiring import LISTENERS

app = typer.Typer(help="The audit log: verify that nothing in it was changed.", no_args_is_help=True)
END = re.compile(r"(\d{1,18}):([0-9a-f]{64})", re.ASCII)


@app.callback()
def audit() -> None:
    """The audit log."""


@app.command()
def verify(
    end: Annotated[
        str | None, typer.Option(help="An end that was noted before, POSITION:HASH, as this command prints it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare every link of the log's hash chain: finds each entry that was edited, removed, inserted or reordered.

    It prints where the chain ends. Keep that line somewhere else, and give it back with --end: then not even somebody
    who can write to the whole database can have changed what was there, unseen.
    """
    known = end_of(end)
    database = open_database(settings_or_refuse().database_url, listeners=LISTENERS)

    def look(session: Session) -> Chain:
        return read_chain(session, known, progress if sys.stderr.isatty() and not as_json else None)

    found = with_database(database, lambda: database.read(look))
    tell(as_json, spoken(found), **facts(found))
    raise typer.Exit(0 if found.broken_at is None else 1)


def end_of(text: str | None) -> Link | None:
    """The end that somebody noted."""
    if text is None:
        return None
    found = END.fullmatch(text)
    if found is None:
        raise typer.BadParameter("must be POSITION:HASH, as `parley audit verify` prints it")
    return Link(int(found[1]), found[2])


def progress(position: int) -> None:
    """How far it has come, on a terminal."""
    typer.echo(f"\r{position:,} entries compared", nl=False, err=True)


def spoken(found: Chain) -> str:
    """What was found, for people."""
    if found.broken_at is not None:
        return f"The log is broken at position {found.broken_at}: {found.because}."
    return f"The log is whole: {found.end.position} entries.\nIt ends with {found.end.position}:{found.end.hash}"


def facts(found: Chain) -> dict[str, Any]:
    """What was found, for programs."""
    return {
        "whole": found.broken_at is None, "entries": found.end.position, "broken_at": found.broken_at,
        "because": found.because or None, "end": f"{found.end.position}:{found.end.hash}",
    }  # fmt: skip
