"""The SELECTs of background work: the dead jobs with what each was about, and what waits for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.actor import Actor, check_administers
from service.kit.clock import Instant
from service.kit.database.rows import stored_id
from service.kit.events import EVENT
from service.kit.queue import dead_jobs
from service.kit.queue.tables import Job
from service.moderation.models import IS_OPEN as REVIEW_IS_OPEN
from service.moderation.models import Review
from service.notifications.models import IS_UNDERWAY, Letter
from service.threads.models import Thread


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up. `about` says in words what it was to do, `error` what went wrong the last time."""

    id: int
    kind: str
    about: str
    attempts: int
    error: str
    created_at: datetime
    dead_at: datetime


def list_dead(session: Session, actor: Actor, before: int | None, limit: int) -> Sequence[DeadJob]:
    """Up to `limit + 1` dead jobs with ids below `before`, the youngest first. Raises NotSignedIn, NotAllowed."""
    check_administers(actor)
    return described(session, dead_jobs(session, before=before, limit=limit + 1))


def described(session: Session, jobs: Sequence[Job]) -> Sequence[DeadJob]:
    """Dead jobs, each with what it was about; of letters also the mail server's last answer."""
    letters = _letters(session, [int(job.payload["letter"]) for job in jobs if "letter" in job.payload])
    return [_described(job, *letters.get(int(job.payload.get("letter", 0)), ("", ""))) for job in jobs]


def _described(job: Job, about: str, answer: str) -> DeadJob:
    if job.dead_at is None:
        raise AssertionError("only dead jobs are described")
    numbers = ", ".join(f"{name} {value}" for name, value in job.payload.items())
    error = answer or job.last_error or ""
    return DeadJob(
        stored_id(job.id), job.kind, about or numbers or "a round of its schedule", job.attempts, error,
        job.created_at, job.dead_at,
    )  # fmt: skip


def _letters(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """To whom letters were to go and about what, with what the mail server answered last; by id."""
    query = (
        select(col(Letter.id), col(Account.username), col(Thread.title), col(Letter.kind), col(Letter.answer))
        .join(Account, col(Account.id) == Letter.account_id)
        .outerjoin(Thread, col(Thread.id) == Letter.thread_id)
        .where(col(Letter.id).in_(ids))
    )
    return {
        row[0]: (f"a letter to {row[1]}: " + (f"“{row[2]}”" if row[2] else row[3]), row[4])
        for row in (session.execute(query) if ids else ())
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits for somebody: open reviews for moderators, events for their place in the log; how many of each, and
    since when the oldest.
    """

    reviews: int
    oldest_review: datetime | None
    events: int
    oldest_event: datetime | None


def standing(session: Session) -> Standing:
    """What waits now. Partial indexes have just these rows."""
    reviews = select(func.count(), func.min(col(Review.opened_at), type_=Instant())).where(REVIEW_IS_OPEN)
    events = select(func.count(), func.min(EVENT.c.at, type_=Instant())).where(EVENT.c.position.is_(None))
    return Standing(*session.execute(reviews).one(), *session.execute(events).one())


@dataclass(frozen=True, slots=True)
class LettersUnderway:
    """Letters of one kind and state that have not ended: how many, and since when the oldest of them is due."""

    kind: str
    state: str
    number: int
    oldest: datetime


def letters_underway(session: Session) -> Sequence[LettersUnderway]:
    """Letters that gather, wait or are in a worker's hands, by kind and state."""
    query = (
        select(col(Letter.kind), col(Letter.state), func.count(), func.min(col(Letter.due_at), type_=Instant()))
        .where(IS_UNDERWAY)
        .group_by(col(Letter.kind), col(Letter.state))
        .order_by(col(Letter.kind), col(Letter.state))
    )
    return [LettersUnderway(*row) for row in session.execute(query)]
