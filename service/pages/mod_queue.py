"""`/mod/queue`: what waits for a moderator, and what was put out of sight; a form for every step. For moderators."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor, check_moderates
from service.kit.database import Session
from service.kit.errors import NotFound, Problem, invalid
from service.moderation.models import OPEN
from service.moderation.queries import PostSeen, Sought, find_post, list_posts, list_reviews, review_key, waiting_count
from service.moderation.schemas import url_of
from service.pages import forms, moderating
from service.pages.frame import Frame, around
from service.pages.rendering import page, trusted
from service.pages.views.frame import Form, Person
from service.pages.views.moderation import Done, Last, QueueItem, QueuePage, Tab
from service.screening.queries import published_counts
from service.web.answers import Answer, see_other
from service.web.paging import from_cursor, to_cursor

router = APIRouter(include_in_schema=False)
PAGE_SIZE: Final = 20
WAITING: Final = "waiting"
TABS: Final = {WAITING: "Waiting", "hidden": "Hidden", "spam": "Spam", "rejected": "Rejected", "trash": "Trash"}
"""The lists by the word in the address."""

STATE_OF: Final = {"trash": "trashed"}
EMPTY: Final = {
    WAITING: "Nothing waits. New posts come here while the site holds an author’s first posts.",
    "hidden": "Nothing is hidden.",
    "spam": "Nothing is marked as spam.",
    "rejected": "Nothing was rejected.",
    "trash": "The trash is empty. Deleted posts lie here for 30 days, then their text goes for good.",
}
Key = tuple[int, ...] | None
PostId = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get("/mod/queue")
async def show_queue(
    asks: Asking,
    show: str = WAITING,
    after: str | None = None,
    done: str = "",
    thread: PostId = None,
    reply: PostId = None,
) -> Response:
    """One list of the queue; `done`, `thread` and `reply` say what was decided just now."""
    return await _show(asks, _tab(show), from_cursor(after, 2), done=(done, thread, reply))


@router.post("/mod/queue")
async def decide(request: Request, asks: Asking, show: str = WAITING, after: str | None = None) -> Response:
    """The step that the button names, about one post; 303 to the list it was decided from."""
    sent = await forms.read(request)
    tab, key = _tab(show), from_cursor(after, 2)
    if not moderating.is_step(sent):
        await asks.read(lambda session, actor: check_moderates(actor))
        raise invalid("/do", "must be one of this page's buttons")

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates(actor)
        return see_other(done_url(tab, sent.deed, moderating.take_step(session, actor, sent), after))

    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    return await _show(asks, tab, key, sent=sent, problem=outcome)


def done_url(tab: str, action: str, seen: PostSeen, after: str | None = None) -> str:
    """The list, with the notice of what was done to a post."""
    post = {"thread": seen.thread_id} | ({"reply": seen.reply_id} if seen.reply_id else {})
    return f"{_url(tab, after, done=action, **post)}#queue"


def _tab(show: str) -> str:
    if show not in TABS:
        raise NotFound("The queue has no such list")
    return show


def _url(tab: str, after: str | None = None, **more: object) -> str:
    query = ({} if tab == WAITING else {"show": tab}) | ({"after": after} if after else {}) | more
    return f"/mod/queue?{urlencode(query)}" if query else "/mod/queue"


async def _show(
    asks: Asks,
    tab: str,
    key: Key,
    *,
    done: tuple[str, int | None, int | None] = ("", None, None),
    sent: forms.Sent | None = None,
    problem: Problem | None = None,
) -> Response:
    """The page from a fresh read, with a refused decision as it was typed."""

    def load(session: Session, actor: Actor) -> tuple[Frame, QueuePage]:
        check_moderates(actor)
        return around(session, actor, "/mod/queue"), _view(session, actor, tab, key, done, sent, problem)

    framed, view = await asks.read(load)
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, None)
    return page("mod_queue.html", framed, view, status=status, headers=headers)


def _view(
    session: Session,
    actor: Actor,
    tab: str,
    key: Key,
    done: tuple[str, int | None, int | None],
    sent: forms.Sent | None,
    problem: Problem | None,
) -> QueuePage:
    found = _list(session, actor, tab, key)
    refused = _find(session, actor, *_named(sent)) if sent else None
    shown = [seen for seen in found[:PAGE_SIZE] if refused is None or seen.post is not refused.post]
    counts = published_counts(session, [seen.post.author_id for seen in [*shown, *([refused] if refused else [])]])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    form = moderating.refused_form(sent, problem, refused) if sent and problem else None
    return QueuePage(
        tabs=_tabs(session, actor, tab),
        heading=TABS[tab],
        action=_url(tab, to_cursor(key) if key else None),
        empty=EMPTY[tab],
        items=tuple(_item(seen, counts) for seen in shown),
        refused=_item(refused, counts, form) if refused else None,
        done=_done(session, actor, *done),
        next_url=_url(tab, to_cursor(_key(tab, last))) if last else None,
        first_url=_url(tab) if key else None,
    )


def _list(session: Session, actor: Actor, tab: str, key: Key) -> Sequence[PostSeen]:
    if tab == WAITING:
        return list_reviews(session, actor, Sought(OPEN), key, PAGE_SIZE)
    return list_posts(session, actor, STATE_OF.get(tab, tab), key, PAGE_SIZE)


def _key(tab: str, seen: PostSeen) -> tuple[int, int]:
    return review_key(seen) if tab == WAITING else seen.key


def _named(sent: forms.Sent) -> tuple[int | None, int | None]:
    """The post that a form was about: its thread's id, and its own where it is a reply."""
    return sent.number("thread"), moderating.reply_of(sent)


