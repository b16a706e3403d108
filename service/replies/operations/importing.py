"""Bringing replies from elsewhere, with their own dates; nobody is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, case, insert, update
from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import Instant, now
from service.kit.database.rows import stored_id, table_of
from service.kit.text import RENDERER_VERSION
from service.replies.events import ReplyImported
from service.replies.models import Reply
from service.replies.operations.counters import show_child
from service.replies.operations.posting import facts_of, place
from service.threads.models import Thread
from service.threads.operations import Written
from service.threads.queries import ThreadSeen

REPLY: Final = table_of(Reply)
THREAD: Final = table_of(Thread)
INSERT: Final = insert(REPLY).returning(REPLY.c.id)
LATEST: Final = bindparam("latest", type_=Instant)
MOVE_ON: Final = (
    update(THREAD)
    .where(THREAD.c.id == bindparam("thread", type_=BigInteger))
    .values(
        last_number=THREAD.c.last_number + bindparam("count"),
        reply_count=THREAD.c.reply_count + bindparam("count"),
        last_reply_at=case((THREAD.c.last_reply_at >= LATEST, THREAD.c.last_reply_at), else_=LATEST),
        idle_anchor=case((THREAD.c.idle_anchor >= LATEST, THREAD.c.idle_anchor), else_=LATEST),
        active_at=case((THREAD.c.active_at >= LATEST, THREAD.c.active_at), else_=LATEST),
    )
    .returning(THREAD.c.last_number)
)
BEFORE: Final = {"spam": "pending", "trashed": "pending"}
"""What a moderator finds after taking a post back out of the spam or the trash: whether it was shown, nobody knows."""


@dataclass(frozen=True, slots=True)
class BroughtReply:
    """A reply as it was elsewhere. `key` names it there; `answers` is the key of the published reply it answers."""

    key: int
    answers: int | None
    author_name: str | None
    text: Written
    at: datetime
    moderation: str
    body_format: str = "html"


def import_replies(
    session: Session, actor: Actor, seen: ThreadSeen, brought: Sequence[BroughtReply], known: Mapping[int, int]
) -> dict[int, int]:
    """Store replies of a locked thread, in the given order: answered ones first. Returns key → id of each.

    `known` is key → id of replies brought before. Published ones take the next numbers and keep their time; the
    thread's counters move once for all of them, whatever its closing says: they were said while it was open elsewhere.
    """
    numbers = _numbers(session, seen.id, [reply.at for reply in brought if reply.moderation == "published"])
    ids: dict[int, int] = {}
    for reply in brought:
        answered_id = None if reply.answers is None else ids.get(reply.answers, known.get(reply.answers))
        answered = session.get(Reply, answered_id) if answered_id is not None else None
        number = next(numbers) if reply.moderation == "published" else None
        ids[reply.key] = _store(session, actor, seen, reply, answered, number)
    return ids


def _numbers(session: Session, thread_id: int, times: list[datetime]) -> Iterator[int]:
    """The next numbers of the thread, one for each time; the thread counts them, and was last heard of then."""
    if not times:
        return iter(())
    asked = {"thread": thread_id, "count": len(times), "latest": max(times)}
    last = int(session.execute(MOVE_ON, asked).scalar_one())
    return iter(range(last - len(times) + 1, last + 1))


def _store(
    session: Session, actor: Actor, seen: ThreadSeen, brought: BroughtReply, answered: Reply | None, number: int | None
) -> int:
    parent, depth = place(session, answered, seen.site.max_depth)
    reply = Reply(
        thread_id=seen.id, number=number, parent_id=parent.id if parent else None,
        in_reply_to_id=answered.id if answered else None, depth=depth, author_name=brought.author_name,
        body=brought.text.body, body_html=brought.text.body_html, body_format=brought.body_format,
        renderer=RENDERER_VERSION, moderation=brought.moderation,
        previous_moderation=BEFORE.get(brought.moderation), created_at=brought.at,
        published_at=brought.at if number is not None else None,
        trashed_at=now(session) if brought.moderation == "trashed" else None,
    )  # fmt: skip
    row: dict[str, Any] = reply.model_dump(exclude={"id"})
    reply.id = session.execute(INSERT, row).scalar_one()
    if parent is not None and number is not None:
        show_child(session, stored_id(parent.id))
    events.record(session, ReplyImported(actor=actor, **facts_of(reply, seen)))
    return stored_id(reply.id)
