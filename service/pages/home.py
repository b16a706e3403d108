"""`/` and `/c/{slug}`: threads by last activity."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.categories import queries as category_queries
from service.categories.models import Category
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Problem
from service.kit.kept import LISTS, Terms
from service.pages import following, forms
from service.pages.frame import Frame, around
from service.pages.moderating import stamp
from service.pages.rendering import page
from service.pages.thread_views import tag_links
from service.pages.views.following import Follow
from service.pages.views.frame import Form, Person
from service.pages.views.lists import CategoryLine, ThreadLine, ThreadsPage
from service.pages.words import thoughts
from service.subscriptions.operations import choose_level_on_category, give_up_category
from service.subscriptions.queries import level_on_category, unread_in
from service.threads import queries
from service.threads.models import Thread
from service.threads.policy import check_may_open
from service.threads.queries import ThreadSeen
from service.threads.queries.lists import Filters, sort_key
from service.threads.queries.moments import moments_of_list
from service.web import keeping
from service.web.later import LaterRoute
from service.web.paging import from_cursor, to_cursor

router = APIRouter(route_class=LaterRoute, include_in_schema=False)

PAGE_SIZE: Final = 30
NOTHING_NEW: Final[Mapping[int, int]] = {}


@router.get("/")
async def show_home(asks: Asking, before: str | None = None) -> Response:
    """All threads that the reader may see; `before` is the cursor of an older page."""
    return await _show(asks, None, before)


@router.get("/c/{slug}")
async def show_category(slug: str, asks: Asking, before: str | None = None) -> Response:
    """One category's threads."""
    return await _show(asks, slug, before)


@router.post("/c/{slug}")
async def act(request: Request, slug: str, asks: Asking) -> Response:
    """Choose how closely to follow the category, or give the choice up."""
    sent = await forms.read(request)

    def choose(session: Session, actor: Actor, level: str | Problem | None) -> str:
        category = category_queries.get_category(session, actor, slug)
        if level is None:
            give_up_category(session, actor, category)
        else:
            choose_level_on_category(session, actor, category, level)
        return f"/c/{category.slug}"

    outcome = await following.follow(asks, sent, choose)
    if isinstance(outcome, Response):
        return outcome
    return await _show(asks, slug, None, sent.again(outcome), outcome)


async def _show(
    asks: Asks, slug: str | None, before: str | None, refused: Form | None = None, problem: Problem | None = None
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, ThreadsPage, Terms | None]:
        drawing = keeping.begin(asks.request, session)
        categories = category_queries.categories_shown(session, actor)
        category = category_queries.one_shown(categories, slug) if slug else None
        here = f"/c/{category.slug}" if category else "/"
        after = from_cursor(before, 2)
        filters = Filters(category_id=category.id if category else None, pins=True)
        rows = queries.list_threads(session, actor, filters, after, PAGE_SIZE, with_text=False)
        terms = drawing.terms([LISTS], moments_of_list(session, rows)) if drawing else None
        view = ThreadsPage(
            title=category.name if category else "Threads",
            description=category.description if category else "",
            threads=with_unread(session, actor, rows[:PAGE_SIZE]),
            categories=tuple(_category_line(each, slug) for each in categories),
            older_url=older(here, rows, PAGE_SIZE),
            newest_url=here if after else None,
            new_url=_new_url(actor, category),
            feed_url=_feed_url(category),
            is_home=category is None,
            follow=_control(session, actor, category, refused),
        )
        return around(session, actor, here), view, terms

    framed, view, terms = await asks.read(load)
    drawn = page("threads.html", framed, view, status=problem.status if problem else 200)
    return keeping.keep(asks.request, drawn, terms)


def lines(rows: Sequence[ThreadSeen], at: datetime, unread: Mapping[int, int] = NOTHING_NEW) -> tuple[ThreadLine, ...]:
    """Threads as lines of a list, with their state at `at`, and with how many replies are new in them."""
    return tuple(_line(seen, at, unread.get(seen.id, 0)) for seen in rows)


def with_unread(session: Session, actor: Actor, rows: Sequence[ThreadSeen]) -> tuple[ThreadLine, ...]:
    """Threads as lines of a list, with what is new to the reader in those that they follow."""
    return lines(rows, now(session), unread_in(session, actor, [seen.id for seen in rows]))


def _control(session: Session, actor: Actor, category: Category | None, refused: Form | None) -> Follow | None:
    """How closely the reader follows the category; None for a guest, and for all threads."""
    if category is None or not actor.signed_in:
        return None
    found = level_on_category(session, actor.account_id, category.id)
    return following.control("this category", f"/c/{category.slug}", found, refused)


def older(path: str, rows: Sequence[ThreadSeen], size: int, sort: str = "active") -> str | None:
    """The address of the next page of a list that fetched `size + 1` rows; None on the last."""
    if len(rows) <= size:
        return None
    return f"{path}?before={to_cursor(sort_key(rows[size - 1], sort))}"


def listed_as(thread: Thread) -> str:
    """The state of a thread that is not published, in a list: what is taken for spam only its author finds there."""
    return "pending" if thread.is_quiet else thread.moderation


def _line(seen: ThreadSeen, at: datetime, unread: int) -> ThreadLine:
    thread, category = seen.thread, seen.category
    return ThreadLine(
        title=thread.title,
        url=f"/t/{seen.id}/{quote(thread.slug)}",
        category=category.name,
        category_url=f"/c/{category.slug}",
        author=Person(seen.author_username, seen.author_name or "Anonymous"),
        thoughts=thoughts(thread.reply_count),
        state=seen.state(at) if thread.moderation == "published" else stamp(listed_as(thread)),
        active_at=thread.last_reply_at or thread.published_at,
        tags=tag_links(thread.tags) if thread.tags else (),
        unread=unread,
        pinned=seen.stands_first,
    )


def _category_line(category: Category, current: str | None) -> CategoryLine:
    return CategoryLine(
        category.name, f"/c/{category.slug}", category.description, category.visibility, category.slug == current
    )


def _feed_url(category: Category | None) -> str | None:
    """The list's feed; None for a category that guests may not see."""
    if category is None:
        return "/feed.atom"
    return f"/c/{quote(category.slug)}/feed.atom" if category.visibility == "public" else None


def _new_url(actor: Actor, category: Category | None) -> str | None:
    """Where the reader opens a thread here; None for one who may not."""
    try:
        check_may_open(actor)
    except Problem:
        return None
    return f"/new?category={category.slug}" if category else "/new"
