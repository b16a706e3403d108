"""Who may do what to a thread, and when it is closed. Pure; each check raises a named Problem."""

from datetime import datetime

from service.kit.actor import Actor, check_signed_in
from service.kit.clock import utc_text
from service.kit.errors import NotAllowed, Problem
from service.site.models import OFF, Site
from service.threads.errors import ThreadIsClosed
from service.threads.models import Thread
from service.threads.policy.state import Closing, effective_closing, reopening, state_of


def is_author(actor: Actor, thread: Thread) -> bool:
    """Whether the actor opened the thread."""
    return actor.account_id is not None and actor.account_id == thread.author_id


def check_may_open(actor: Actor) -> None:
    """Raise unless the actor may open threads."""
    check_signed_in(actor)


def check_may_edit(actor: Actor, thread: Thread) -> None:
    """Raise unless the actor wrote the thread or moderates."""
    check_signed_in(actor)
    if not (is_author(actor, thread) or actor.moderates):
        raise NotAllowed("Only its author and moderators may change this")


def check_may_delete(actor: Actor, thread: Thread) -> None:
    """Raise unless the actor moderates, or wrote the thread and nobody's reply would go with it."""
    check_may_edit(actor, thread)
    if not actor.moderates and thread.last_number > 0:
        raise NotAllowed("Others have replied: ask a moderator to delete the thread")


def check_may_close(actor: Actor, thread: Thread, site: Site) -> None:
    """Raise unless the actor moderates, or wrote the thread where the site lets authors close theirs."""
    check_signed_in(actor, "moderate" if actor.is_at_least("moderator") else "write")
    if not (actor.moderates or (site.author_may_close and is_author(actor, thread))):
        raise NotAllowed("Only moderators may close and reopen discussions here")


def check_may_reopen(actor: Actor, thread: Thread, site: Site) -> None:
    """As `check_may_close`; what somebody else closed, only a moderator reopens."""
    check_may_close(actor, thread, site)
    if not actor.moderates and thread.closed_by_id not in (None, actor.account_id):
        raise NotAllowed("A moderator closed this discussion: ask one to reopen it")


def check_terms(actor: Actor, terms: dict[str, int | str | None]) -> None:
    """Raise when somebody who does not moderate switches off the closing policy that a thread inherits."""
    if not actor.moderates and (OFF in terms.values() or terms.get("override") == "open"):
        raise NotAllowed("Only moderators may switch a closing policy off")


def check_may_reply(actor: Actor, thread: Thread) -> None:
    """Raise unless the actor may reply to this thread at all; whether it is open is `check_open`'s question."""
    check_signed_in(actor)
    if thread.moderation != "published":
        raise NotAllowed("This thread is not published, so nobody replies to it")


def check_not_archived(thread: Thread) -> None:
    """Raise ThreadIsClosed for an archived thread: nothing in it changes, whoever asks."""
    if thread.archived_at is not None:
        raise closed_problem(Closing(thread.archived_at, "archived"))


def check_open(actor: Actor, thread: Thread, closing: Closing, now: datetime) -> None:
    """Raise ThreadIsClosed when the thread is closed and the actor may not post all the same."""
    check_not_archived(thread)
    if not may_post_while_closed(actor):
        check_open_to_all(thread, closing, now)


def check_open_to_all(thread: Thread, closing: Closing, now: datetime) -> None:
    """Raise ThreadIsClosed when the thread is closed, whoever asks."""
    check_not_archived(thread)
    if closing.is_closed(now):
        raise closed_problem(closing)


def may_post_while_closed(actor: Actor) -> bool:
    """Moderators may post in a closed thread; such a reply is marked."""
    return actor.moderates


def closed_problem(closing: Closing) -> ThreadIsClosed:
    """The refusal, with since when and why."""
    since = utc_text(closing.at) if closing.at else None
    return ThreadIsClosed("Comments are closed.", extra={"closed_at": since, "reason": closing.reason})


def cannot_reply_code(actor: Actor, thread: Thread, closing: Closing, now: datetime) -> str | None:
    """The code of the problem that a reply would meet now; None when a reply is welcome."""
    try:
        check_may_reply(actor, thread)
        check_open(actor, thread, closing, now)
    except Problem as problem:
        return problem.code
    return None


__all__ = [
    "Closing", "cannot_reply_code", "check_may_close", "check_may_delete", "check_may_edit", "check_may_open",
    "check_may_reopen", "check_may_reply", "check_not_archived", "check_open", "check_open_to_all", "check_terms",
    "closed_problem", "effective_closing", "is_author", "may_post_while_closed", "reopening", "state_of",
]  # fmt: skip
