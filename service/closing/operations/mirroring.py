"""Timers of the kinds that the law decides, and the columns of the thread that mirror them, kept in step both ways."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from service.closing import queries
from service.closing.models import CLEAR_SLOW_MODE, CLOSE, CLOSINGS, OPEN, SHARED, SILENT, Timer
from service.closing.operations.storing import end
from service.kit.actor import Actor
from service.kit.clock import from_micros, now, to_micros
from service.site.models import OFF
from service.threads.models import Thread
from service.threads.queries import ThreadSeen

BY_POLICY = "removed with the thread's closing policy"


@dataclass(frozen=True, slots=True)
class Mirrored:
    """The columns that mirror timers. `closes_at` and `reopens_at` are microseconds, None or OFF."""

    closes_at: int | None = None
    closes_silently: bool = False
    reopens_at: int | None = None

    @classmethod
    def of(cls, thread: Thread) -> "Mirrored":
        """As they stand in the row."""
        return cls(thread.closes_at, thread.closes_silently, thread.reopens_at)


def mirror(session: Session, seen: ThreadSeen) -> bool:
    """Let the columns follow the timers: of two closings the earlier one counts. Whether anything changed.

    A closing that has come stands as long as the thread is closed by it: the next one waits until it opens. A thread
    that is open stays so, also when the opening that had made it open is replaced by a later one.
    """
    thread, at = seen.thread, now(session)
    before, was_open = (Mirrored.of(thread), thread.slow_mode_until), not seen.closing.is_closed(at)
    timers = queries.active_timers(session, seen.id)
    if was_open or not _has_come(thread.closes_at, at):
        _schedule(thread, timers)
    if OPEN in timers:
        thread.reopens_at = to_micros(timers[OPEN].at)
    elif not _has_come(thread.reopens_at, at):
        thread.reopens_at = None if thread.reopens_at != OFF else OFF
    if CLEAR_SLOW_MODE in timers:
        thread.slow_mode_until = timers[CLEAR_SLOW_MODE].at
    elif thread.slow_mode_until is not None and thread.slow_mode_until > at:
        thread.slow_mode_until = None
    if was_open:
        lift(seen, at)
    session.add(thread)
    return (Mirrored.of(thread), thread.slow_mode_until) != before


def _schedule(thread: Thread, timers: dict[str, Timer]) -> None:
    """The earlier of both closings; on a tie people are told."""
    first = min((timers[kind] for kind in CLOSINGS if kind in timers), key=lambda timer: timer.at, default=None)
    if first is not None:
        thread.closes_at, thread.closes_silently = to_micros(first.at), first.kind == SILENT
    elif thread.closes_at != OFF:
        thread.closes_at, thread.closes_silently = None, False


def _has_come(term: int | None, at: datetime) -> bool:
    return term is not None and term != OFF and from_micros(term) <= at


def lift(seen: ThreadSeen, at: datetime) -> None:
    """Make the thread open at `at`, whatever closes it, but for the archive; one that is open stays as it is.

    The closure is lifted. Where the policy would close the thread at once, `override` becomes `open`; a `closes_at`
    that has come is switched off for this thread.
    """
    thread = seen.thread
    if seen.closing.is_closed(at):
        thread.closed_at, thread.closed_by_id, thread.closure_reason = None, None, ""
    if seen.closing.is_closed(at):
        thread.override = "open"
    if seen.closing.is_closed(at):
        thread.closes_at, thread.closes_silently = OFF, False


def follow(session: Session, actor: Actor, seen: ThreadSeen, before: Mirrored) -> None:
    """Let the timers follow the columns, which the thread's closing policy has changed since they stood at `before`."""
    thread, timers = seen.thread, queries.active_timers(session, seen.id)
    if (thread.closes_at, thread.closes_silently) != (before.closes_at, before.closes_silently):
        kind = SILENT if thread.closes_silently else CLOSE
        _replace(session, actor, seen, [timers[each] for each in CLOSINGS if each in timers], kind, thread.closes_at)
    if thread.reopens_at != before.reopens_at:
        _replace(session, actor, seen, [timers[OPEN]] if OPEN in timers else [], OPEN, thread.reopens_at)


def end_opening(session: Session, seen: ThreadSeen) -> None:
    """The thread opens, or is to stay closed, by somebody's deed: its own opening that is to come is of no use."""
    timer, at = queries.active_timer(session, seen.id, OPEN, SHARED), now(session)
    if timer is not None:
        end(session, timer, at, "not needed any more")
    if seen.thread.reopens_at is not None and not _has_come(seen.thread.reopens_at, at):
        seen.thread.reopens_at = OFF if seen.thread.reopens_at == OFF else None


def drop_authors_opening(session: Session, actor: Actor, seen: ThreadSeen) -> None:
    """What a moderator closes, its author's timer does not open."""
    author_id = seen.thread.author_id
    if author_id is None or actor.account_id == author_id:
        return
    timer = queries.active_timer(session, seen.id, OPEN, SHARED)
    if timer is not None and timer.set_by_id == author_id:
        end_opening(session, seen)


def _replace(
    session: Session, actor: Actor, seen: ThreadSeen, timers: list[Timer], kind: str, term: int | None
) -> None:
    """End the timers that the term does not name, and set one for it; those that have come the worker will end."""
    at = now(session)
    wanted = from_micros(term) if term is not None and term != OFF and from_micros(term) > at else None
    if wanted is not None and wanted in [timer.at for timer in timers]:
        return
    for timer in timers:
        if timer.at > at:
            end(session, timer, at, BY_POLICY)
    if wanted is not None:
        timer = Timer(
            thread_id=seen.id, kind=kind, at=wanted, set_by_id=actor.account_id, created_at=at,
        )  # fmt: skip
        session.add(timer)
        session.flush()
