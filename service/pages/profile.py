"""`/u/{username}`: a person, the threads they opened; the role they have for admins, suspensions for moderators."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from service.accounts import operations
from service.accounts.current import Asking, Asks
from service.accounts.models import Account
from service.accounts.queries import get_account
from service.accounts.schemas import ChangeAccount
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Invalid, Problem
from service.pages import forms, noting, removing, suspending
from service.pages.frame import Frame, around
from service.pages.home import lines, older
from service.pages.rendering import page
from service.pages.views.frame import Choice, Form, Person
from service.pages.views.lists import ProfilePage
from service.threads.queries import list_threads
from service.threads.queries.lists import Filters
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute
from service.web.paging import from_cursor

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
PAGE_SIZE: Final = 20
ROLES: Final = (
    Choice("member", "Member: opens threads and replies"),
    Choice("moderator", "Moderator: closes and reopens, edits and deletes others' posts"),
    Choice("admin", "Admin: everything, with the site's settings and roles"),
)
NO_FORM: Final = Form("")


@router.get("/u/{username}")
async def show_profile(
    username: str,
    asks: Asking,
    before: str | None = None,
    saved: str = "",
    entry: Annotated[str, Query(pattern=r"^\d{0,18}$")] = "",
) -> Response:
    """The page of one person; 301 to the name as it is written."""
    return await _show(asks, username, before=before, saved=saved, entry=int(entry) if entry else None)


@router.post("/u/{username}")
async def change_person(request: Request, username: str, asks: Asking) -> Response:
    """Give the person another role (admins), or suspend, silence or restore them, or leave a note (moderators)."""
    sent = await forms.read(request)
    if suspending.is_about_suspending(sent.deed):
        outcome = await suspending.change(asks, sent, username, f"/u/{quote(username)}")
        if isinstance(outcome, Response):
            return outcome
        form = sent.again(outcome, labels=suspending.LABELS)
        return await _show(asks, username, refused=("suspending", form), problem=outcome)
    if removing.is_about_removing(sent.deed):
        outcome = await removing.change(asks, sent, username, f"/u/{quote(username)}")
        if isinstance(outcome, Response):
            return outcome
        form = sent.again(outcome, labels=removing.LABELS)
        return await _show(asks, username, refused=("removing", form), problem=outcome)
    if sent.deed == noting.NOTE:
        outcome = await noting.keep(asks, sent, username, f"/u/{quote(username)}")
        if isinstance(outcome, Response):
            return outcome
        return await _show(asks, username, refused=(noting.NOTE, sent.again(outcome)), problem=outcome)
    draft = sent.model(ChangeAccount, {"role": sent.value("role")})
    role = draft if isinstance(draft, Invalid) else draft.role

    def work(session: Session, actor: Actor) -> Answer:
        account = operations.change_role(session, actor, username, role)
        return see_other(f"{address(account)}?saved=role#role")

    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    return await _show(asks, username, refused=("role", sent.again(outcome)), problem=outcome)


def address(account: Account) -> str:
    """The path of a person's page."""
    return f"/u/{quote(account.username)}"


async def _show(
    asks: Asks,
    username: str,
    *,
    before: str | None = None,
    saved: str = "",
    entry: int | None = None,
    refused: tuple[str, Form] = ("", NO_FORM),
    problem: Problem | None = None,
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, ProfilePage] | str:
        account = get_account(session, actor, username)
        here = address(account)
        if account.username != username and problem is None:
            return here
        filters = Filters(author=account.username, sort="new")
        rows = list_threads(session, actor, filters, from_cursor(before, 2), PAGE_SIZE, with_text=False)
        which, form = refused
        notice = "The role was saved." if saved == "role" else None
        role_form = form if which == "role" else forms.fresh({"role": account.role}, notice=notice)
        stopping = form if which == "suspending" else None
        return around(session, actor, here), ProfilePage(
            person=Person(account.username, account.shown_name),
            role=account.role,
            joined_at=account.created_at,
            threads=lines(rows[:PAGE_SIZE], now(session)),
            older_url=older(here, rows, PAGE_SIZE, "new"),
            is_self=account.id == actor.account_id,
            role_form=role_form if actor.administers else None,
            roles=ROLES,
            suspending=suspending.suspending(session, actor, account, stopping, saved),
            removing=removing.removing(session, actor, account, form if which == "removing" else None, saved, entry),
            notes=noting.notes_about(session, actor, account, form if which == noting.NOTE else None, saved),
        )

    found = await asks.read(load)
    if isinstance(found, str):
        return RedirectResponse(found, 301)
    return page("profile.html", *found, status=problem.status if problem else 200)
