"""The closing panel on a thread's page: close, reopen, and the policy, for moderators and whom the site lets."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.closing import operations
from service.closing.operations.waiting import KEEP
from service.closing.policy import UNDO, check_may_undo
from service.closing.schemas import CloseThread, PutClosing
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, Problem, invalid
from service.pages import forms, terms, thread_views
from service.pages.rendering import in_words
from service.pages.views.closing import Closing
from service.pages.views.frame import Choice, Form
from service.threads import policy
from service.threads.queries import ThreadSeen, lock_thread
from service.web.answers import Answer, see_other

LABELS: Final = {**terms.LABELS, "body": "The text"}
TERMS: Final = (*terms.MOMENTS, *terms.EVERYWHERE, terms.WAIT)
NOTICES: Final = {
    "closed": "The thread is closed.",
    "closed-approve": "The thread is closed, and the replies that waited are published.",
    "closed-reject": "The thread is closed, and the replies that waited are rejected.",
    "closed-rest": "The thread is closed. The oldest 500 of the waiting replies were decided; the others still wait.",
    "undone": "The closing is undone: the thread is as it was before.",
    "reopened": "The thread is open again.",
    "override": "The thread is open again. Its closing would have closed it at once, so it is kept open now.",
    "policy": "The closing was saved.",
}
CHOICES: Final = (
    Choice("keep", "Keep them waiting: they can be approved later"),
    Choice("approve", "Approve them"),
    Choice("reject", "Reject them"),
)
Deed = Callable[[Session, Actor, ThreadSeen], str]
"""Does something to a locked thread; returns the name of the notice to show."""


def panel(
    actor: Actor, seen: ThreadSeen, at: datetime, refused: Form | None, notice: str, waiting: int
) -> Closing | None:
    """The panel as this reader may use it; None for one who may not close this thread.

    `waiting` is how many of its replies wait for a moderator.
    """
    if not thread_views.allowed(policy.check_may_close, actor, seen.thread, seen.site):
        return None
    return Closing(
        form=refused or forms.fresh(_values(seen), notice=NOTICES.get(notice)),
        is_closed=seen.closing.is_closed(at),
        may_reopen=seen.thread.archived_at is None,
        undo_until=_undo_until(actor, seen, at),
        waiting=terms.so_many_replies(waiting) if waiting and actor.moderates else None,
        choices=CHOICES,
        timers_url=f"{thread_views.thread_url(seen)}/timers",
        state=_state(seen, at),
        modes=terms.modes("the category"),
        moment_modes=terms.moment_modes("the category"),
        inherited_at=terms.at_words(_above(seen, "closes_at")),
        inherited_age=terms.in_days(_above(seen, "close_after_age")),
        inherited_idle=terms.in_days(_above(seen, "close_after_idle")),
        inherited_replies=terms.in_replies(_above(seen, "close_after_replies")),
        inherited_opens=terms.at_words(_above(seen, "reopens_at")),
        wait_modes=terms.wait_modes("the category"),
        inherited_wait=terms.in_minutes(_above(seen, "slow_mode")),
    )


def _undo_until(actor: Actor, seen: ThreadSeen, at: datetime) -> datetime | None:
    """Until when this reader may undo the closing; None where there is none to undo."""
    closed_at = seen.thread.closed_at
    if closed_at is None or not operations.can_be_undone(seen, at):
        return None
    return closed_at + UNDO if thread_views.allowed(check_may_undo, actor, seen.thread, seen.site) else None


def _values(seen: ThreadSeen) -> dict[str, str]:
    override = {"override": "on" if seen.thread.override == "open" else "", "version": str(seen.thread.version)}
    return terms.values_of(seen.thread) | override


def _above(seen: ThreadSeen, term: str) -> int | None:
    """What the thread inherits for a term: the category's, else the site's."""
    own: int | None = getattr(seen.category, term)
    inherited: int | None = getattr(seen.site, term)
    return inherited if own is None else own


def _state(seen: ThreadSeen, at: datetime) -> str:
    """The present state in a sentence, with what is to come."""
    closing, why = seen.closing, thread_views.why(seen)
    because = f": {why}" if why else ""
    if closing.at is not None and closing.is_closed(at):
        opens_at = seen.opens_at(at)
        then = f" It opens again on {in_words(opens_at)}." if opens_at else ""
        return f"This thread has been closed since {in_words(closing.at)}{because}.{then}"
    left = thread_views.replies_left(seen, at)
    comes = [f"It closes on {in_words(closing.at)}{because}."] if closing.at is not None else []
    comes += [f"It closes after {terms.more_replies(left)}."] if left is not None else []
    return (
        " ".join(("This thread is open.", *comes)) if comes else "This thread is open, and nothing closes it by itself."
    )


async def change_closing(asks: Asks, thread_id: int, sent: forms.Sent) -> Response | Problem:
    """Close, reopen, or set the policy, as the form's button says."""
    if sent.deed not in DEEDS:
        raise invalid("/do", "must be one of this page's buttons")
    deed = DEEDS[sent.deed](sent)

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        notice = deed(session, actor, seen)
        return see_other(f"{thread_views.thread_url(seen)}?saved={notice}#closing")

    return await forms.attempt(asks, sent, work)


def _close(sent: forms.Sent) -> Deed:
    asked = {"reason": sent.values.get("reason", ""), "waiting": sent.value("waiting") or "keep"}
    draft = sent.model(CloseThread, asked)
    reason, choice = (draft, KEEP) if isinstance(draft, Invalid) else (draft.reason, draft.waiting)

    def deed(session: Session, actor: Actor, seen: ThreadSeen) -> str:
        became = operations.close_thread(session, actor, seen, reason, None, choice)
        if not (became.approved or became.rejected):
            return "closed"
        return "closed-rest" if became.kept else f"closed-{choice}"

    return deed


def _undo(sent: forms.Sent) -> Deed:
    def deed(session: Session, actor: Actor, seen: ThreadSeen) -> str:
        operations.undo_closing(session, actor, seen)
        return "undone"

    return deed


def _reopen(sent: forms.Sent) -> Deed:
    def deed(session: Session, actor: Actor, seen: ThreadSeen) -> str:
        before = seen.thread.override
        operations.reopen_thread(session, actor, seen)
        return "override" if seen.thread.override != before else "reopened"

    return deed


def _policy(sent: forms.Sent) -> Deed:
    columns = _columns(sent)

    def deed(session: Session, actor: Actor, seen: ThreadSeen) -> str:
        exact = columns if isinstance(columns, Invalid) else columns | terms.untouched(sent, seen.thread, TERMS)
        operations.change_closing(session, actor, seen, exact, sent.number("version"))
        return "policy"

    return deed


def _columns(sent: forms.Sent) -> dict[str, Any] | Invalid:
    """The policy as columns of the thread, or the refusal that names each wrong field."""
    read = terms.read_terms(sent, TERMS)
    if isinstance(read, Invalid):
        return read
    draft = sent.model(PutClosing, {**read, "override": "open" if sent.value("override") else "auto"})
    return draft if isinstance(draft, Invalid) else draft.columns()


DEEDS: Final[Mapping[str, Callable[[forms.Sent], Deed]]] = {
    "close": _close,
    "undo": _undo,
    "reopen": _reopen,
    "policy": _policy,
}
"""The panel's buttons."""
