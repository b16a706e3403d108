"""`/u/{username}`: a person, and the threads they opened."""

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from service.accounts.current import Asking
from service.accounts.queries import get_account
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.pages.frame import Frame, around
from service.pages.home import lines, older
from service.pages.rendering import page
from service.pages.views.frame import Person
from service.pages.views.lists import ProfilePage
from service.threads.queries import list_threads
from service.threads.queries.lists import Filters
from service.web.paging import from_cursor

router = APIRouter(include_in_schema=False)
PAGE_SIZE: Final = 20


@router.get("/u/{username}")
async def show_profile(username: str, asks: Asking, before: str | None = None) -> Response:
    """The page of one person; 301 to the name as it is written."""

    def load(session: Session, actor: Actor) -> tuple[Frame, ProfilePage] | str:
        account = get_account(session, actor, username)
        here = f"/u/{quote(account.username)}"
        if account.username != username:
            return here
        filters = Filters(author=account.username, sort="new")
        rows = list_threads(session, actor, filters, from_cursor(before, 2), PAGE_SIZE, with_text=False)
        return around(session, actor, here), ProfilePage(
            person=Person(account.username, account.shown_name),
            role=account.role,
            joined_at=account.created_at,
            threads=lines(rows[:PAGE_SIZE], now(session)),
            older_url=older(here, rows, PAGE_SIZE, "new"),
            is_self=account.id == actor.account_id,
        )

    found = await asks.read(load)
    return RedirectResponse(found, 301) if isinstance(found, str) else page("profile.html", *found)
