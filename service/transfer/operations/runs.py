"""Every write to a run: a file on its way through the website."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col

from service.kit.actor import Actor, check_administers
from service.kit.clock import now
from service.kit.database.rows import changed
from service.kit.errors import Conflict
from service.kit.queue import enqueue
from service.transfer import queries
from service.transfer.models import ImportRun

LOOK: Final = "transfer.look"
BRING: Final = "transfer.bring"
"""The kinds of the two jobs; their payload is `{"run": id}`."""


def begin_run(session: Session, actor: Actor, file_key: str, file_name: str, size: int) -> list[str]:
    """A file has arrived: have it looked through. Raises NotSignedIn, NotAllowed.

    It takes the place of files that were looked through and never imported, whose keys are returned.
    """
    check_administers(actor)
    unwanted = queries.ready_runs(session)
    for run in unwanted:
        session.delete(run)
    run = ImportRun(
        file_key=file_key, file_name=file_name[:200], size=size, made_by_id=actor.account_id, made_at=now(session)
    )
    session.add(run)
    session.flush()
    enqueue(session, LOOK, {"run": run.id})
    return [unwanted_run.file_key for unwanted_run in unwanted]


def start_run(session: Session, actor: Actor, run_id: int) -> None:
    """Import a file whose report was seen; one that is being imported, or was, stays as it is.

    Raises NotSignedIn, NotAllowed, NotFound, Conflict (it was never looked through, or thrown away).
    """
    check_administers(actor)
    run = queries.get_run(session, run_id, lock=True)
    if run.state in ("running", "done"):
        return
    if run.state != "ready":
        raise Conflict("This file cannot be imported; send it again")
    run.state, run.place = "running", 0
    session.add(run)
    session.flush()
    enqueue(session, BRING, {"run": run_id})


def discard_run(session: Session, actor: Actor, run_id: int) -> str:
    """Forget a file that is not being imported; returns its key. Raises NotSignedIn, NotAllowed, NotFound, Conflict."""
    check_administers(actor)
    run = queries.get_run(session, run_id, lock=True)
    if run.state not in ("ready", "failed"):
        raise Conflict("This file is being dealt with, or was imported")
    session.delete(run)
    session.flush()
    return run.file_key


def note_progress(session: Session, run_id: int, place: int, counts: Mapping[str, int] | None = None) -> None:
    """How far a run is; with `counts` also what it has stored, in the transaction that stores it."""
    values: dict[str, Any] = {"place": place} | ({"counts": dict(counts)} if counts is not None else {})
    changed(session, update(ImportRun).where(col(ImportRun.id) == run_id).values(values))


def end_run(session: Session, run_id: int, state: str, report: dict[str, Any], words: str = "") -> None:
    """A step of a run has ended: `ready`, `done`, or `failed` with the words that say why."""
    values = {"state": state, "report": report, "words": words[:500], "ended_at": now(session)}
    changed(session, update(ImportRun).where(col(ImportRun.id) == run_id).values(values))


def fail_run(session: Session, run_id: int, words: str) -> None:
    """A run cannot go on."""
    values = {"state": "failed", "words": words[:500], "ended_at": now(session)}
    changed(session, update(ImportRun).where(col(ImportRun.id) == run_id).values(values))
