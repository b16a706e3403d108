"""Timers whose instant has come: what they do, once, and how it is written down.

The thread's row is held while one is fired, and the row of the timer is ended in the same transaction: of two workers
the second finds it ended, and a worker that dies in between leaves it as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from service.closing import queries
from service.closing.events import TimerFired
from service.closing.models import BY_LAW, CLEAR_SLOW_MODE, OPEN, PUBLISH, REMIND, Timer
from service.closing.operations.archiving import archive_thread
from service.closing.operations.mirroring import mirror
from service.closing.operations.storing import end, store
from service.kit import events
from service.kit.actor import SYSTEM
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound
from service.replies.operations import moderate_reply
from service.threads.operations import facts_of, moderate_thread
from service.threads.queries import ThreadSeen, lock_thread

AT_ONCE: Final = 100
"""Replies that one transaction moves to the trash."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a timer did, in words, or why it did nothing (`done` is false)."""

    words: str
    done: bool = True


def fire_timer(session: Session, timer_id: int) -> bool:
    """Do what a due timer says; again and again is once. False while it has more to do in another transaction."""
    thread_id = queries.thread_of_timer(session, timer_id)
    seen = _lock(session, thread_id) if thread_id is not None else None
    timer = queries.due_timer(session, timer_id)
    if timer is None:
        return True
    if seen is None:
        end(session, timer, now(session), "the thread is gone")
        return True
    outcome = outcome_of(seen, timer) if timer.kind in BY_LAW else _do(session, seen, timer)
    if outcome is not None:
        _end(session, seen, timer, outcome)
    return outcome is not None


def settle(session: Session, seen: ThreadSeen) -> None:
    """End the timers of a locked thread that the law has made true by now, before somebody changes its openness."""
    for timer in queries.active_timers(session, seen.id).values():
        if timer.kind in BY_LAW and timer.at <= now(session):
            _end(session, seen, timer, outcome_of(seen, timer))


def _end(session: Session, seen: ThreadSeen, timer: Timer, outcome: Outcome) -> None:
    """Write down how it ended. What the law has done is dated with its instant; what the worker did, with now."""
    at = timer.at if timer.kind in BY_LAW else now(session)
    end(session, timer, at, outcome.words)
    if timer.kind in BY_LAW and mirror(session, seen):
        store(session, seen)
    fired = TimerFired(
        actor=SYSTEM, timer_id=stored_id(timer.id), timer=timer.kind, planned_for=timer.at, done=outcome.done,
        owner_id=timer.owner_id or None, **facts_of(seen.thread),
    )  # fmt: skip
    events.record(session, fired, at=at)


def _lock(session: Session, thread_id: int) -> ThreadSeen | None:
    """The thread, also a deleted one, with its row held; None when its text is gone for good."""
    try:
        return lock_thread(session, SYSTEM, thread_id, in_trash=True)
    except NotFound:
        return None


def outcome_of(seen: ThreadSeen, timer: Timer) -> Outcome:
    """What the law has made of a timer that it decides."""
    if timer.kind == CLEAR_SLOW_MODE:
        return Outcome("slow mode ended")
    closing = seen.closing
    closed = closing.at is not None and closing.is_closed(seen.moment())
    if timer.kind == OPEN:
        return Outcome("the thread stayed closed", done=False) if closed else Outcome("the thread opened")
    if not closed:
        return Outcome("the thread had opened again when this was written down")
    if closing.at == timer.at:
        return Outcome("the thread closed")
    return Outcome("the thread was closed already", done=False)


def _do(session: Session, seen: ThreadSeen, timer: Timer) -> Outcome | None:
    """Do what the timer says; None while there is more to do. With a deleted thread nothing is done."""
    if seen.thread.moderation == "trashed":
        return Outcome("the thread is deleted", done=False)
    return DEEDS[timer.kind](session, seen, timer)


def _publish(session: Session, seen: ThreadSeen, timer: Timer) -> Outcome:
    state = seen.thread.moderation
    if state == "published":
        return Outcome("it was published already", done=False)
    if state not in ("pending", "hidden"):
        return Outcome(f"the thread is {SAID[state]}", done=False)
    moderate_thread(session, SYSTEM, seen, "approve" if state == "pending" else "restore")
    return Outcome("the thread was published")


SAID: Final = {
    "pending": "not published",
    "hidden": "hidden",
    "rejected": "rejected",
    "spam": "marked as spam",
}
"""The states of a thread that is not shown, in words."""


def _archive(session: Session, seen: ThreadSeen, timer: Timer) -> Outcome:
    if seen.thread.archived_at is not None:
        return Outcome("it was archived already", done=False)
    archive_thread(session, SYSTEM, seen)
    return Outcome("the thread was archived")


def _bump(session: Session, seen: ThreadSeen, timer: Timer) -> Outcome:
    thread = seen.thread
    if thread.moderation != "published":
        return Outcome(f"the thread is {SAID[thread.moderation]}", done=False)
    thread.bumped_at = now(session)
    thread.active_at = max(thread.active_at, thread.bumped_at)
    session.add(thread)
    session.flush()
    return Outcome("the thread went to the top of its lists")


def _remind(session: Session, seen: ThreadSeen, timer: Timer) -> Outcome:
    """A listener of the event tells the person, if they may still see the thread."""
    if seen.thread.moderation != "published":
        return Outcome(f"the thread is {SAID[seen.thread.moderation]}", done=False)
    return Outcome("you were reminded")


def _delete_replies(session: Session, seen: ThreadSeen, timer: Timer) -> Outcome | None:
    """Trash the next replies that were published up to its instant; None while there may be more."""
    found = queries.published_until(session, seen.id, timer.at, AT_ONCE)
    for reply in found:
        moderate_reply(session, SYSTEM, seen, reply, "trash")
    return None if len(found) == AT_ONCE else Outcome("the replies up to then are in the trash")


DEEDS: Final[dict[str, Callable[[Session, ThreadSeen, Timer], Outcome | None]]] = {
    PUBLISH: _publish,
    "archive": _archive,
    "bump": _bump,
    REMIND: _remind,
    "delete_replies": _delete_replies,
}
"""What the kinds do that the law does not decide."""


def give_up(session: Session, timer_id: int, why: str) -> None:
    """End a timer that cannot do what it should, with the reason in words."""
    timer = queries.due_timer(session, timer_id)
    if timer is not None:
        end(session, timer, now(session), why[:200])
