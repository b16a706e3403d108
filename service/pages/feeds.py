"""`/feed.atom`, `/c/{slug}/feed.atom`, `/tags/{slug}/feed.atom`, `/t/{id}/feed.atom`: what guests may read, as Atom.

A feed is the same for everybody, because feed readers keep no cookies and pass on what they fetched: whoever asks, it
shows what a guest may see.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Response
from starlette.concurrency import run_in_threadpool

from service.accounts.current import Asking, Asks
from service.categories.queries import get_category
from service.kit.actor import GUEST
from service.kit.clock import now
from service.kit.database import Session
from service.kit.kept import LISTS, Subject, Terms, of_thread
from service.pages.atom import MEDIA_TYPE, to_xml
from service.pages.feed_views import feed_of_thread, feed_of_threads
from service.pages.views.feeds import Feed
from service.replies.queries.lists import latest_replies
from service.site.queries import get_site
from service.threads.queries import ThreadSeen, get_thread, list_threads
from service.threads.queries.lists import Filters
from service.threads.queries.moments import moments_of
from service.threads.queries.tags import get_tag
from service.web import keeping
from service.web.cache import IfModifiedSince, IfNoneMatch, shared_answer
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1)]
THREADS: Final = 30
"""Threads in a feed of threads, the newest."""
REPLIES: Final = 49
"""Replies in a thread's feed, the latest; with the opening it has 50 entries."""

Make = Callable[[], Feed]
Load = Callable[[Session], tuple[Make, Subject, Sequence[ThreadSeen]]]
"""Reads rows, and returns what makes the feed of them (that takes longer, and no session is open then), its subject,
and its threads: their states are in it, and time changes them.
"""


@router.get("/feed.atom")
async def site_feed(
    asks: Asking, if_none_match: IfNoneMatch = None, if_modified_since: IfModifiedSince = None
) -> Response:
    """The newest threads of the site."""

    def load(session: Session) -> tuple[Make, Subject, Sequence[ThreadSeen]]:
        return _threads(asks, session, "/", get_site(session).name, "New threads", Filters(sort="new"))

    return await _answer(asks, load, if_none_match, if_modified_since)


@router.get("/c/{slug}/feed.atom")
async def category_feed(
    slug: str, asks: Asking, if_none_match: IfNoneMatch = None, if_modified_since: IfModifiedSince = None
) -> Response:
    """The newest threads of a category that everybody may see."""

    def load(session: Session) -> tuple[Make, Subject, Sequence[ThreadSeen]]:
        category = get_category(session, GUEST, slug)
        title = f"{category.name} · {get_site(session).name}"
        filters = Filters(category_id=category.id, sort="new")
        return _threads(asks, session, f"/c/{quote(category.slug)}", title, category.description, filters)

    return await _answer(asks, load, if_none_match, if_modified_since)


@router.get("/tags/{slug}/feed.atom")
async def tag_feed(
    slug: str, asks: Asking, if_none_match: IfNoneMatch = None, if_modified_since: IfModifiedSince = None
) -> Response:
    """The newest threads with a tag."""

    def load(session: Session) -> tuple[Make, Subject, Sequence[ThreadSeen]]:
        tag = get_tag(session, GUEST, slug)
        title, filters = f"{tag.name} · {get_site(session).name}", Filters(tag=tag.slug, sort="new")
        return _threads(asks, session, f"/tags/{quote(tag.slug)}", title, f"Threads tagged “{tag.name}”", filters)

    return await _answer(asks, load, if_none_match, if_modified_since)


@router.get("/t/{thread_id}/feed.atom")
async def thread_feed(
    thread_id: ThreadId, asks: Asking, if_none_match: IfNoneMatch = None, if_modified_since: IfModifiedSince = None
) -> Response:
    """A thread's opening and its latest replies."""

    def load(session: Session) -> tuple[Make, Subject, Sequence[ThreadSeen]]:
        seen = get_thread(session, GUEST, thread_id)
        replies, at = latest_replies(session, seen.id, REPLIES), now(session)
        return lambda: feed_of_thread(asks.settings.base_url, seen, replies, at), of_thread(seen.id), (seen,)

    return await _answer(asks, load, if_none_match, if_modified_since)


def _threads(
    asks: Asks, session: Session, path: str, title: str, subtitle: str, filters: Filters
) -> tuple[Make, Subject, Sequence[ThreadSeen]]:
    """The newest threads that a guest may see, of those that the filters leave."""
    threads = list_threads(session, GUEST, filters, None, THREADS)[:THREADS]
    at = now(session)
    return lambda: feed_of_threads(asks.settings.base_url, path, title, subtitle, threads, at), LISTS, threads


async def _answer(asks: Asks, load: Load, if_none_match: str | None, if_modified_since: str | None) -> Response:
    """The feed, or 304. Who asks is not asked: the answer is a guest's, and any cache may keep and share it."""

    def read(session: Session) -> tuple[Make, Terms | None]:
        drawing = keeping.begin(asks.request, session)
        make, subject, threads = load(session)
        moments = [moment for seen in threads for moment in moments_of(seen)]
        return make, drawing.terms([subject], moments) if drawing else None

    make, terms = await asks.database.read_shared(read)

    def written() -> tuple[Feed, bytes]:
        feed = make()
        return feed, to_xml(feed)

    feed, body = await run_in_threadpool(written)
    media_type = f"{MEDIA_TYPE}; charset=utf-8"
    answer = shared_answer(body, media_type, feed.updated, if_none_match, if_modified_since)
    return keeping.keep(asks.request, answer.response(), terms)
