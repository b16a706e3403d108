"""`/unsubscribe/{token}`: where the links of letters lead. Looking changes nothing; one button mutes the thread.

Nobody is signed in: the token says for whom, and that the letter was ours. A mail program that unsubscribes by itself
posts `List-Unsubscribe=One-Click` here, as RFC 8058 has it: without a cookie, and it follows no redirect, so the answer
is 200 and a page that says what was done.
"""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import BadRequest
from service.notifications import operations, queries
from service.notifications.policy import read_token
from service.notifications.queries import LinkSeen
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.account import UnsubscribePage
from service.subscriptions.models import MUTED, WATCHING
from service.web.answers import Answer

router = APIRouter(include_in_schema=False)

Deed = Callable[[Session, int, int], LinkSeen]
DEEDS: Final[dict[str, Deed]] = {
    "mute": lambda session, account, thread: operations.follow_by_link(session, account, thread, MUTED),
    "watch": lambda session, account, thread: operations.follow_by_link(session, account, thread, WATCHING),
    "no-mail": lambda session, account, thread: operations.mail_by_link(session, account, thread, wanted=False),
    "mail": lambda session, account, thread: operations.mail_by_link(session, account, thread, wanted=True),
}
"""What the buttons do. What a mail program sends names none of them, and means the first."""


@router.get("/unsubscribe/{token}")
async def show_unsubscribe(token: str, asks: Asking) -> Response:
    """The page with the buttons: how its person follows the thread now."""
    return await _show(asks, token, done="")


@router.post("/unsubscribe/{token}")
async def unsubscribe(request: Request, token: str, asks: Asking) -> Response:
    """Do what the button says: again and again is once. Then the same page, which says what was done."""
    await request.body()  # whatever it says: one that grows too large is refused before anything is looked up
    account_id, thread_id = read_token(request.app.state.secret, token)
    deed = await _deed(request)

    def work(session: Session, actor: Actor) -> Answer:
        DEEDS[deed](session, account_id, thread_id)
        return Answer(200)

    await asks.write(work)
    return await _show(asks, token, done=deed)


async def _deed(request: Request) -> str:
    """Which button was pressed. A mail program may send multipart/form-data, which holds nothing to be read here."""
    if request.headers.get("content-type", forms.FORM_TYPE).partition(";")[0].strip().lower() != forms.FORM_TYPE:
        return "mute"
    deed = (await forms.read(request)).deed or "mute"
    if deed not in DEEDS:
        raise BadRequest("The form has no such button")
    return deed


async def _show(asks: Asks, token: str, *, done: str) -> Response:
    """The page from a fresh read. Raises NotFound for a token that is not whole, or whose person or thread is gone."""
    account_id, thread_id = read_token(asks.request.app.state.secret, token)

    def load(session: Session, actor: Actor) -> tuple[Frame, UnsubscribePage]:
        found = queries.follow_link(session, account_id, thread_id)
        view = UnsubscribePage(found.title, found.url, muted=found.level == MUTED, mail=found.mail, done=done)
        return around(session, actor, "/"), view

    framed, view = await asks.read(load)
    return page("unsubscribe.html", framed, view, headers={"Cache-Control": "no-store"})
