"""From rows to the view of a thread's page. Every permission is asked here, of the same checks as the deeds."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from service.kit.actor import Actor
from service.kit.database.rows import stored_id
from service.kit.errors import Problem
from service.pages.flagged import Flagging
from service.pages.moderating import Marks
from service.pages.reactions import Reacting
from service.pages.rendering import trusted
from service.pages.sources import outline, works_cited
from service.pages.terms import in_days, more_replies, so_many_replies
from service.pages.views.frame import Person, TagLink
from service.pages.views.thread import Closed, OpeningView, Pager
from service.replies.models import PER_SCREEN, Reply, address, waiting_address
from service.replies.queries.screens import Shown
from service.screening.policy import possible
from service.site.models import OFF, ClosingTerms
from service.tags.schemas import tag_url
from service.threads import policy
from service.threads.models import Thread
from service.threads.queries import ThreadSeen

FEW: Final = 10
"""How many replies before the last one."""


def allowed(check: Callable[..., None], *subject: Any) -> bool:
    """Whether a check lets the deed pass, so that a button asks what its deed will ask."""
    try:
        check(*subject)
    except Problem:
        return False
    return True


def may_change(check: Callable[..., None], actor: Actor, post: Thread | Reply | Shown) -> bool:
    """Whether the actor may edit the post, and it is of use: what was refused waits for nobody any more."""
    return (post.moderation != "rejected" or actor.moderates) and allowed(check, actor, post)


def edits_open(actor: Actor, seen: ThreadSeen) -> bool:
    """Whether what was said here may still be changed, by somebody who may change it."""
    return allowed(policy.check_edits_open, actor, seen, seen.moment())


def may_go(check: Callable[..., None], actor: Actor, post: Thread | Reply | Shown) -> bool:
    """Whether the actor may delete the post, and its state has that step."""
    return "trash" in possible(post) and allowed(check, actor, post)


def thread_url(seen: ThreadSeen) -> str:
    """The thread's canonical address, as a path."""
    return f"/t/{seen.id}/{quote(seen.thread.slug)}"


def page_of(number: int) -> int:
    """The page of a thread on which a number stands, from 1."""
    return max(0, number - 1) // PER_SCREEN + 1


def page_url(url: str, page: int) -> str:
    """The address of one page of a thread."""
    return url if page == 1 else f"{url}?page={page}"


def reply_url(seen: ThreadSeen, number: int) -> str:
    """A reply's permanent address: its number never changes, so neither does its page."""
    return address(seen.id, quote(seen.thread.slug), number)


def shown_url(seen: ThreadSeen, reply: Reply) -> str:
    """Where a reply stands: by its number, or among those that wait for one."""
    if reply.number is None:
        return waiting_address(seen.id, quote(seen.thread.slug), stored_id(reply.id))
    return reply_url(seen, reply.number)


def opening(seen: ThreadSeen, actor: Actor, marks: Marks, reacts: Reacting, flags: Flagging) -> OpeningView:
    """The thread's opening post."""
    thread, base = seen.thread, thread_url(seen)
    changing = thread.archived_at is None
    editing = edits_open(actor, seen)
    return OpeningView(
        title=thread.title,
        url=thread_url(seen),
        category=seen.category.name,
        category_url=f"/c/{seen.category.slug}",
        tags=tag_links(thread.tags),
        author=Person(seen.author_username, seen.author_name or "Anonymous"),
        body_html=trusted(thread.body_html),
        created_at=thread.published_at,
        edited_at=thread.edited_at,
        edit_url=f"{base}/edit" if editing and may_change(policy.check_may_edit, actor, thread) else None,
        delete_url=f"{base}/delete" if changing and may_go(policy.check_may_delete, actor, thread) else None,
        feed_url=f"/t/{seen.id}/feed.atom" if is_public(seen) else None,
        contents=outline(thread.contents, with_sources=bool(thread.sources)),
        sources=works_cited(thread.sources),
        revisions_url=f"{base}/revisions",
        standing=marks.standing(thread),
        reactions=reacts.on(thread, "this thread"),
        flag=flags.mark(thread, base),
        menu=marks.menu(thread, "this thread"),
        edit=marks.edit(thread),
    )


def is_public(seen: ThreadSeen) -> bool:
    """Whether guests may read the thread, so that its feed is there."""
    return seen.category.visibility == "public" and seen.thread.moderation == "published"


def tag_links(names: Iterable[str]) -> tuple[TagLink, ...]:
    """A thread's tags as links."""
    return tuple(TagLink(name, tag_url(name)) for name in names)


def pager(seen: ThreadSeen, page: int) -> Pager:
    """The numbered pages of a thread: as many as its highest number needs."""
    url, last = thread_url(seen), page_of(seen.thread.last_number)
    return Pager(
        page,
        last,
        page_url(url, page - 1) if page > 1 else None,
        page_url(url, page + 1) if page < last else None,
        page_url(url, 1),
        page_url(url, last),
    )


def closed(seen: ThreadSeen, now: datetime) -> Closed | None:
    """Since when, by whom and why the thread takes no replies; None while it does."""
    closing = seen.closing
    if closing.at is None or not closing.is_closed(now):
        return None
    by_hand = closing.reason == "manual"
    by = Person(seen.closer_username, seen.closer_name or "Anonymous") if by_hand and seen.closer_username else None
    reason = seen.thread.closure_reason if by_hand else ""
    return Closed(closing.at, by, why(seen), reason, seen.opens_at(now))


def why(seen: ThreadSeen) -> str:
    """The law's reason in words, with the rule's level (thread, category or site) for what closes by itself."""
    reason = seen.closing.reason
    if reason == "scheduled":
        return f"the time set {_level(seen, 'closes_at')}"
    if reason == "age":
        return f"{_span(seen, 'close_after_age')} it was opened, the limit set {_level(seen, 'close_after_age')}"
    if reason == "idle":
        return f"{_span(seen, 'close_after_idle')} the last reply, the limit set {_level(seen, 'close_after_idle')}"
    if reason == "replies":
        enough = so_many_replies(_held(seen, "close_after_replies"))
        return f"{enough}, the limit set {_level(seen, 'close_after_replies')}"
    return "the thread is archived" if reason == "archived" else ""


def _level(seen: ThreadSeen, term: str) -> str:
    """Which level's term holds."""
    if getattr(seen.thread, term) is not None:
        return "for this thread"
    return "for the category" if getattr(seen.category, term) is not None else "for the site"


def _span(seen: ThreadSeen, term: str) -> str:
    """`14 days after`, of the level whose term holds."""
    return f"{in_days(_held(seen, term)).removeprefix('after ')} after"


def _held(seen: ThreadSeen, term: str) -> int:
    """The value of the term that holds; OFF where none does."""
    return next((value for level in _levels(seen) if (value := getattr(level, term)) is not None), OFF)


def _levels(seen: ThreadSeen) -> tuple[ClosingTerms, ...]:
    return seen.thread, seen.category, seen.site


def replies_left(seen: ThreadSeen, now: datetime) -> int | None:
    """How many more replies close the thread; None when no number does, and once it is closed."""
    enough = _held(seen, "close_after_replies")
    if enough == OFF or seen.thread.override == "open" or seen.closing.is_closed(now):
        return None
    return enough - seen.thread.reply_count


def few_left(seen: ThreadSeen, now: datetime) -> str | None:
    """That number in words, when it is small; None otherwise."""
    left = replies_left(seen, now)
    return more_replies(left) if left is not None and left <= FEW else None
