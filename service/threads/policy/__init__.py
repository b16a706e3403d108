"""Who may do what to a thread, and when it is closed. Pure; each check raises a named Problem."""

from datetime import datetime
from typing import Final, Literal, Protocol

from service.kit.actor import Actor, check_may_write, check_signed_in
from service.kit.clock import utc_text
from service.kit.errors import NotAllowed, Problem
from service.site.models import OFF, ClosingTerms, Site
from service.threads.errors import ThreadIsClosed
from service.threads.models import Thread
from service.threads.policy.state import Closing, effective_closing, reopening, state_of
from service.threads.policy.turns import NO_TURN, Turn, check_turn, in_grace, slow_mode_of

EDITS: Final = "edits"
REACTIONS: Final = "reactions"


class Discussion(Protocol):
    """A thread with all that its state depends on."""

    @property
    def thread(self) -> Thread:
        """Its row."""

    @property
    def category(self) -> ClosingTerms:
        """The terms of its category."""

    @property
    def site(self) -> Site:
        """The site's settings, with its terms."""

    @property
    def closing(self) -> Closing:
        """When it closes or closed, as it stands now."""


def is_author(actor: Actor, thread: Thread) -> bool:
    """Whether the actor opened the thread."""
    return actor.account_id is not None and actor.account_id == thread.author_id


def check_may_open(actor: Actor) -> None:
    """Raise unless the actor may open threads."""
    check_may_write(actor)


def check_may_edit(actor: Actor, thread: Thread) -> None:
    """Raise unless the actor wrote the thread or moderates."""
    check_may_write(actor)
    _check_theirs(actor, thread)


def check_may_delete(actor: Actor, thread: Thread) -> None:
    """Raise unless the actor moderates, or wrote the thread and nobody's reply would go with it. Who is silenced may
    still take back what they said.
    """
    check_signed_in(actor)
    _check_theirs(actor, thread)
    if not actor.moderates_in(thread.category_id) and thread.last_number > 0:
        raise NotAllowed("Others have replied: ask a moderator to delete the thread")


def _check_theirs(actor: Actor, thread: Thread) -> None:
    if not (is_author(actor, thread) or actor.moderates_in(thread.category_id)):
        raise NotAllowed("Only its author and moderators may change this")


def check_may_close(actor: Actor, thread: Thread, site: Site) -> None:
    """Raise unless the actor moderates, or wrote the thread where the site lets authors close theirs."""
    check_in_charge(actor, thread)
    if not (actor.moderates_in(thread.category_id) or (site.author_may_close and is_author(actor, thread))):
        raise NotAllowed("Only moderators may close and reopen discussions here")


def check_in_charge(actor: Actor, thread: Thread) -> None:
    """Raise unless the actor may do at all what moderators do to a thread, and its author may: who does not moderate it
    must be allowed to write, because a closing has a reason that others read.
    """
    if actor.is_moderator_in(thread.category_id):
        check_signed_in(actor, "moderate")
    else:
        check_may_write(actor)


def check_may_reopen(actor: Actor, thread: Thread, site: Site) -> None:
    """As `check_may_close`; what somebody else closed, only a moderator reopens."""
    check_may_close(actor, thread, site)
    if not actor.moderates_in(thread.category_id) and thread.closed_by_id not in (None, actor.account_id):
        raise NotAllowed("A moderator closed this discussion: ask one to reopen it")


def check_terms(actor: Actor, terms: dict[str, int | str | None], stored: ClosingTerms | None = None) -> None:
    """Raise when somebody who does not moderate switches off the closing policy that a thread inherits.

    A time of reopening sets every other term aside, and a slow mode of the thread's own the one that it inherits: both
    stay as `stored`, which is None for a new thread.
    """
    if actor.moderates:
        return
    if OFF in terms.values() or terms.get("override") == "open":
        raise NotAllowed("Only moderators may switch a closing policy off")
    before = {name: getattr(stored, name, None) for name in ("reopens_at", "slow_mode")}
    if any(terms.get(name, said) != said for name, said in before.items()):
        raise NotAllowed("Only moderators may say when a thread reopens, or slow it down")


