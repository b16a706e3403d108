"""`/settings`: one's own name, mail, password, browsers and API tokens. One form for each matter."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from service.accounts import operations
from service.accounts.current import Asking, Asks, change_own
from service.accounts.schemas import ChangeMe, MakeToken, own_change_of
from service.devices.operations import forget_device
from service.kit.actor import SCOPES, Actor
from service.kit.database import Session
from service.kit.errors import Invalid, NotFound, Problem, invalid
from service.notifications.operations import choose_mail
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.settings_view import Refused, settings_view
from service.pages.views.account import SettingsPage
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
LABELS: Final = {
    "display_name": "Name",
    "email": "Mail address",
    "current_password": "Present password",
    "new_password": "New password",
    "name": "What it is for",
    "scopes": "Scopes",
}


@dataclass(slots=True)
class Once:
    """Where a new token's secret waits to be shown, this once."""

    secret: str | None = None


@router.get("/settings")
async def show_settings(asks: Asking, saved: str = "") -> Response:
    """The page; a guest is sent to sign in."""
    return await _show(asks, saved=saved)


@router.post("/settings")
async def change_settings(request: Request, asks: Asking) -> Response:
    """One of the page's forms, as its button's `do` says."""
    sent = await forms.read(request)
    once = Once()
    deeds: Mapping[str, Callable[[], Awaitable[Response | Problem]]] = {
        "name": lambda: _own(asks, sent, {"display_name": sent.value("display_name")}, "profile"),
        "email": lambda: _own(asks, sent, _secrets(sent, "email"), "address"),
        "password": lambda: _own(asks, sent, _secrets(sent, "new_password"), "password"),
        "mail-on": lambda: _mail(asks, sent, wanted=True),
        "mail-off": lambda: _mail(asks, sent, wanted=False),
        "revoke-session": lambda: _revoke_session(asks, sent),
        "make-token": lambda: _make_token(asks, sent, once),
        "revoke-token": lambda: _revoke_token(asks, sent),
        "forget-device": lambda: _forget_device(asks, sent),
    }
    if sent.deed not in deeds:
        raise invalid("/do", "must be one of this page's buttons")
    outcome = await deeds[sent.deed]()
    if once.secret is not None and isinstance(outcome, Response):
        return await _show(asks, secret=once.secret)
    if isinstance(outcome, Response):
        return outcome
    return await _show(asks, Refused(sent.deed, sent.again(outcome, labels=LABELS)), problem=outcome)


def _secrets(sent: forms.Sent, name: str) -> dict[str, Any]:
    """A change that needs the present password; secrets are taken as typed, blanks and all."""
    typed = sent.values.get(name, "") if name == "new_password" else sent.value(name)
    return {name: typed, "current_password": sent.values.get("current_password", "") or None}


async def _own(asks: Asks, sent: forms.Sent, fields: Mapping[str, Any], saved: str) -> Response | Problem:
    """Change one's name, address or password."""
    change = await own_change_of(sent.model(ChangeMe, fields))
    password = sent.values.get("current_password", "")
    try:
        return await change_own(
            asks, change, password, lambda _: see_other(f"/settings?saved={saved}#{saved}"), key=sent.key
        )
    except Problem as problem:
        return problem


async def _mail(asks: Asks, sent: forms.Sent, *, wanted: bool) -> Response | Problem:
    def work(session: Session, actor: Actor) -> Answer:
        choose_mail(session, actor, wanted)
        return see_other("/settings?saved=mail#mail")

    return await forms.attempt(asks, sent, work)


async def _revoke_session(asks: Asks, sent: forms.Sent) -> Response | Problem:
    """End one session; the one that asks signs out by it. One that has ended already is what was wanted."""

    def work(session: Session, actor: Actor) -> Answer:
        which = sent.number("session")
        operations.end_session(session, actor, which)
        if which == actor.session_id:
            return replace(see_other("/"), cookies=(asks.session_cookie(None),))
        return see_other("/settings?saved=session#sessions")

    return await _gone_is_done(asks, sent, work, "/settings#sessions")


async def _revoke_token(asks: Asks, sent: forms.Sent) -> Response | Problem:
    def work(session: Session, actor: Actor) -> Answer:
        operations.revoke_token(session, actor, sent.number("token") or 0)
        return see_other("/settings?saved=token#tokens")

    return await _gone_is_done(asks, sent, work, "/settings#tokens")


async def _forget_device(asks: Asks, sent: forms.Sent) -> Response | Problem:
    def work(session: Session, actor: Actor) -> Answer:
        forget_device(session, actor, sent.number("device") or 0)
        return see_other("/settings?saved=device#push")

    return await _gone_is_done(asks, sent, work, "/settings#push")


async def _gone_is_done(
    asks: Asks, sent: forms.Sent, work: Callable[[Session, Actor], Answer], after: str
) -> Response | Problem:
    try:
        return await forms.attempt(asks, sent, work)
    except NotFound:
        return see_other(after).response()


async def _make_token(asks: Asks, sent: forms.Sent, once: Once) -> Response | Problem:
    """Make a token. Its secret is shown in the answer to this form alone; a replay goes to the list without it."""
    scopes = [scope for scope in SCOPES if sent.value(f"scope_{scope}")]
    draft = sent.model(MakeToken, {"name": sent.value("name"), "scopes": scopes})
    wish = draft if isinstance(draft, Invalid) else draft.wish()

    def work(session: Session, actor: Actor) -> Answer:
        _, once.secret = operations.make_token(session, actor, wish)
        return see_other("/settings#tokens")

    return await forms.attempt(asks, sent, work)


async def _show(
    asks: Asks,
    refused: Refused | None = None,
    *,
    problem: Problem | None = None,
    saved: str = "",
    secret: str | None = None,
) -> Response:
    pusher = asks.request.app.state.pusher
    push_key = None if pusher is None else pusher.public_key

    def load(session: Session, actor: Actor) -> tuple[Frame, SettingsPage]:
        return around(session, actor, "/settings"), settings_view(session, actor, refused, saved, secret, push_key)

    framed, view = await asks.read(load)
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, {})
    if secret is not None:
        headers["Cache-Control"] = "no-store"
    return page("settings.html", framed, view, status=status, headers=headers)
