"""From rows to a feed: what a guest may read, with absolute addresses. No permission is asked here but a guest's."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote

from service.kit.clock import EPOCH
from service.kit.text.absolute import absolute
from service.pages.thread_views import reply_url, thread_url
from service.pages.views.feeds import Category, Entry, Feed
from service.replies.queries import ReplySeen
from service.tags.policy import tag_slug
from service.threads.queries import ThreadSeen

MOST_TEXT: Final = 1_000_000
"""Characters of HTML in one feed: entries end there, but there is always one. An imported text alone may be as long."""


def feed_of_threads(
    base: str, path: str, title: str, subtitle: str, threads: Sequence[ThreadSeen], at: datetime
) -> Feed:
    """The openings of threads; `path` is the page that lists them, `at` the present."""
    return Feed(
        title=title,
        subtitle=subtitle,
        self_url=f"{base}{path.rstrip('/')}/feed.atom",
        url=f"{base}{path}",
        updated=max((moment for seen in threads for moment in _moments(seen, at)), default=EPOCH),
        entries=_fitting(_opening(base, seen, at, in_list=True) for seen in threads),
    )


def feed_of_thread(base: str, seen: ThreadSeen, replies: Sequence[ReplySeen], at: datetime) -> Feed:
    """A thread: its latest replies, newest first, and its opening at the end."""
    opening = _opening(base, seen, at, in_list=False)
    answers = _fitting(_reply(base, seen, reply) for reply in replies)
    return Feed(
        title=seen.thread.title,
        subtitle="",
        self_url=f"{base}/t/{seen.id}/feed.atom",
        url=opening.url,
        updated=max([*_moments(seen, at), *(entry.updated for entry in answers)]),
        entries=(*answers, opening),
        categories=opening.categories,
    )


def _moments(seen: ThreadSeen, at: datetime) -> Iterator[datetime]:
    """When a thread's entry changed: its opening, its last edit, its closing, and the end of one, if they have come."""
    yield seen.thread.published_at
    if seen.thread.edited_at:
        yield seen.thread.edited_at
    if seen.closing.at and seen.closing.is_closed(at):
        yield seen.closing.at
    if (opened := seen.opened_at(at)) is not None:
        yield opened


def _fitting(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries whose text fits into a feed, the first in any case."""
    taken: list[Entry] = []
    room = MOST_TEXT
    for entry in entries:
        room -= len(entry.html)
        if room < 0 and taken:
            break
        taken.append(entry)
    return tuple(taken)


def _opening(base: str, seen: ThreadSeen, at: datetime, *, in_list: bool) -> Entry:
    thread, url = seen.thread, f"{base}{thread_url(seen)}"
    return Entry(
        id=thread_id(base, seen.id),
        title=thread.title,
        url=url,
        author=seen.author_name or "Anonymous",
        author_url=_person_url(base, seen.author_username),
        published=thread.published_at,
        updated=thread.edited_at or thread.published_at,
        html=absolute(thread.body_html, url),
        categories=tuple(_categories(base, seen, at)),
        replies_url=f"{base}/t/{seen.id}/feed.atom" if in_list else None,
    )


def _reply(base: str, seen: ThreadSeen, found: ReplySeen) -> Entry:
    reply = found.reply
    answered, published = reply.in_reply_to_id or reply.parent_id, reply.published_at or reply.created_at
    url = f"{base}{reply_url(seen, reply.number or 0)}"
    return Entry(
        id=reply_id(base, found.id),
        title=f"Reply {reply.number} to “{seen.thread.title}”",
        url=url,
        author=found.author_name or "Anonymous",
        author_url=_person_url(base, found.author_username),
        published=published,
        updated=reply.edited_at or published,
        html=absolute(reply.body_html, url),
        answers=reply_id(base, answered) if answered else thread_id(base, seen.id),
    )


def thread_id(base: str, thread: int) -> str:
    """An entry's id: the thread's address in the API, which stays when the title, and with it the page's, changes."""
    return f"{base}/api/v1/threads/{thread}"


def reply_id(base: str, reply: int) -> str:
    """As `thread_id`: a reply that is moved to another thread takes another number there, and keeps this."""
    return f"{base}/api/v1/replies/{reply}"


def _person_url(base: str, username: str | None) -> str | None:
    return f"{base}/u/{quote(username)}" if username else None


def _categories(base: str, seen: ThreadSeen, at: datetime) -> Iterator[Category]:
    """The thread's category, its tags, and `closed` or `archived` when it takes no more replies.

    A scheme with its term is the address of a page that says more; the state's is the page that explains the refusal.
    """
    yield Category(seen.category.slug, seen.category.name, f"{base}/c/")
    for name in seen.thread.tags:
        yield Category(tag_slug(name), name, f"{base}/tags/")
    if (state := seen.state(at)) != "open":
        yield Category(state, "Comments are closed", f"{base}/problems/thread-closed")
