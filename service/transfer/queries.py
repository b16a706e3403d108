"""The SELECTs of imports: what was imported before, and the runs of the website."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from service.kit.actor import Actor, check_administers
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound
from service.transfer.models import ImportedItem, ImportRun

AT_ONCE = 400
"""Ids in one question: SQLite takes some thousands of parameters, PostgreSQL plans few of them best."""


def thread_of(session: Session, source: str, post_id: int) -> int | None:
    """The thread that a post of this source became; None for a post that was not imported."""
    query = select(col(ImportedItem.thread_id)).where(
        col(ImportedItem.source) == source, col(ImportedItem.kind) == "post", col(ImportedItem.external_id) == post_id
    )
    return session.execute(query).scalar_one_or_none()


def replies_of(session: Session, source: str, comment_ids: Sequence[int]) -> dict[int, int]:
    """Comment → reply for those of the comments that were imported."""
    found: dict[int, int] = {}
    for first in range(0, len(comment_ids), AT_ONCE):
        query = select(col(ImportedItem.external_id), col(ImportedItem.reply_id)).where(
            col(ImportedItem.source) == source,
            col(ImportedItem.kind) == "comment",
            col(ImportedItem.external_id).in_(comment_ids[first : first + AT_ONCE]),
        )
        found.update((key, stored_id(reply_id)) for key, reply_id in session.execute(query))
    return found


def list_runs(session: Session, actor: Actor, *, limit: int = 10) -> Sequence[ImportRun]:
    """The latest runs, newest first. Raises NotSignedIn, NotAllowed."""
    check_administers(actor)
    return session.execute(select(ImportRun).order_by(col(ImportRun.id).desc()).limit(limit)).scalars().all()


def get_run(session: Session, run_id: int, *, lock: bool = False) -> ImportRun:
    """A run by its id, for whoever may administer; NotFound when there is none."""
    query = select(ImportRun).where(col(ImportRun.id) == run_id).execution_options(populate_existing=True)
    run: ImportRun | None = session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if run is None:
        raise NotFound("There is no such import")
    return run


def find_run(session: Session, run_id: int) -> ImportRun | None:
    """A run by its id, for a job; None for one that was forgotten."""
    return session.get(ImportRun, run_id)


def keys_in_use(session: Session) -> frozenset[str]:
    """The files that a run will still read."""
    waiting = col(ImportRun.state).in_(("reading", "ready", "running"))
    return frozenset(session.execute(select(col(ImportRun.file_key)).where(waiting)).scalars())


def ready_runs(session: Session) -> Sequence[ImportRun]:
    """Runs whose report nobody has acted upon; held, so that none is started meanwhile."""
    query = select(ImportRun).where(col(ImportRun.state) == "ready").order_by(col(ImportRun.id)).with_for_update()
    return session.execute(query).scalars().all()
