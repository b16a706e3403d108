"""`parley import …`: discussions from elsewhere. Exit codes: 0 done, 1 refused (nothing was changed) or broken off."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy import make_url

from service.cli.shared import AsJson, or_refused, refuse, settings_or_refuse, tell, with_database
from service.kit.database import open_database
from service.kit.database.migrations import newest, upgrade, version_of
from service.kit.errors import NotReady
from service.kit.wordpress import Broken, Export
from service.settings import Settings
from service.transfer.errors import Refused
from service.transfer.policy import Report
from service.wiring import IMPORTERS, LISTENERS

app = typer.Typer(help="Bring discussions from elsewhere.", no_args_is_help=True)
SHOWN: Final = {"published": "approved", "pending": "waiting", "spam": "spam", "trashed": "in the trash"}
MOST_SHOWN: Final = 30
"""So many names of a kind are said on a terminal; `--json` has them all."""


@app.callback()
def from_elsewhere() -> None:
    """Bring discussions from elsewhere."""


@app.command()
def wordpress(
    file: Annotated[Path, typer.Argument(help="The export: an XML file from WordPress's Tools → Export.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is in the file; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import a WordPress export (WXR): posts and pages as threads, comments as replies, with their dates and states.

    The file is read to its end before anything is changed; one that is broken is refused with the line. What was
    imported before is passed over, so that an import that was broken off is gone on with by running it again, also
    while the site is served. Nobody is told. Exit codes: 0 done; 1 refused, or broken off; 2 wrong usage.
    """
    settings = settings_or_refuse()
    try:
        export = Export(file)
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror}")
    try:
        report = carry_out(settings, export, dry_run=dry_run)
    except (Refused, Broken) as error:
        refuse(f"{file}: {error}")
    except NotReady as problem:
        refuse(f"{problem.detail} The import was broken off; run it again to go on.")
    report.dry_run = dry_run
    tell(as_json, spoken(report), **report.model_dump())


def carry_out(settings: Settings, export: Export, *, dry_run: bool) -> Report:
    """Look through the file, then, unless it is a dry run, bring it. Raises Refused, Broken, NotReady."""
    if settings.embedded and not dry_run:
        with or_refused():
            upgrade(settings.database_url)
    path = Path(make_url(settings.database_url).database or "") if settings.embedded else None
    bring = partial(IMPORTERS["wordpress"], export=export, dry_run=dry_run, bar=bar)
    if path is not None and not path.exists():  # a dry run makes no database either
        return asyncio.run(bring(None))
    database = open_database(settings.database_url, listeners=LISTENERS)

    async def journey() -> Report:
        is_newest = await database.read(version_of) == newest()
        return await bring(database if is_newest or not dry_run else None)

    return with_database(database, journey)


@contextmanager
def bar(label: str, size: int) -> Iterator[Callable[[int], Awaitable[None]]]:
    """A progress bar on standard error while the block runs; none where it is no terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    with typer.progressbar(length=size, label=f"{label:<9}", file=sys.stderr) as shown:

        async def move(place: int) -> None:
            shown.update(place - shown.pos)

        yield move


async def silent(place: int) -> None:
    """No progress bar."""


def spoken(report: Report) -> str:
    """The report for people."""
    rows = [("posts", report.posts), ("pages", report.pages)]
    rows += [(f"comments {SHOWN[state]}", tally) for state, tally in report.comments.items()]
    lines = [f"“{report.title}”, {report.source}", ""]
    for name, tally in rows:
        lines.append(f"  {name:<22}{tally.found:>7} found{tally.imported:>8} imported{tally.already:>8} here before")
    lines += ["", *named(report), *problems(report), *ended(report)]
    return "\n".join(lines)


def named(report: Report) -> Iterator[str]:
    """What was not imported, by kind; then who wrote how much, and where it went."""
    yield f"  Not imported: {report.pingbacks} pingbacks and {report.trackbacks} trackbacks (never thoughts)"
    for name, number in sorted(report.passed_over.items()):
        yield f"  Not imported: {number} {name}"
    if report.comments_passed_over:
        yield f"  Not imported: {report.comments_passed_over} comments on those"
    for name, number in sorted(report.others.items()):
        yield f"  Passed over:  {number} {name}"
    for title, counted in (("Authors", report.authors), ("Categories", report.categories), ("Tags", report.tags)):
        if counted:
            most = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
            shown = ", ".join(f"{name} ({number})" for name, number in most[:MOST_SHOWN])
            yield f"  {title}: {shown}{f' and {len(most) - MOST_SHOWN} more' if len(most) > MOST_SHOWN else ''}"


def problems(report: Report) -> Iterator[str]:
    """What was strange, and what was done about it."""
    if report.problems:
        yield ""
    for each in report.problems:
        yield f"  line {each.line}: {each.item} {each.id}, “{each.title}”: {each.problem}; {each.done}"
    if report.more_problems:
        yield f"  … and {report.more_problems} more"


def ended(report: Report) -> Iterator[str]:
    """The last line: what was done."""
    yield ""
    if report.dry_run:
        yield f"A dry run: nothing was changed. An import would bring {report.found - report.already} items."
    elif report.imported == 0:
        yield "Nothing was imported: everything in this file is here already."
    else:
        yield f"{report.imported} items were imported. Nobody was told."
