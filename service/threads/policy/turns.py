"""Whose turn it is: what one person's own doings in a thread say about their next reply. Pure.

Slow mode is the least time between two replies of one person in one thread, by the first of thread, category and site
that says; it ends for a thread at its `slow_mode_until`. The grace is the time after a closing in which a reply is
still taken that its writer had begun before it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.kit.actor import Actor
from service.kit.clock import in_short, utc_text
from service.kit.errors import RateLimited
from service.site.models import ClosingTerms, Site
from service.threads.models import Thread
from service.threads.policy.state import Closing, inherited

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person did in a thread, as far as it bears on their next reply; nothing where nothing does.

    `replied_at` is when they last replied, where slow mode asks; `begun_at` when they began what they are writing,
    where the thread closed so lately that this matters.
    """

    replied_at: datetime | None = None
    begun_at: datetime | None = None


NO_TURN = Turn()
"""That of somebody of whom nothing matters."""


def slow_mode_of(thread: Thread, category: ClosingTerms, site: ClosingTerms, now: datetime) -> timedelta | None:
    """How long a member waits between two replies in this thread; None where nobody waits."""
    if thread.slow_mode_until is not None and now >= thread.slow_mode_until:
        return None
    span = inherited(thread.slow_mode, category.slow_mode, site.slow_mode)
    return None if span is None else timedelta(microseconds=span)


def next_turn(turn: Turn, slow_mode: timedelta | None, now: datetime) -> datetime | None:
    """When the person may reply again; None when they may now."""
    if slow_mode is None or turn.replied_at is None:
        return None
    again = turn.replied_at + slow_mode
    return again if again > now else None


def check_turn(turn: Turn, slow_mode: timedelta | None, now: datetime) -> None:
    """Raise RateLimited, with the seconds to wait, while slow mode makes the person wait."""
    again = next_turn(turn, slow_mode, now)
    if again is None or slow_mode is None:
        return
    wait = -((now - again) // SECOND)
    once, left = in_short(slow_mode), in_short(again - now)
    raise RateLimited(
        f"This thread is in slow mode, one reply in {once}: you may reply again in {left}",
        extra={"next_reply_at": utc_text(again)},
        headers={"Retry-After": str(wait)},
    )


def is_slowed(actor: Actor, thread: Thread) -> bool:
    """Whether slow mode is meant for this actor: for all who are signed in and do not moderate the thread."""
    return actor.signed_in and not actor.moderates_in(thread.category_id)


def in_grace(turn: Turn, closing: Closing, site: Site, now: datetime) -> bool:
    """Whether a closed thread still takes this person's reply; in an archived one nobody's."""
    if closing.at is None or turn.begun_at is None or closing.reason == "archived":
        return False
    return turn.begun_at < closing.at and now < grace_ends(closing.at, site)


def grace_ends(closed_at: datetime, site: Site) -> datetime:
    """Until when a reply that was begun before the closing is taken."""
    return closed_at + timedelta(microseconds=site.close_grace)
