"""On a thread's page, for who moderates there: pinning the thread, and unpinning it."""

from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Problem, invalid
from service.pages import forms, thread_views
from service.pages.rendering import in_words
from service.pages.undoing import entry_of
from service.pages.views.frame import Choice, Form
from service.pages.views.pinning import PinPanel
from service.threads.operations import Pinning, pin_thread, unpin_thread
from service.threads.policy.pins import is_pinned
from service.threads.queries import ThreadSeen, lock_thread
from service.web.answers import Answer, see_other

DEEDS: Final = ("pin", "unpin")
SPANS: Final = {"": "Until somebody unpins it", "1": "A day", "7": "A week", "30": "30 days"}
NOTICES: Final = {"pinned": "The thread is pinned.", "unpinned": "The thread is not pinned any more."}


def pin_panel(actor: Actor, seen: ThreadSeen, at: datetime, refused: Form | None, notice: str) -> PinPanel | None:
    """The panel; None for who moderates nothing here. `actor` is as they stand in the thread's category."""
    thread = seen.thread
    if not actor.moderates:
        return None
    pinned = is_pinned(thread, at)
    until = f" until {in_words(thread.pinned_until)}" if thread.pinned_until else ""
    where = "in its category and on the first page" if thread.pinned_everywhere else "in its category"
    values = {"everywhere": "on" if pinned and thread.pinned_everywhere else ""}
    form = refused or forms.fresh(values, notice=NOTICES.get(notice))
    return PinPanel(
        form=form,
        state=f"Pinned {where}{until}." if pinned else "",
        spans=tuple(Choice(value, words) for value, words in SPANS.items()),
        everywhere=actor.moderates_all,
        is_open=bool(form.refusal or form.notice),
    )


async def pin_here(asks: Asks, thread_id: int, sent: forms.Sent) -> Response | Problem:
    """Pin the thread as the form says, or unpin it; 303 to its page."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        if sent.deed == "unpin":
            unpin_thread(session, actor, seen)
        else:
            pin_thread(session, actor, seen, _pinning(sent, now(session)))
        saved, entry = f"{sent.deed}ned", entry_of(session, f"pin:{thread_id}")
        return see_other(f"{thread_views.thread_url(seen)}?saved={saved}&entry={entry or ''}#pin")

    return await forms.attempt(asks, sent, work)


def _pinning(sent: forms.Sent, at: datetime) -> Pinning | Problem:
    span = sent.value("span")
    if span not in SPANS:
        return invalid("/span", "must be one of the choices")
    return Pinning(at + timedelta(days=int(span)) if span else None, bool(sent.value("everywhere")))