def _find(session: Session, actor: Actor, thread_id: int | None, reply_id: int | None) -> PostSeen | None:
    """A post that an address or a form names; None where there is no such post for this moderator."""
    if thread_id is None:
        return None
    try:
        return find_post(session, actor, thread_id, reply_id)
    except NotFound:
        return None


def _tabs(session: Session, actor: Actor, tab: str) -> tuple[Tab, ...]:
    waiting = waiting_count(session, actor)
    count = f" ({waiting if waiting < 100 else '99+'})" if waiting else ""
    return tuple(
        Tab(f"{label}{count if name == WAITING else ''}", _url(name), name == tab) for name, label in TABS.items()
    )


def _done(session: Session, actor: Actor, action: str, thread_id: int | None, reply_id: int | None) -> Done | None:
    """What was decided just now: an action and a post, whose author and title are said."""
    if action not in moderating.DONE:
        return None
    seen = _find(session, actor, thread_id, reply_id)
    if seen is None:
        return None
    gone = seen.post.moderation == "trashed" or seen.thread.moderation == "trashed"
    words = f"{moderating.DONE[action]}: {_what(seen).lower()} by {seen.author_name or 'Anonymous'}"
    return Done(words, seen.thread.title, None if gone else _place(seen))


def _item(seen: PostSeen, counts: Mapping[int, int], form: Form | None = None) -> QueueItem:
    """A post as an item of the queue."""
    post, author = seen.post, seen.author_name or "Anonymous"
    what, prefix = _what(seen), f"reply-{seen.reply_id}-" if seen.reply_id else f"thread-{seen.thread_id}-"
    return QueueItem(
        what=what,
        title=seen.thread.title,
        url=_where(seen),
        category=seen.category.name,
        author=Person(seen.author_username, author),
        published=counts.get(post.author_id, 0) if post.author_id else None,
        body_html=trusted(post.body_html),
        created_at=post.created_at,
        edited_at=post.edited_at,
        standing=moderating.stamp(post.moderation) if form else "",
        last=_last(seen),
        menu=moderating.menu(post, what=f"the {what.lower()} by {author}", prefix=prefix, form=form),
    )


def _what(seen: PostSeen) -> str:
    return "Thread" if seen.reply is None else "Reply"


def _where(seen: PostSeen) -> str | None:
    """Where the post can be read in its place; a deleted reply's thread; None where the thread is deleted."""
    if seen.thread.moderation == "trashed":
        return None
    return f"/t/{seen.thread_id}/{quote(seen.thread.slug)}" if seen.post.moderation == "trashed" else _place(seen)


def _place(seen: PostSeen) -> str:
    return quote(url_of(seen), safe="/?=#")


def _last(seen: PostSeen) -> Last | None:
    review = seen.review
    if review is None or review.action is None or review.decided_at is None:
        return None
    by = Person(seen.decider_username, seen.decider_name) if seen.decider_name else None
    return Last(moderating.DONE[review.action], by, review.decided_at, review.reason)
