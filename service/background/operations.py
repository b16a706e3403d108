"""What an admin decides about dead jobs. These writes make no events: the queue is machinery, and keeps no words."""

from sqlmodel import Session

from service.kit.actor import Actor, check_administers
from service.kit.errors import InvalidTransition, NotFound
from service.kit.queue import dead_jobs, discard, revive

AT_ONCE = 500
"""So many jobs are retried or discarded in one transaction."""


def retry_job(session: Session, actor: Actor, job_id: int) -> None:
    """Make a dead job due now, its attempts counted from zero.

    Raises NotSignedIn, NotAllowed, NotFound (it is not dead, or is gone), InvalidTransition (one like it is alive).
    """
    check_administers(actor)
    _check_dead(session, job_id)
    if not revive(session, job_id):
        raise InvalidTransition("Another job of this kind does the same work already: discard this one")


def discard_job(session: Session, actor: Actor, job_id: int) -> None:
    """Delete a dead job for good; what it was to do stays undone. Raises NotSignedIn, NotAllowed, NotFound."""
    check_administers(actor)
    if not discard(session, job_id):
        raise NotFound("There is no such dead job")


def retry_all(session: Session, actor: Actor, kind: str | None = None) -> int:
    """Retry the youngest 500 dead jobs (of a kind); returns how many are due again. Raises NotSignedIn, NotAllowed."""
    check_administers(actor)
    found = dead_jobs(session, kind=kind, limit=AT_ONCE)
    return sum(revive(session, job.id) for job in found if job.id is not None)


def discard_all(session: Session, actor: Actor, kind: str | None = None) -> int:
    """Discard the youngest 500 dead jobs (of a kind); returns how many are gone. Raises NotSignedIn, NotAllowed."""
    check_administers(actor)
    found = dead_jobs(session, kind=kind, limit=AT_ONCE)
    return sum(discard(session, job.id) for job in found if job.id is not None)


def _check_dead(session: Session, job_id: int) -> None:
    if not dead_jobs(session, job_id=job_id, limit=1):
        raise NotFound("There is no such dead job")
