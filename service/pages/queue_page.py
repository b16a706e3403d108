"""`/mod/queue` from a fresh read: one page of a list, with a refused form as it was typed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import NotFound, Problem
from service.moderation.models import FLAGGED
from service.moderation.queries import (
    WAITING,
    PostSeen,
    Sought,
    find_post,
    get_review,
    list_canned,
    list_posts,
    list_reviews,
    review_key,
)
from service.pages import forms, moderating, queue_frame
from service.pages.frame import Frame
from service.pages.frame import around as framed
from service.pages.queue_items import Around, around, item_of
from service.pages.queue_place import STATE_OF, TABS, Place, Told
from service.pages.rendering import page
from service.pages.views.frame import Choice
from service.pages.views.queue import QueueItem, QueuePage
from service.web.paging import to_cursor

PAGE_SIZE: Final = 20
MANY: Final = {
    WAITING: ("approve", "reject", "spam", "trash"),
    FLAGGED: ("dismiss", "hide", "spam", "trash"),
    "hidden": ("restore", "trash"),
    "spam": ("restore",),
    "rejected": ("restore",),
    "trash": ("restore",),
}
"""What can be done to many posts of a list at once."""

Key = tuple[int, ...] | None


async def show(
    asks: Asks, place: Place, told: Told, *, sent: forms.Sent | None = None, problem: Problem | None = None
) -> Response:
    """The page; with the status of the problem where a form was refused."""
    key = place.key

    def load(session: Session, actor: Actor) -> tuple[Frame, QueuePage]:
        check_moderates_some(actor)
        view = _page(session, actor, place, key)
        view = _with_refused(session, actor, view, sent, problem) if sent and problem else view
        return framed(session, actor, "/mod/queue"), replace(view, done=queue_frame.done_of(session, actor, told))

    frame, view = await asks.read(load)
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, None)
    return page("mod_queue.html", frame, view, status=status, headers=headers)


def _page(session: Session, actor: Actor, place: Place, key: Key) -> QueuePage:
    """The list as it stands, with nothing said about what was done."""
    sought = place.sought(session, actor, now(session))
    found = _list(session, actor, place, sought, key, PAGE_SIZE)
    shown, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    beside = around(session, actor, shown)
    first = found[0] if found and key is None else _first(session, actor, place, sought)
    return QueuePage(
        tabs=queue_frame.tabs_of(session, actor, place),
        heading=TABS[place.show],
        action=place.url(),
        empty=queue_frame.empty_words(place),
        filters=queue_frame.filters_of(session, actor, place),
        waiting=queue_frame.waiting_words(session, actor, place, sought),
        oldest=first.review.opened_at if first and first.review and place.of_reviews else None,
        items=tuple(item_of(seen, beside) for seen in shown),
        refused=None,
        form=forms.fresh(),
        done=None,
        many=_many(place, shown),
        canned=tuple((each.id or 0, each.body) for each in list_canned(session)),
        manages=actor.moderates,
        next_url=place.at(to_cursor(_key(place, shown[-1]))).url() if more else None,
        first_url=place.at().url() if key else None,
    )


def _list(session: Session, actor: Actor, place: Place, sought: Sought, key: Key, limit: int) -> Sequence[PostSeen]:
    if place.of_reviews:
        return list_reviews(session, actor, sought, key, limit)
    state, within, author = STATE_OF.get(place.show, place.show), sought.category_id, sought.author_id
    return list_posts(session, actor, state, key, limit, category_id=within, author_id=author)


def _first(session: Session, actor: Actor, place: Place, sought: Sought) -> PostSeen | None:
    """What waits longest, for a page that does not begin with it."""
    found = list_reviews(session, actor, sought, None, 0) if place.of_reviews else []
    return found[0] if found else None


def _key(place: Place, seen: PostSeen) -> tuple[int, int]:
    return review_key(seen) if place.of_reviews else seen.key


def _many(place: Place, shown: Sequence[PostSeen]) -> tuple[Choice, ...]:
    """What can be done to those that are ticked; nothing where there is nothing to tick."""
    if not any(seen.review is not None for seen in shown):
        return ()
    return tuple(Choice(deed, moderating.BUTTONS[deed]) for deed in MANY[place.show])


def _with_refused(session: Session, actor: Actor, view: QueuePage, sent: forms.Sent, problem: Problem) -> QueuePage:
    """The page with what was refused above the list: the item as it stands now, or the refusal alone."""
    seen = _find(session, actor, sent)
    if seen is None:
        return replace(view, form=sent.again(problem))
    item = _refused_item(seen, around(session, actor, [seen]), sent, problem)
    others = tuple(each for each in view.items if each.menu.prefix != item.menu.prefix)
    return replace(view, items=others, refused=item)


def _refused_item(seen: PostSeen, beside: Around, sent: forms.Sent, problem: Problem) -> QueueItem:
    """The item with the form that was refused: of a decision, or of a note."""
    if sent.deed == "note":
        return item_of(seen, beside, note_form=sent.again(problem))
    return item_of(seen, beside, moderating.refused_form(sent, problem, seen))


def _find(session: Session, actor: Actor, sent: forms.Sent) -> PostSeen | None:
    """The post that a refused form was about, as it stands; None where there is none for this moderator."""
    try:
        if review_id := sent.number("review"):
            return get_review(session, actor, review_id)
        return find_post(session, actor, sent.number("thread") or 0, moderating.reply_of(sent))
    except NotFound:
        return None