def check_may_reply(actor: Actor, thread: Thread) -> None:
    """Raise unless the actor may reply to this thread at all; whether it is open is `check_open`'s question."""
    check_may_write(actor)
    if thread.moderation != "published":
        raise NotAllowed("This thread is not published, so nobody replies to it")


def check_not_archived(thread: Thread) -> None:
    """Raise ThreadIsClosed for an archived thread: nothing in it changes, whoever asks."""
    if thread.archived_at is not None:
        raise closed_problem(Closing(thread.archived_at, "archived"))


def check_open(actor: Actor, seen: Discussion, now: datetime, turn: Turn = NO_TURN) -> None:
    """Raise ThreadIsClosed when the thread is closed and the actor may not post all the same."""
    check_not_archived(seen.thread)
    if not (may_post_while_closed(actor, seen.thread, seen.site) or in_grace(turn, seen.closing, seen.site, now)):
        check_open_to_all(seen.thread, seen.closing, now)


def check_open_to_all(thread: Thread, closing: Closing, now: datetime) -> None:
    """Raise ThreadIsClosed when the thread is closed, whoever asks."""
    check_not_archived(thread)
    if closing.is_closed(now):
        raise closed_problem(closing)


def may_post_while_closed(actor: Actor, thread: Thread, site: Site) -> bool:
    """Moderators and admins may post in a closed thread, as far as the site lets them; such a reply is marked. Who
    moderates its category counts as a moderator.
    """
    role = actor.role if actor.is_at_least("moderator") else "moderator"
    return actor.moderates_in(thread.category_id) and role in site.closed_reply_roles


def check_edits_open(actor: Actor, seen: Discussion, now: datetime) -> None:
    """Raise ThreadIsClosed when nothing that was said in this thread is changed any more, by this actor."""
    _check_also_open(actor, seen, EDITS, now)


def check_reactions_open(actor: Actor, seen: Discussion, now: datetime) -> None:
    """Raise ThreadIsClosed when nobody reacts in this thread any more."""
    _check_also_open(actor, seen, REACTIONS, now)


def _check_also_open(actor: Actor, seen: Discussion, what: Literal["edits", "reactions"], now: datetime) -> None:
    """A closing ends this too, where the site says so; for those who moderate only an archived thread does."""
    check_not_archived(seen.thread)
    moderates = actor.moderates_in(seen.thread.category_id)
    if what in seen.site.close_also and not moderates and seen.closing.is_closed(now):
        raise closed_problem(seen.closing)


def closed_problem(closing: Closing) -> ThreadIsClosed:
    """The refusal, with since when and why."""
    since = utc_text(closing.at) if closing.at else None
    return ThreadIsClosed("Comments are closed.", extra={"closed_at": since, "reason": closing.reason})


def cannot_reply_code(actor: Actor, seen: Discussion, now: datetime, turn: Turn = NO_TURN) -> str | None:
    """The code of the problem that a reply would meet now; None when a reply is welcome."""
    try:
        check_may_reply(actor, seen.thread)
        check_open(actor, seen, now, turn)
        check_turn(turn, slow_mode_of(seen.thread, seen.category, seen.site, now), now)
    except Problem as problem:
        return problem.code
    return None


__all__ = [
    "Closing", "Discussion", "Turn", "cannot_reply_code", "check_edits_open", "check_in_charge",
    "check_may_close", "check_may_delete", "check_may_edit", "check_may_open", "check_may_reopen",
    "check_may_reply", "check_not_archived", "check_open", "check_open_to_all", "check_reactions_open",
    "check_terms", "check_turn", "closed_problem", "effective_closing", "is_author", "may_post_while_closed",
    "reopening", "state_of",
]  # fmt: skip
