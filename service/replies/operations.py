"""Every write to replies: post, edit, delete."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, bindparam, case, insert, true, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session, col

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import Instant, now, to_micros
from service.kit.database.rows import stored_id, table_of
from service.kit.errors import Problem, settled
from service.kit.text import RENDERER_VERSION
from service.kit.versions import Wanted, check_version
from service.replies import policy, queries
from service.replies.errors import ParentNotAvailable
from service.replies.events import ReplyEdited, ReplyPosted, ReplyTrashed
from service.replies.models import Reply
from service.threads import policy as threads_policy
from service.threads.models import Thread
from service.threads.operations import Written
from service.threads.queries import ThreadSeen, effective_close_at, get_thread

REPLY: Final = table_of(Reply)
THREAD: Final = table_of(Thread)
INSERT: Final = insert(REPLY).returning(REPLY.c.id)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A reply made ready before any session was open; `parent` is the id of the reply it answers."""

    text: Written
    parent: int | None


def post_reply(session: Session, actor: Actor, seen: ThreadSeen, draft: Drafted | Problem) -> Reply:
    """Store a reply in a thread that was loaded with `lock_thread`; it is visible at once.

    The thread's row, moved by one conditional UPDATE, decides whether it is open and which number comes next.
    Raises NotSignedIn, NotAllowed, Invalid, ThreadIsClosed, ParentNotAvailable.
    """
    threads_policy.check_may_reply(actor)
    ready = settled(draft)
    closing = seen.closing
    threads_policy.check_open(actor, seen.thread, closing, now(session))
    answered = _find_answered(session, seen.id, ready.parent)
    number = _take_number(session, actor, seen)
    parent, depth = _place(session, answered, seen.site.max_depth)
    reply = Reply(
        thread_id=seen.id, number=number, parent_id=parent.id if parent else None,
        in_reply_to_id=answered.id if answered else None, depth=depth, author_id=actor.account_id,
        body=ready.text.body, body_html=ready.text.body_html, renderer=RENDERER_VERSION,
        posted_while_closed=closing.is_closed(now(session)), created_at=now(session),
    )  # fmt: skip
    # A statement of Core: the unit of work of the ORM takes ten times as long, and this is the hottest of all writes.
    reply.id = session.execute(INSERT, reply.model_dump(exclude={"id"})).scalar_one()
    if parent is not None:
        _count_child(session, stored_id(parent.id), 1)
    events.record(session, ReplyPosted(actor=actor, **_facts(reply, seen)))
    return reply


def _find_answered(session: Session, thread_id: int, reply_id: int | None) -> Reply | None:
    if reply_id is None:
        return None
    answered = queries.find_parent(session, thread_id, reply_id)
    if answered is None:
        raise ParentNotAvailable
    return answered


def _take_number(session: Session, actor: Actor, seen: ThreadSeen) -> int:
    """The law of the write: the thread moves on only if it is open at `now`, by its row as it stands.

    A moderator's reply in a closed thread leaves its silence alone: else it would reopen what silence had closed.
    """
    at = now(session)
    statement = _next_number(while_closed=threads_policy.may_post_while_closed(actor))
    asked = {"thread": seen.id, "at": at, "moment": to_micros(at)}
    number = session.execute(statement, asked).scalar_one_or_none()
    if number is None:
        raise threads_policy.closed_problem(get_thread(session, actor, seen.id).closing)
    return int(number)


@cache
def _next_number(*, while_closed: bool) -> ReturningUpdate[Any]:
    """The statement of `_take_number`, built once for members and once for moderators: building it costs more than
    running it. Parameters: `thread`, `at`, and `moment`, which is `at` in microseconds.
    """
    at = bindparam("at", type_=Instant)
    is_open = effective_close_at() > bindparam("moment", type_=BigInteger)
    may_post: ColumnElement[bool] = true() if while_closed else is_open
    heard_at: ColumnElement[Any] = case((is_open, at), else_=THREAD.c.idle_anchor) if while_closed else at
    return (
        update(THREAD)
        .where(THREAD.c.id == bindparam("thread", type_=BigInteger), THREAD.c.moderation == "published")
        .where(THREAD.c.archived_at.is_(None), may_post)
        .values(last_number=THREAD.c.last_number + 1, reply_count=THREAD.c.reply_count + 1)
        .values(last_reply_at=at, idle_anchor=heard_at)
        .returning(THREAD.c.last_number)
    )


