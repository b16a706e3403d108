"""`/tags` and `/tags/{slug}`: all tags, and one tag's threads."""

from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from service.accounts.current import Asking, Asks
from service.kit.actor import GUEST, Actor
from service.kit.database import Session
from service.kit.errors import NotFound, Problem
from service.kit.kept import LISTS, Terms
from service.pages import following, forms, home
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.following import Follow
from service.pages.views.frame import Form
from service.pages.views.tags import TagLine, TagPage, TagsPage, Turn
from service.pages.words import threads_in_all
from service.subscriptions.operations import choose_level_on_tag, give_up_tag
from service.subscriptions.queries import level_on_tag
from service.tags.policy import tag_slug
from service.tags.schemas import tag_url
from service.threads import queries
from service.threads.queries.lists import Filters, sort_key
from service.threads.queries.moments import moments_of_list
from service.threads.queries.tags import TagUse, get_tag, list_tags
from service.web import keeping
from service.web.later import LaterRoute
from service.web.paging import from_cursor, to_cursor

router = APIRouter(route_class=LaterRoute, include_in_schema=False)

TAGS: Final = 100
"""Tags on one page of the list."""
Sort = Literal["active", "new", "top"]
State = Literal["open", "closed", "archived"]
SORTS: Final[dict[str, str]] = {"active": "Last activity", "new": "Newest", "top": "Most thoughts"}
STATES: Final[dict[str | None, str]] = {None: "All", "open": "Open", "closed": "Closed", "archived": "Archived"}


@router.get("/tags")
async def show_tags(asks: Asking, before: str | None = None) -> Response:
    """Every tag that the reader may see, the most used first."""

    def load(session: Session, actor: Actor) -> tuple[Frame, TagsPage, Terms | None]:
        drawing = keeping.begin(asks.request, session)
        after = from_cursor(before, 2)
        rows = list_tags(session, actor, after, TAGS)
        following = f"/tags?before={to_cursor(rows[TAGS - 1].key)}" if len(rows) > TAGS else None
        lines = tuple(TagLine(tag.name, tag_url(tag.name), threads_in_all(tag.thread_count)) for tag in rows[:TAGS])
        terms = drawing.terms([LISTS]) if drawing else None
        return around(session, actor, "/tags"), TagsPage(lines, following, "/tags" if after else None), terms

    framed, view, terms = await asks.read(load)
    return keeping.keep(asks.request, page("tags.html", framed, view), terms)


@router.get("/tags/{slug}")
async def show_tag(
    slug: str, asks: Asking, sort: Sort = "active", state: State | None = None, before: str | None = None
) -> Response:
    """One tag's threads; 301 where the address spells it another way."""
    return await _show(asks, slug, sort, state, before)


@router.post("/tags/{slug}")
async def act(request: Request, slug: str, asks: Asking) -> Response:
    """Choose how closely to follow the tag, or give the choice up."""
    sent = await forms.read(request)

    def choose(session: Session, actor: Actor, level: str | Problem | None) -> str:
        tag = get_tag(session, actor, tag_slug(slug))
        if level is None:
            give_up_tag(session, actor, tag)
        else:
            choose_level_on_tag(session, actor, tag, level)
        return tag_url(tag.name)

    outcome = await following.follow(asks, sent, choose)
    if isinstance(outcome, Response):
        return outcome
    return await _show(asks, slug, "active", None, None, Refused(sent.again(outcome), outcome.status))


@dataclass(frozen=True, slots=True)
class Refused:
    """The form that was refused, and the status of the refusal."""

    form: Form
    status: int


async def _show(
    asks: Asks, slug: str, sort: Sort, state: State | None, before: str | None, refused: Refused | None = None
) -> Response:

    def load(session: Session, actor: Actor) -> tuple[Frame, TagPage, Terms | None] | str:
        drawing = keeping.begin(asks.request, session)
        tag = get_tag(session, actor, tag_slug(slug))
        here = tag_url(tag.name)
        if slug != tag.slug:
            return here
        filters = Filters(tag=tag.slug, state=state, sort=sort)
        after = from_cursor(before, 2)
        rows = queries.list_threads(session, actor, filters, after, home.PAGE_SIZE, with_text=False)
        key = to_cursor(sort_key(rows[home.PAGE_SIZE - 1], sort)) if len(rows) > home.PAGE_SIZE else None
        # Which threads are open changes without an event of those that are not in the list.
        terms = drawing.terms([LISTS], moments_of_list(session, rows)) if drawing and state is None else None
        view = TagPage(
            name=tag.name,
            threads_in_all=threads_in_all(tag.thread_count),
            sorts=tuple(Turn(label, _address(here, each, state), each == sort) for each, label in SORTS.items()),
            states=tuple(Turn(label, _address(here, sort, each), each == state) for each, label in STATES.items()),
            threads=home.with_unread(session, actor, rows[: home.PAGE_SIZE]),
            older_url=_address(here, sort, state, key) if key else None,
            newest_url=_address(here, sort, state) if after else None,
            feed_url=f"{here}/feed.atom" if _is_public(session, actor, tag) else None,
            follow=_control(session, actor, tag, refused.form if refused else None),
        )
        return around(session, actor, here), view, terms

    found = await asks.read(load)
    if isinstance(found, str):
        return RedirectResponse(found, 301, headers={"Cache-Control": "no-cache"})
    framed, view, terms = found
    return keeping.keep(asks.request, page("tag.html", framed, view, status=refused.status if refused else 200), terms)


def _control(session: Session, actor: Actor, tag: TagUse, refused: Form | None) -> Follow | None:
    """How closely the reader follows the tag; None for a guest."""
    if not actor.signed_in:
        return None
    found = level_on_tag(session, actor.account_id, tag.id)
    return following.control("this tag", tag_url(tag.name), found, refused)


def _address(here: str, sort: str, state: str | None, before: str | None = None) -> str:
    """The page in this order and with these threads; what is usual is not said."""
    said: dict[str, Any] = {"sort": None if sort == "active" else sort, "state": state, "before": before}
    query = urlencode({name: value for name, value in said.items() if value is not None})
    return f"{here}?{query}" if query else here


def _is_public(session: Session, actor: Actor, tag: TagUse) -> bool:
    """Whether a guest may see a thread with this tag, so that its feed is there."""
    if not actor.signed_in:
        return True
    try:
        get_tag(session, GUEST, tag.slug)
    except NotFound:
        return False
    return True
