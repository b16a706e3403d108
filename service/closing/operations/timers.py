"""Setting and removing timers. There is one of a kind on a thread, and one reminder for each person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from service.closing import queries
from service.closing.models import BY_LAW, CLOSE, OPEN, PUBLISH, REMIND, SHARED, Timer
from service.closing.operations.firing import settle
from service.closing.operations.mirroring import Mirrored, follow, mirror
from service.closing.operations.storing import end, store
from service.closing.policy import check_may_overrule, check_may_time
from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.errors import Problem, invalid, settled
from service.kit.versions import Wanted, check_version
from service.threads import policy
from service.threads.events import ThreadEdited
from service.threads.operations import facts_of
from service.threads.queries import ThreadSeen

REPLACED, REMOVED = "replaced by another", "removed"
"""Outcomes of timers that did not come to their instant."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When a timer is to fire: at an instant, or after a span from now; and the zone in which people are shown it."""

    at: datetime | None
    after: timedelta | None
    time_zone: str = "UTC"

    def instant(self, present: datetime, pointer: str = "/at") -> datetime:
        """The absolute instant, in UTC. Raises Invalid, naming the field at `pointer`, for one that is not to come."""
        if self.after is not None:
            return present + self.after
        if self.at is None or self.at <= present:
            raise invalid(pointer, "must be later than now")
        return self.at


def set_timer(
    session: Session, actor: Actor, seen: ThreadSeen, kind: str, plan: Plan | Problem, version: Wanted = None
) -> Timer:
    """Set the timer of a kind on a locked thread, in place of the one there; the very same again changes nothing.

    Raises NotSignedIn, NotAllowed, Invalid (its instant is not to come), ThreadIsClosed (archived; a reminder may be
    set all the same), EditConflict.
    """
    check_may_time(actor, kind, seen.thread, seen.site)
    ready, present = settled(plan), now(session)
    at, owner = ready.instant(present), _owner(actor, kind)
    _check_may_overrule(session, actor, seen, kind)
    if kind != REMIND:
        policy.check_not_archived(seen.thread)
        check_version(version, seen.thread.version)
        settle(session, seen)
    before = queries.active_timer(session, seen.id, kind, owner)
    if before is not None and (before.at, before.time_zone) == (at, ready.time_zone):
        return before
    if before is not None:
        end(session, before, present, REPLACED)
    timer = Timer(
        thread_id=seen.id, kind=kind, owner_id=owner, at=at, time_zone=ready.time_zone, set_by_id=actor.account_id,
        created_at=present,
    )  # fmt: skip
    session.add(timer)
    session.flush()
    _changed(session, actor, seen, kind)
    return timer


def clear_timer(session: Session, actor: Actor, seen: ThreadSeen, kind: str, version: Wanted = None) -> None:
    """Remove the timer of a kind from a locked thread; where there is none, nothing happens.

    Raises NotSignedIn, NotAllowed, ThreadIsClosed (archived), EditConflict.
    """
    check_may_time(actor, kind, seen.thread, seen.site)
    _check_may_overrule(session, actor, seen, kind)
    if kind != REMIND:
        policy.check_not_archived(seen.thread)
        check_version(version, seen.thread.version)
        settle(session, seen)
    timer = queries.active_timer(session, seen.id, kind, _owner(actor, kind))
    if timer is None:
        return
    end(session, timer, now(session), REMOVED)
    _changed(session, actor, seen, kind)


def plan_opened(session: Session, actor: Actor, seen: ThreadSeen, publish_at: datetime | None) -> None:
    """Set the timers that a thread which was just opened asks for: its publication, and what its closing terms say."""
    follow(session, actor, seen, Mirrored())
    if publish_at is not None:
        timer = Timer(
            thread_id=seen.id, kind=PUBLISH, at=publish_at, set_by_id=actor.account_id, created_at=now(session)
        )
        session.add(timer)
        session.flush()


def _check_may_overrule(session: Session, actor: Actor, seen: ThreadSeen, kind: str) -> None:
    """What a moderator has planned, its author neither moves nor opens again by a timer of their own."""
    if kind in (CLOSE, OPEN):
        check_may_overrule(actor, seen.thread, queries.planned(session, seen.id))


def _owner(actor: Actor, kind: str) -> int:
    return actor.account_id or SHARED if kind == REMIND else SHARED


def _changed(session: Session, actor: Actor, seen: ThreadSeen, kind: str) -> None:
    """A thread's own timer is a fact about the thread; a reminder is nobody else's business."""
    if kind == REMIND:
        return
    if kind in BY_LAW:
        mirror(session, seen)
    store(session, seen)
    events.record(session, ThreadEdited(actor=actor, fields=("timers",), **facts_of(seen.thread)))
