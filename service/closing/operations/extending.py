"""A moderator puts the closing of a discussion off, or sees to it that nothing closes it by itself."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from service.closing.operations.closing import change_closing
from service.kit.actor import Actor, check_moderates
from service.kit.clock import EPOCH, MICROSECOND, now
from service.kit.errors import InvalidTransition, Problem, invalid, settled
from service.kit.versions import Wanted, check_version
from service.site.models import LATEST, LONGEST, OFF, ClosingTerms
from service.threads import policy
from service.threads.models import Thread
from service.threads.policy.state import deadlines
from service.threads.queries import ThreadSeen

COUNTS_FROM: Final[Mapping[str | None, tuple[str, Callable[[Thread], datetime]]]] = {
    "scheduled": ("closes_at", lambda thread: EPOCH),
    "age": ("close_after_age", lambda thread: thread.published_at),
    "idle": ("close_after_idle", lambda thread: thread.idle_anchor),
}
"""By the reason of a closing that lies ahead: the thread's own term for it, and what that term counts from."""


def extend_closing(
    session: Session, actor: Actor, seen: ThreadSeen, span: timedelta | Problem, version: Wanted = None
) -> None:
    """Put the closing of an open thread off: it then closes `span` later than it would have, to the microsecond.

    Every rule that would come before that instant is moved there by a term of the thread's own, and stays the rule that
    it is: after an extension by a week a silence that closes the thread is a week longer, and a reply still begins it
    anew. Rules that come later, and the number of replies, stay as they are.

    `seen` is locked. Raises NotSignedIn, NotAllowed, Invalid (beyond what a term can say), ThreadIsClosed (archived),
    InvalidTransition (closed already, or nothing closes it), EditConflict.
    """
    check_moderates(actor, seen.thread.category_id)
    by = settled(span)
    policy.check_not_archived(seen.thread)
    check_version(version, seen.thread.version)
    at, closing = now(session), seen.closing
    if closing.is_closed(at):
        raise InvalidTransition("The discussion is closed already: reopen it")
    if closing.at is None:
        raise InvalidTransition("Nothing closes this discussion by itself")
    change_closing(session, actor, seen, put_off(seen, at, until(closing.at, by)), version)


def until(at: datetime, by: timedelta) -> datetime:
    """The later instant. Raises Invalid for one that no term can say."""
    if by > LATEST - at:
        raise invalid("/by", "must not lead beyond the year 9000")
    return at + by


def put_off(seen: ThreadSeen, at: datetime, to: datetime) -> dict[str, Any]:
    """The thread's whole policy of its own, changed so that no rule closes it before `to`.

    A rule that is over (its instant lies behind `at`, and the thread was opened again since) stays over.
    """
    columns = policy_of(seen.thread)
    for rule in deadlines(seen.thread, seen.category, seen.site, seen.reached_at):
        if rule.at is not None and at < rule.at < to and rule.reason in COUNTS_FROM:
            name, counts_from = COUNTS_FROM[rule.reason]
            columns[name] = in_bounds(name, to - counts_from(seen.thread))
    return columns


def in_bounds(name: str, span: timedelta) -> int:
    """A term's column. Raises Invalid for a span that is longer than a policy can say."""
    if name != "closes_at" and span > LONGEST:
        raise invalid("/by", f"must not make a term longer than {LONGEST.days} days")
    return span // MICROSECOND


def keep_open(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted = None) -> None:
    """Let nothing close an open thread by itself: its policy is set aside, and so is a fixed time.

    Raises NotSignedIn, NotAllowed, ThreadIsClosed (archived), InvalidTransition (closed already), EditConflict.
    """
    check_moderates(actor, seen.thread.category_id)
    policy.check_not_archived(seen.thread)
    check_version(version, seen.thread.version)
    if seen.closing.is_closed(now(session)):
        raise InvalidTransition("The discussion is closed already: reopen it")
    change_closing(session, actor, seen, policy_of(seen.thread) | {"override": "open", "closes_at": OFF}, version)


def policy_of(thread: Thread) -> dict[str, Any]:
    """The thread's whole policy as columns, and whether its fixed time is to be silent."""
    names = (*ClosingTerms.model_fields, "override", "closes_silently")
    return {name: getattr(thread, name) for name in names}
