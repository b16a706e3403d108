"""`/` and `/c/{slug}`: threads by last activity."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Response

from service.accounts.current import Asking, Asks
from service.categories import queries as category_queries
from service.categories.models import Category
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Problem
from service.pages.frame import Frame, around
from service.pages.moderating import stamp
from service.pages.rendering import page
from service.pages.thread_views import tag_links
from service.pages.views.frame import Person
from service.pages.views.lists import CategoryLine, ThreadLine, ThreadsPage
from service.pages.words import thoughts
from service.threads import queries
from service.threads.policy import check_may_open
from service.threads.queries import ThreadSeen
from service.threads.queries.lists import Filters, sort_key
from service.web.paging import from_cursor, to_cursor

router = APIRouter(include_in_schema=False)

PAGE_SIZE: Final = 30


@router.get("/")
async def show_home(asks: Asking, before: str | None = None) -> Response:
    """All threads that the reader may see; `before` is the cursor of an older page."""
    return await _show(asks, None, before)


@router.get("/c/{slug}")
async def show_category(slug: str, asks: Asking, before: str | None = None) -> Response:
    """One category's threads."""
    return await _show(asks, slug, before)


async def _show(asks: Asks, slug: str | None, before: str | None) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, ThreadsPage]:
        category = category_queries.get_category(session, actor, slug) if slug else None
        here = f"/c/{category.slug}" if category else "/"
        after = from_cursor(before, 2)
        filters = Filters(category_id=category.id if category else None)
        rows = queries.list_threads(session, actor, filters, after, PAGE_SIZE, with_text=False)
        categories = category_queries.list_categories(session, actor)
        return around(session, actor, here), ThreadsPage(
            title=category.name if category else "Threads",
            description=category.description if category else "",
            threads=lines(rows[:PAGE_SIZE], now(session)),
            categories=tuple(_category_line(each, slug) for each in categories),
            older_url=older(here, rows, PAGE_SIZE),
            newest_url=here if after else None,
            new_url=_new_url(actor, category),
            feed_url=_feed_url(category),
            is_home=category is None,
        )

    framed, view = await asks.read(load)
    return page("threads.html", framed, view)


def lines(rows: Sequence[ThreadSeen], at: datetime) -> tuple[ThreadLine, ...]:
    """Threads as lines of a list, with their state at `at`."""
    return tuple(_line(seen, at) for seen in rows)


def older(path: str, rows: Sequence[ThreadSeen], size: int, sort: str = "active") -> str | None:
    """The address of the next page of a list that fetched `size + 1` rows; None on the last."""
    if len(rows) <= size:
        return None
    return f"{path}?before={to_cursor(sort_key(rows[size - 1], sort))}"


def _line(seen: ThreadSeen, at: datetime) -> ThreadLine:
    thread, category = seen.thread, seen.category
    return ThreadLine(
        title=thread.title,
        url=f"/t/{seen.id}/{quote(thread.slug)}",
        category=category.name,
        category_url=f"/c/{category.slug}",
        author=Person(seen.author_username, seen.author_name or "Anonymous"),
        thoughts=thoughts(thread.reply_count),
        state=seen.state(at) if thread.moderation == "published" else stamp(thread.moderation),
        active_at=thread.last_reply_at or thread.published_at,
        tags=tag_links(thread.tags),
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
