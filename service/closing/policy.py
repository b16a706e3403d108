"""Who may set, see and remove which timer, and who may undo a closing. Pure; each check raises a named Problem."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from service.closing.models import CLOSE, KINDS, OPEN, REMIND, Timer
from service.kit.actor import Actor, check_moderates, check_signed_in
from service.kit.errors import NotAllowed, Problem
from service.site.models import Site
from service.threads.models import Thread
from service.threads.policy import check_in_charge, check_may_close, check_may_reopen

UNDO: Final = timedelta(minutes=10)
"""How long a closing can be undone."""


def check_may_time(actor: Actor, kind: str, thread: Thread, site: Site) -> None:
    """Raise unless the actor may set and remove timers of this kind on the thread: a reminder, who is signed in; its
    closing and its opening, who may close and reopen it; the others, moderators.
    """
    if kind == REMIND:
        check_signed_in(actor)
    elif kind == CLOSE:
        check_may_close(actor, thread, site)
    elif kind == OPEN:
        check_may_reopen(actor, thread, site)
    else:
        check_moderates(actor, thread.category_id)


def check_may_overrule(actor: Actor, thread: Thread, timers: Iterable[Timer]) -> None:
    """Raise when somebody who does not moderate would end, replace or outlive a timer that somebody else has set."""
    if actor.moderates_in(thread.category_id):
        return
    if any(timer.set_by_id not in (None, actor.account_id) for timer in timers):
        raise NotAllowed("Somebody else has planned when this discussion closes: ask a moderator to change it")


def timed_by(actor: Actor, thread: Thread, site: Site) -> tuple[str, ...]:
    """The kinds of timer that the actor may set on the thread, and sees there."""
    return tuple(kind for kind in KINDS if _may_time(actor, kind, thread, site))


def _may_time(actor: Actor, kind: str, thread: Thread, site: Site) -> bool:
    try:
        check_may_time(actor, kind, thread, site)
    except Problem:
        return False
    return True


def check_may_undo(actor: Actor, thread: Thread, site: Site) -> None:
    """Raise unless the actor closed the thread, or may reopen it."""
    check_in_charge(actor, thread)
    if actor.account_id != thread.closed_by_id:
        check_may_reopen(actor, thread, site)
