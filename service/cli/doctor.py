"""`parley doctor`: is everything as it should be? Exit codes: 0 nothing failed, 1 something did, 2 wrong usage."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from service.cli.checks import database as database_checks
from service.cli.checks import machine, outside, work
from service.cli.checks import settings as setting_checks
from service.cli.checks.findings import FAIL, OK, WARN, Finding
from service.cli.shared import AsJson, settings_or_refuse, tell
from service.kit.database import Database, Session, open_database
from service.kit.errors import NotReady
from service.kit.queue.running import explain
from service.settings import Settings
from service.wiring import LISTENERS

MailTo = Annotated[str | None, typer.Option(help="Send a test letter to this address.")]
Quick = Annotated[bool, typer.Option("--local", help="Ask nobody outside: no mail server, not the site's own address.")]
MARKS = {OK: "ok  ", WARN: "warn", FAIL: "FAIL"}


def doctor(mail_to: MailTo = None, local: Quick = False, as_json: AsJson = False) -> None:
    """Look whether everything is as it should be: settings, machine, database, background work, mail, address.

    Each finding is ok, warn (it works, but is worth a look) or fail, the last two with how to mend it. Exit code 1 if
    anything failed. With --json also every setting, secrets left out, and where it comes from. It changes nothing.
    """
    settings = settings_or_refuse()
    findings = asyncio.run(look(settings, mail_to, local=local))
    failed = any(finding.state == FAIL for finding in findings)
    tell(
        as_json, spoken(findings), healthy=not failed, findings=[finding.facts() for finding in findings],
        settings=setting_checks.effective(settings),
    )  # fmt: skip
    raise typer.Exit(1 if failed else 0)


async def look(settings: Settings, mail_to: str | None, *, local: bool) -> list[Finding]:
    """Every finding."""
    found = [*setting_checks.look(settings), *machine.look(settings), *await of_database(settings)]
    if not local or mail_to:
        found += [finding async for finding in outside.look(settings, mail_to)]
    return found


async def of_database(settings: Settings) -> list[Finding]:
    """What the database shows; one that cannot be used is a finding too."""
    if settings.embedded and not is_there(settings):
        return [Finding("database", WARN, "is not there yet", "Start `parley serve`, which makes it.")]
    database = open_database(settings.database_url, listeners=LISTENERS)
    try:
        await database.start()
        return [finding for part in (database_checks.look, work.look) for finding in await in_one_unit(database, part)]
    except (NotReady, RuntimeError) as error:
        words = str(error) if isinstance(error, RuntimeError) else "cannot be used now"
        return [Finding("database", FAIL, words, "See PARLEY_DATABASE_URL, and whether the server runs and has room.")]
    finally:
        await database.stop()


def is_there(settings: Settings) -> bool:
    """Whether the SQLite file is there: looking must not make one."""
    return Path(make_url(settings.database_url).database or "").exists()


async def in_one_unit(database: Database, part: Callable[[Session], Iterator[Finding]]) -> list[Finding]:
    """The findings of one part; what breaks it is a finding, and ends no other part."""
    try:
        return await database.read(lambda session: list(part(session)))
    except NotReady:
        raise
    except Exception as error:
        return [Finding("database", FAIL, f"the check broke off: {explain(error)}", "Look at the log, and report it.")]


def spoken(findings: list[Finding]) -> str:
    """What was found, for people."""
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.state]}  {finding.check:<18}{finding.found}")
        if finding.mend:
            lines.append(f"      {'':<18}{finding.mend}")
    numbers = {state: sum(finding.state == state for finding in findings) for state in (OK, WARN, FAIL)}
    return "\n".join([*lines, "", f"{numbers[OK]} ok, {numbers[WARN]} to look at, {numbers[FAIL]} failed"])
