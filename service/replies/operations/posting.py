"""Posting a reply: published at once, or held."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert
from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id, table_of
from service.kit.errors import Problem, settled
from service.kit.text import RENDERER_VERSION
from service.replies import policy, queries
from service.replies.errors import ParentNotAvailable
from service.replies.events import ReplyHeld, ReplyPosted
from service.replies.models import Reply
from service.replies.operations.counters import show_child, take_number
from service.screening.queries import is_held
from service.threads import policy as threads_policy
from service.threads.operations import Written
from service.threads.queries import ThreadSeen
from service.threads.queries.turns import turn_of

REPLY: Final = table_of(Reply)
INSERT: Final = insert(REPLY).returning(REPLY.c.id)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A reply made ready before any session was open; `parent` is the id of the reply it answers."""

    text: Written
    parent: int | None


def post_reply(session: Session, actor: Actor, seen: ThreadSeen, draft: Drafted | Problem) -> Reply:
    """Store a reply in a thread that was loaded with `lock_thread`: visible at once, or held for a moderator.

    The thread's row, moved by one conditional UPDATE, decides whether it is open and which number comes next.
    Raises NotSignedIn, NotAllowed, Invalid, ThreadIsClosed, ParentNotAvailable, RateLimited (slow mode).
    """
    threads_policy.check_may_reply(actor, seen.thread)
    ready = settled(draft)
    at = now(session)
    closed, turn = seen.closing.is_closed(at), turn_of(session, actor, seen)
    threads_policy.check_open(actor, seen, at, turn)
    answered = _find_answered(session, seen.id, ready.parent)
    threads_policy.check_turn(turn, seen.slow_mode(at), at)
    held = is_held(session, actor, seen.site.hold_first_posts)
    number = take_number(session, actor, seen, held=held)
    parent, depth = place(session, answered, seen.site.max_depth)
    reply = Reply(
        thread_id=seen.id, number=number, parent_id=parent.id if parent else None,
        in_reply_to_id=answered.id if answered else None, depth=depth, author_id=actor.account_id,
        body=ready.text.body, body_html=ready.text.body_html, renderer=RENDERER_VERSION,
        moderation="pending" if held else "published", posted_while_closed=closed, is_heard=not closed,
        created_at=at, published_at=None if held else at,
    )  # fmt: skip
    # A statement of Core: the unit of work of the ORM takes ten times as long, and this is the hottest of all writes.
    reply.id = session.execute(INSERT, reply.model_dump(exclude={"id"})).scalar_one()
    if parent is not None and not held:
        show_child(session, stored_id(parent.id))
    kind, text = ReplyHeld if held else ReplyPosted, ready.text
    events.record(session, kind(actor=actor, mentioned=text.mentioned, quoted=text.quoted, **facts_of(reply, seen)))
    return reply


def _find_answered(session: Session, thread_id: int, reply_id: int | None) -> Reply | None:
    if reply_id is None:
        return None
    answered = queries.find_parent(session, thread_id, reply_id)
    if answered is None:
        raise ParentNotAvailable
    return answered


def place(session: Session, answered: Reply | None, max_depth: int) -> tuple[Reply | None, int]:
    """Where a reply stands: under what it answers, or under the deepest ancestor that the levels allow."""
    parent, depth = policy.place_under(answered, max_depth)
    while depth < 0 and answered is not None:
        answered = session.get(Reply, answered.parent_id) if answered.parent_id else None
        parent, depth = policy.place_under(answered, max_depth)
    return parent, depth


def facts_of(reply: Reply, seen: ThreadSeen) -> dict[str, Any]:
    """What every event about a reply carries."""
    return {
        "reply_id": stored_id(reply.id), "thread_id": seen.id, "number": reply.number,
        "category_id": seen.thread.category_id, "version": reply.version,
    }  # fmt: skip
