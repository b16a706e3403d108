"""`/sign-in` and `/sign-out`."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service.accounts import operations
from service.accounts.current import Asking, Asks
from service.accounts.current import sign_in as open_session
from service.accounts.queries import find_by_login
from service.accounts.schemas import SignIn
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, Problem, Suspended
from service.moderation.queries.statements import standing_sanction
from service.notifications.policy.statement_links import statement_link
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.account import SignInPage
from service.pages.views.frame import Form
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
LABELS = {"login": "Username or mail address", "password": "Password"}


@router.get("/sign-in")
async def show_sign_in(asks: Asking, after: Annotated[str, Query(alias="next")] = "/") -> Response:
    """The form; `next` is the path to come back to."""
    return await _show(asks, forms.fresh(), forms.local_path(after))


@router.post("/sign-in")
async def sign_in(request: Request, asks: Asking) -> Response:
    """Open a session and go on (303), or show the form again; what is wrong is not said more closely."""
    sent = await forms.read(request)
    after = forms.local_path(sent.value("next"))
    fields = {"login": sent.value("login"), "password": sent.values.get("password", "")}
    draft = sent.model(SignIn, fields)
    if isinstance(draft, Invalid):
        return await _show(asks, sent.again(draft, labels=LABELS), after, draft)
    try:
        # Without the form's key: a second click would be answered from the first, and a kept answer has no cookie.
        return await open_session(asks, draft.login, draft.password, lambda *_: see_other(after))
    except Problem as problem:
        form = replace(sent.again(problem, labels=LABELS), refusal=_words(problem), code=None)
        return await _show(asks, form, after, problem, await _statement_of(asks, draft.login, problem))


async def _statement_of(asks: Asks, login: str, problem: Problem) -> str:
    """Where somebody suspended reads why, and appeals, without signing in; empty for everybody else.

    Only who knew the password has come so far.
    """
    if problem.code != Suspended.code:
        return ""
    state = asks.request.app.state

    def find(session: Session, _: Actor) -> str:
        account = find_by_login(session, login)
        decision = standing_sanction(session, account.id or 0, "suspend") if account else None
        if account is None or decision is None:
            return ""
        return statement_link(state.secret, account.id or 0, decision, state.database.clock.now())

    return await asks.read(find)


def _words(problem: Problem) -> str:
    """Why nobody was signed in; who knows the password of a suspended account reads until when, and why."""
    return f"{problem.title}. {problem.detail}" if problem.code == Suspended.code else f"{problem.title}."


@router.post("/sign-out")
async def sign_out(request: Request, asks: Asking) -> Response:
    """End this browser's session (303 to the front page); for a guest there is nothing to end."""
    await forms.read(request)

    def work(session: Session, actor: Actor) -> Answer:
        if actor.session_id is not None:
            operations.end_session(session, actor, actor.session_id)
        return replace(see_other("/"), cookies=(asks.session_cookie(None),))

    return await asks.write(work)


async def _show(
    asks: Asks, form: Form, after: str, problem: Problem | None = None, statement_url: str = ""
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, SignInPage]:
        return around(session, actor, after), SignInPage(form, after, statement_url)

    framed, view = await asks.read(load)
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, None)
    return page("sign_in.html", framed, view, status=status, headers=headers)
