"""The two jobs of a file on its way through the website. Both are safe to repeat: a worker may die at any point."""

from collections import Counter
from pathlib import Path
from typing import Any

from service.kit.database import Database, Session
from service.kit.outgoing import Outgoing
from service.kit.queue import Payload, Run
from service.kit.wordpress import Broken, Export
from service.transfer import queries
from service.transfer.errors import Refused
from service.transfer.jobs.looking import Progress, look_through
from service.transfer.jobs.whole import Bringing, told
from service.transfer.models import ImportRun
from service.transfer.operations import end_run, fail_run, note_progress
from service.transfer.policy import Report

AWAY = (
    "The worker does not find the file. The site and its workers need one data folder (PARLEY_DATA_DIR) for imports; "
    "where they have none, use `parley import`."
)

STEP = 2_000_000
"""Bytes between two notes of how far a run is."""


async def look(database: Database, run: Run[Outgoing]) -> None:
    """Look through a file that has arrived, and keep the report for the admin to see."""
    found = await database.read(queries.find_run, run.payload["run"])
    if found is None or found.state != "reading":
        return
    path = place_of(run.context, found.file_key)
    try:
        export = Export(path)
        report, blog = await look_through(export, noting(database, run.payload["run"]))
        bringing = Bringing(database, export, blog, Counter())
        told(report, Counter(), await bringing.compare(noting(database, run.payload["run"])))
    except (Refused, Broken, FileNotFoundError) as error:
        await fail(database, run, AWAY if isinstance(error, FileNotFoundError) else str(error))
        path.unlink(missing_ok=True)
        return
    await database.write(end_run, run.payload["run"], "ready", report.model_dump())


async def bring(database: Database, run: Run[Outgoing]) -> None:
    """Import a file whose report was seen, from where an earlier attempt was broken off."""
    run_id = run.payload["run"]
    found = await database.read(queries.find_run, run_id)
    if found is None:
        return
    path = place_of(run.context, found.file_key)
    if found.state == "running":
        try:
            await _bring(database, found, Export(path))
        except (Refused, Broken, FileNotFoundError) as error:
            await fail(database, run, AWAY if isinstance(error, FileNotFoundError) else str(error))
    path.unlink(missing_ok=True)


async def _bring(database: Database, found: ImportRun, export: Export) -> None:
    run_id = found.id or 0
    _, blog = await look_through(export, quietly)
    bringing = Bringing(database, export, blog, Counter(found.counts), run_id=run_id)
    await bringing.bring_all(noting(database, run_id))
    report = told(Report.model_validate(found.report), bringing.counts)
    await database.write(end_run, run_id, "done", report.model_dump())


def give_up(session: Session, payload: Payload, error: str) -> None:
    """The queue tries no more: say so on the page."""
    fail_run(session, payload["run"], f"The import was broken off: {error}. Send the file again to go on.")


async def fail(database: Database, run: Run[Any], words: str) -> None:
    """Say why the file cannot be imported, in the words for the page."""
    await database.write(fail_run, run.payload["run"], words)


def noting(database: Database, run_id: int) -> Progress:
    """Keeps how far the reading is, a hundred times at most."""
    noted = 0

    async def note(place: int) -> None:
        nonlocal noted
        if place - noted >= STEP:
            noted = place
            await database.write(note_progress, run_id, place)

    return note


async def quietly(place: int) -> None:
    """Nobody watches."""


def place_of(context: Outgoing, file_key: str) -> Path:
    """Where a run's file lies."""
    return context.data_dir / "imports" / file_key