def _place(session: Session, answered: Reply | None, max_depth: int) -> tuple[Reply | None, int]:
    """Where the reply stands: under what it answers, or under the deepest ancestor that the levels allow."""
    parent, depth = policy.place_under(answered, max_depth)
    while depth < 0 and answered is not None:
        answered = session.get(Reply, answered.parent_id) if answered.parent_id else None
        parent, depth = policy.place_under(answered, max_depth)
    return parent, depth


def edit_reply(
    session: Session, actor: Actor, seen: ThreadSeen, found: queries.ReplySeen, text: Written | Problem, version: Wanted
) -> Reply:
    """Change a reply's text; `seen` is its locked thread and `version` the one that was edited.

    Raises NotSignedIn, NotAllowed, Invalid, ThreadIsClosed (archived), EditConflict.
    """
    reply = found.reply
    policy.check_may_edit(actor, reply)
    ready = settled(text)
    threads_policy.check_not_archived(seen.thread)
    check_version(version, reply.version)
    reply.body, reply.body_html, reply.renderer = ready.body, ready.body_html, RENDERER_VERSION
    reply.edited_at = now(session)
    reply.version += 1
    session.add(reply)
    session.flush()
    events.record(session, ReplyEdited(actor=actor, **_facts(reply, seen)))
    return reply


def delete_reply(session: Session, actor: Actor, seen: ThreadSeen, found: queries.ReplySeen, version: Wanted) -> None:
    """Take a reply away; where others answered it, a stub stays so that theirs keep their place.

    Raises NotSignedIn, NotAllowed, ThreadIsClosed (archived), EditConflict.
    """
    reply = found.reply
    policy.check_may_delete(actor, reply)
    threads_policy.check_not_archived(seen.thread)
    check_version(version, reply.version)
    reply.moderation = "trashed"
    reply.version += 1
    session.add(reply)
    session.flush()
    _leave_list(session, reply)
    _recount(session, seen)
    events.record(session, ReplyTrashed(actor=actor, **_facts(reply, seen)))


def _leave_list(session: Session, reply: Reply) -> None:
    """A reply that is not shown any more no longer holds up its ancestors' stubs."""
    leaving: Reply | None = reply
    while leaving is not None and leaving.moderation == "trashed" and leaving.child_count == 0 and leaving.parent_id:
        parent = session.get_one(Reply, leaving.parent_id)
        _count_child(session, leaving.parent_id, -1)
        session.refresh(parent)
        leaving = parent


def _count_child(session: Session, parent_id: int, change: int) -> None:
    session.execute(
        update(Reply).where(col(Reply.id) == parent_id).values(child_count=Reply.child_count + change)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _recount(session: Session, seen: ThreadSeen) -> None:
    """One published reply fewer; the thread's silence is measured from the last one that is still there."""
    last = queries.last_published_at(session, seen.id)
    heard_at = queries.last_published_at(session, seen.id, while_open=True) or seen.thread.published_at
    session.execute(
        update(Thread).where(col(Thread.id) == seen.id)
        .values(reply_count=Thread.reply_count - 1, last_reply_at=last, idle_anchor=heard_at)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _facts(reply: Reply, seen: ThreadSeen) -> dict[str, Any]:
    return {
        "reply_id": stored_id(reply.id), "thread_id": seen.id, "number": reply.number,
        "category_id": seen.thread.category_id, "version": reply.version,
    }  # fmt: skip
