"""`/register`, and `/first-admin`, the page behind the one-time link that makes a site's first admin."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from service.accounts import operations, policy, queries
from service.accounts.current import Asking, Asks
from service.accounts.errors import RegistrationIsClosed
from service.accounts.models import Account
from service.accounts.schemas import Register, newcomer_of
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, Problem
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.account import RegisterPage
from service.pages.views.frame import Form
from service.site.queries import get_site
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
LABELS: Final = {"username": "Username", "email": "Mail address", "password": "Password", "display_name": "Name"}
FIELDS: Final = ("username", "email", "display_name")
Shown = Callable[[Session, Actor], RegisterPage]


@router.get("/register")
async def show_register(asks: Asking, after: Annotated[str, Query(alias="next")] = "/") -> Response:
    """The form, or the word that the site takes nobody now."""
    return await _page(asks, "/register", _register_page(forms.fresh({"next": forms.local_path(after)})))


@router.post("/register")
async def register(request: Request, asks: Asking) -> Response:
    """Make the account and sign in (303), or show the form again."""
    sent = await forms.read(request)
    newcomer = await newcomer_of(_draft(sent))
    after = forms.local_path(sent.value("next"))

    def work(session: Session, actor: Actor) -> Answer:
        return _welcome(asks, session, operations.register(session, newcomer), after)

    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    return await _page(asks, "/register", _register_page(sent.again(outcome, labels=LABELS)), outcome)


@router.get("/first-admin")
async def show_first_admin(asks: Asking, token: str = "") -> Response:
    """The page behind the one-time link; looking does not use it up."""
    return await _page(asks, "/first-admin", _first_admin_page(forms.fresh({"token": token, "next": "/admin"}), token))


@router.post("/first-admin")
async def make_first_admin(request: Request, asks: Asking) -> Response:
    """Make the visitor's new account, or the one that is signed in, the admin."""
    sent = await forms.read(request)
    token = sent.value("token")
    newcomer = await newcomer_of(_draft(sent)) if sent.deed != "claim" else None

    def work(session: Session, actor: Actor) -> Answer:
        if newcomer is None:
            operations.claim_first_admin(session, actor, token)
            return see_other("/admin")
        return _welcome(asks, session, operations.register_first_admin(session, newcomer, token), "/admin")

    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    return await _page(asks, "/first-admin", _first_admin_page(sent.again(outcome, labels=LABELS), token), outcome)


def _draft(sent: forms.Sent) -> Register | Invalid:
    """The request model that the JSON door takes too."""
    fields = {name: sent.value(name) for name in FIELDS}
    return sent.model(Register, fields | {"password": sent.values.get("password", "")})


def _welcome(asks: Asks, session: Session, account: Account, after: str) -> Answer:
    """Signed in at once."""
    return asks.enter(session, account, lambda _: see_other(after))


def _register_page(form: Form) -> Shown:
    def show(session: Session, actor: Actor) -> RegisterPage:
        try:
            policy.check_may_register(get_site(session).registration)
        except RegistrationIsClosed:
            return RegisterPage(form, first_admin=False, closed=True, claim=False)
        return RegisterPage(form, first_admin=False, closed=False, claim=False)

    return show


def _first_admin_page(form: Form, token: str) -> Shown:
    def show(session: Session, actor: Actor) -> RegisterPage:
        queries.check_first_admin_link(session, token)
        return RegisterPage(form, first_admin=True, closed=False, claim=actor.signed_in)

    return show


async def _page(asks: Asks, here: str, show: Shown, problem: Problem | None = None) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, RegisterPage]:
        return around(session, actor, "/" if here == "/first-admin" else here), show(session, actor)

    framed, view = await asks.read(load)
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, None)
    return page("register.html", framed, view, status=status, headers=headers)
