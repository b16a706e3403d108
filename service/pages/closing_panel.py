"""The closing panel on a thread's page: close, reopen, and the policy, for moderators and whom the site lets."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.closing import operations
from service.closing.schemas import CloseThread, PutClosing
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, Problem, invalid
from service.pages import forms, terms, thread_views
from service.pages.rendering import in_words
from service.pages.views.frame import Form
from service.pages.views.thread import Closing
from service.threads import policy
from service.threads.queries import ThreadSeen, lock_thread
from service.web.answers import Answer, see_other

LABELS: Final = {**terms.LABELS, "body": "The text"}
TERMS: Final = ("closes_at", *terms.EVERYWHERE)
NOTICES: Final = {
    "closed": "The thread is closed.",
    "reopened": "The thread is open again.",
    "override": "The thread is open again. Its closing would have closed it at once, so it is kept open now.",
    "policy": "The closing was saved.",
}
Deed = Callable[[Session, Actor, ThreadSeen], str]
"""Does something to a locked thread; returns the name of the notice to show."""


def panel(actor: Actor, seen: ThreadSeen, at: datetime, refused: Form | None, notice: str) -> Closing | None:
    """The panel as this reader may use it; None for one who may not close this thread."""
    if not thread_views.allowed(policy.check_may_close, actor, seen.thread, seen.site):
        return None
    return Closing(
        form=refused or forms.fresh(_values(seen), notice=NOTICES.get(notice)),
        is_closed=seen.closing.is_closed(at),
        may_reopen=seen.thread.archived_at is None,
        state=_state(seen, at),
        modes=terms.modes("the category"),
        moment_modes=terms.moment_modes("the category"),
        inherited_at=terms.at_words(_above(seen, "closes_at")),
        inherited_age=terms.in_days(_above(seen, "close_after_age")),
        inherited_idle=terms.in_days(_above(seen, "close_after_idle")),
        inherited_replies=terms.in_replies(_above(seen, "close_after_replies")),
    )


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
        return f"This thread has been closed since {in_words(closing.at)}{because}."
    left = thread_views.replies_left(seen, at)
    comes = [f"It closes on {in_words(closing.at)}{because}."] if closing.at is not None else []
    comes += [f"It closes after {terms.more_replies(left)}."] if left is not None else []
    return (
        " ".join(("This thread is open.", *comes)) if comes else "This thread is open, and nothing closes it by itself."
    )


async def change_closing(asks: Asks, thread_id: int, sent: forms.Sent) -> Response | Problem:
    """Close, reopen, or set the policy, as the form's button says."""
    deeds: Mapping[str, Callable[[forms.Sent], Deed]] = {"close": _close, "reopen": _reopen, "policy": _policy}
    if sent.deed not in deeds:
        raise invalid("/do", "must be one of this page's buttons")
    deed = deeds[sent.deed](sent)

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        notice = deed(session, actor, seen)
        return see_other(f"{thread_views.thread_url(seen)}?saved={notice}#closing")

    return await forms.attempt(asks, sent, work)


def _close(sent: forms.Sent) -> Deed:
    draft = sent.model(CloseThread, {"reason": sent.values.get("reason", "")})
    reason = draft if isinstance(draft, Invalid) else draft.reason

    def deed(session: Session, actor: Actor, seen: ThreadSeen) -> str:
        operations.close_thread(session, actor, seen, reason)
        return "closed"

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
        operations.change_closing(session, actor, seen, columns, sent.number("version"))
        return "policy"

    return deed


def _columns(sent: forms.Sent) -> dict[str, Any] | Invalid:
    """The policy as columns of the thread, or the refusal that names each wrong field."""
    read = terms.read_terms(sent, TERMS)
    if isinstance(read, Invalid):
        return read
    draft = sent.model(PutClosing, {**read, "override": "open" if sent.value("override") else "auto"})
    return draft if isinstance(draft, Invalid) else draft.columns()
