"""`/unsubscribe/{token}`: where the links of letters lead. Looking changes nothing; one button mutes the thread, or
ends the kind of letter, where it was about no one thread.

Nobody is signed in: the token says for whom, and that the letter was ours. A mail program that unsubscribes by itself
posts `List-Unsubscribe=One-Click` here, as RFC 8058 has it: without a cookie, and it follows no redirect, so the answer
is 200 and a page that says what was done.
"""

from collections.abc import Callable, Collection
from typing import Final

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import BadRequest
from service.notifications import operations, queries
from service.notifications.operations.leaving import leave_list, rejoin_list
from service.notifications.policy import read_list_token, read_token
from service.notifications.queries import LinkSeen
from service.notifications.queries.links import ListSeen, follow_list_link
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.account import LeaveListPage, UnsubscribePage
from service.subscriptions.models import MUTED, WATCHING
from service.web.answers import Answer
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)

Deed = Callable[[Session, int, int], LinkSeen]
DEEDS: Final[dict[str, Deed]] = {
    "mute": lambda session, account, thread: operations.follow_by_link(session, account, thread, MUTED),
    "watch": lambda session, account, thread: operations.follow_by_link(session, account, thread, WATCHING),
    "no-mail": lambda session, account, thread: operations.mail_by_link(session, account, thread, wanted=False),
    "mail": lambda session, account, thread: operations.mail_by_link(session, account, thread, wanted=True),
}
"""What the buttons do. What a mail program sends names none of them, and means the first."""

LIST_DEEDS: Final[dict[str, Callable[[Session, int, str], ListSeen]]] = {"leave": leave_list, "join": rejoin_list}
"""The same for digests, summaries and moderators' mail."""


@router.get("/unsubscribe/{token}")
async def show_unsubscribe(token: str, asks: Asking) -> Response:
    """The page with the buttons: how its person follows the thread now."""
    return await _show(asks, token, done="")


@router.post("/unsubscribe/{token}")
async def unsubscribe(request: Request, token: str, asks: Asking) -> Response:
    """Do what the button says: again and again is once. Then the same page, which says what was done."""
    await request.body()  # whatever it says: one that grows too large is refused before anything is looked up
    work, deed = await _work(request, token)
    await asks.write(work)
    return await _show(asks, token, done=deed)


async def _work(request: Request, token: str) -> tuple[Callable[[Session, Actor], Answer], str]:
    """What is to be done for this token, and by which button."""
    of_list = read_list_token(request.app.state.secret, token)
    account_id, subject = of_list or read_token(request.app.state.secret, token)
    deed = await _deed(request, LIST_DEEDS if of_list else DEEDS)

    def work(session: Session, actor: Actor) -> Answer:
        if isinstance(subject, str):
            LIST_DEEDS[deed](session, account_id, subject)
        else:
            DEEDS[deed](session, account_id, subject)
        return Answer(200)

    return work, deed


async def _deed(request: Request, deeds: Collection[str]) -> str:
    """Which button was pressed. A mail program may send multipart/form-data, which holds nothing to be read here."""
    first = next(iter(deeds))
    if request.headers.get("content-type", forms.FORM_TYPE).partition(";")[0].strip().lower() != forms.FORM_TYPE:
        return first
    deed = (await forms.read(request)).deed or first
    if deed not in deeds:
        raise BadRequest("The form has no such button")
    return deed


async def _show(asks: Asks, token: str, *, done: str) -> Response:
    """The page from a fresh read. Raises NotFound for a token that is not whole, or whose person or thread is gone."""
    of_list = read_list_token(asks.request.app.state.secret, token)
    account_id, subject = of_list or read_token(asks.request.app.state.secret, token)

    def load(session: Session, actor: Actor) -> tuple[Frame, UnsubscribePage | LeaveListPage]:
        framed = around(session, actor, "/")
        if isinstance(subject, str):
            return framed, LeaveListPage(subject, follow_list_link(session, account_id, subject).on, done)
        found = queries.follow_link(session, account_id, subject)
        return framed, UnsubscribePage(found.title, found.url, found.level == MUTED, found.mail, done)

    framed, view = await asks.read(load)
    template = "leave_list.html" if of_list else "unsubscribe.html"
    return page(template, framed, view, headers={"Cache-Control": "no-store"})
