"""One unit of an import: a post becomes a thread, some of its comments become replies, and all of it is remembered."""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import insert, update
from sqlmodel import Session, col

from service.categories.models import Category
from service.categories.operations import sure_of_category
from service.kit.actor import SYSTEM
from service.kit.clock import now
from service.kit.database.rows import stored_id, table_of
from service.kit.errors import NotFound
from service.replies.operations import BroughtReply, import_replies
from service.threads.models import Thread
from service.threads.operations import Brought, import_thread
from service.threads.queries import ThreadSeen, get_thread, lock_thread
from service.transfer import queries
from service.transfer.models import ImportedItem
from service.transfer.policy.deciding import Filing

ITEM: Final = table_of(ImportedItem)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A post and some of its comments, made ready before any session was open: the work of one unit."""

    source: str
    post_id: int
    thread: Brought
    filing: Filing
    replies: list[BroughtReply]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a unit did: whether the thread is new, the comments that became replies now, and all that have by now."""

    opened: bool
    brought: list[BroughtReply] = field(default_factory=list)
    known: dict[int, int] = field(default_factory=dict)


def bring(session: Session, parcel: Parcel, known: dict[int, int]) -> Outcome:
    """Store what of the parcel is not there yet. `known` is comment → reply of the post's comments before.

    Whoever was faster has stored the same: what is there is asked for again, with the thread's row held. A thread that
    was purged here stays so: nothing is added to it.
    """
    thread_id = queries.thread_of(session, parcel.source, parcel.post_id)
    opened = thread_id is None
    if thread_id is None:
        thread_id = _open(session, parcel)
    try:
        seen = lock_thread(session, SYSTEM, thread_id, in_trash=True)
    except NotFound:
        return Outcome(opened=False)
    there = queries.replies_of(session, parcel.source, [reply.key for reply in parcel.replies])
    missing = [reply for reply in parcel.replies if reply.key not in there]
    ids = import_replies(session, SYSTEM, seen, missing, known | there)
    _remember(session, parcel.source, thread_id, ids)
    if missing or opened:
        _settle_closing(session, seen)
    return Outcome(opened, missing, there | ids)


def _open(session: Session, parcel: Parcel) -> int:
    thread = import_thread(session, SYSTEM, _category(session, parcel.filing), parcel.thread)
    row = {"source": parcel.source, "kind": "post", "external_id": parcel.post_id, "thread_id": thread.id}
    session.execute(insert(ITEM), [row])
    return stored_id(thread.id)


def _category(session: Session, filing: Filing) -> Category:
    """The category with the slug; for what was private one that only staff may see, whatever else has that slug."""
    values = {"name": filing.name, "description": filing.description, "visibility": filing.visibility}
    for ending in ("", *(f"-{number}" for number in range(2, 100))):
        category = sure_of_category(session, SYSTEM, filing.slug + ending, values)
        if filing.visibility != "staff" or category.visibility == "staff":
            return category
    raise AssertionError("a hundred categories for private posts, and all of them public")


def _remember(session: Session, source: str, thread_id: int, ids: dict[int, int]) -> None:
    rows = [
        {"source": source, "kind": "comment", "external_id": key, "thread_id": thread_id, "reply_id": reply_id}
        for key, reply_id in ids.items()
    ]
    if rows:
        session.execute(insert(ITEM), rows)


def _settle_closing(session: Session, seen: ThreadSeen) -> None:
    """A thread that is closed by its age or silence from the beginning counts as told, so that nobody is told."""
    fresh = get_thread(session, SYSTEM, seen.id, in_trash=True)
    at = fresh.closing.at if fresh.closing.is_closed(now(session)) else None
    if (at is None) != (fresh.thread.closing_recorded_at is None):
        session.execute(update(Thread).where(col(Thread.id) == seen.id).values(closing_recorded_at=at))
