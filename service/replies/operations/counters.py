"""What a thread and a parent know of their replies: the next number, how many are shown, and since when it is silent.

Numbers and counters move in SQL, in the statement that decides; the thread's row is locked by whoever gets here.
"""

from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import BigInteger, ColumnElement, Integer, bindparam, case, or_, true, update
from sqlmodel import Session, col

from service.kit.actor import Actor
from service.kit.clock import Instant, now, to_micros
from service.kit.database.ready import Ready
from service.kit.database.rows import table_of
from service.replies import queries
from service.replies.models import Reply
from service.threads import policy as threads_policy
from service.threads.models import Thread
from service.threads.queries import ThreadSeen, effective_close_at, get_thread
from service.threads.queries.turns import begun_in_time

THREAD: Final = table_of(Thread)
REPLY: Final = table_of(Reply)
HAND_OUT: Final = Ready(
    update(THREAD)
    .where(THREAD.c.id == bindparam("thread", type_=BigInteger))
    .values(last_number=THREAD.c.last_number + 1)
    .returning(THREAD.c.last_number)
)
COUNT_CHILD: Final = Ready(
    update(REPLY)
    .where(REPLY.c.id == bindparam("parent", type_=BigInteger))
    .values(child_count=REPLY.c.child_count + bindparam("change", type_=Integer))
    .returning(REPLY.c.moderation, REPLY.c.number, REPLY.c.child_count, REPLY.c.parent_id)
)


def take_number(session: Session, actor: Actor, seen: ThreadSeen, *, held: bool = False) -> int | None:
    """The law of the write: the thread moves on only if it is open at `now`, by its row as it stands; or if this actor
    may post all the same.

    Returns the number of a reply posted now; None for one that is `held`, which moves nothing. A reply in a closed
    thread leaves its silence alone: else it would reopen what silence had closed. Raises ThreadIsClosed.
    """
    at = now(session)
    statement = _next_number(entry_of(actor, seen, at), held=held)
    asked = {"thread": seen.id, "at": at, "moment": to_micros(at), "account": actor.account_id}
    number = statement.scalar(session, asked)
    if number is None:
        raise threads_policy.closed_problem(get_thread(session, actor, seen.id).closing)
    return None if held else int(number)


Entry = Literal["open", "begun", "anyway"]
"""While a thread is open; also for who began before it closed; whether it is open or not."""


def entry_of(actor: Actor, seen: ThreadSeen, at: datetime) -> Entry:
    """On which terms this actor comes in."""
    if threads_policy.may_post_while_closed(actor, seen.thread, seen.site):
        return "anyway"
    return "begun" if seen.site.close_grace and seen.closing.is_closed(at) else "open"


@cache
def _next_number(entry: Entry, *, held: bool) -> Ready:
    """The statement of `take_number`, built once for each kind: building it costs more than running it.

    Parameters: `thread`, `at`, `moment`, which is `at` in microseconds, and `account`, who is coming in.
    """
    at, moment = bindparam("at", type_=Instant), bindparam("moment", type_=BigInteger)
    is_open = effective_close_at(moment) > moment
    statement = (
        update(THREAD)
        .where(THREAD.c.id == bindparam("thread", type_=BigInteger), THREAD.c.moderation == "published")
        .where(THREAD.c.archived_at.is_(None), _may_enter(entry, is_open, moment))
        .returning(THREAD.c.last_number)
    )
    if held:
        return Ready(statement.values(last_number=THREAD.c.last_number))
    heard_at: ColumnElement[Any] = at if entry == "open" else case((is_open, at), else_=THREAD.c.idle_anchor)
    moved = {"last_number": THREAD.c.last_number + 1, "reply_count": THREAD.c.reply_count + 1}
    return Ready(statement.values(**moved, last_reply_at=at, idle_anchor=heard_at, active_at=at))


def _may_enter(entry: Entry, is_open: ColumnElement[bool], moment: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition under which the thread takes a reply."""
    if entry == "anyway":
        return true()
    if entry == "open":
        return is_open
    return or_(is_open, begun_in_time(moment, bindparam("account", type_=BigInteger)))


def enter_list(session: Session, seen: ThreadSeen, reply: Reply, *, first: bool) -> None:
    """A reply that was not shown is shown now: it counts again, for the thread and for what it stands under.

    One with shown children stood there before, as a stub; but for the `first` time, when it had no number yet.
    """
    _change_thread(session, seen, 1, _later(seen.thread.last_reply_at, reply.created_at), _heard(seen, reply))
    if (first or reply.child_count == 0) and reply.parent_id is not None:
        show_child(session, reply.parent_id)


def leave_list(session: Session, seen: ThreadSeen, reply: Reply, *, heard: bool) -> None:
    """A reply that was shown is not shown now; the thread's silence is measured from the last one that still is.

    `heard` says whether it counted for that.
    """
    last, heard_at = seen.thread.last_reply_at, seen.thread.idle_anchor
    if reply.created_at == last:
        last = queries.last_published_at(session, seen.id)
    if heard and reply.created_at == heard_at:
        heard_at = queries.last_published_at(session, seen.id, heard=True) or seen.thread.published_at
    _change_thread(session, seen, -1, last, heard_at)
    if reply.child_count == 0 and reply.parent_id is not None:
        hide_child(session, reply.parent_id)


def _heard(seen: ThreadSeen, reply: Reply) -> Any:
    return max(seen.thread.idle_anchor, reply.created_at) if reply.is_heard else seen.thread.idle_anchor


def _later(known: Any, at: Any) -> Any:
    return at if known is None else max(known, at)


def _change_thread(session: Session, seen: ThreadSeen, change: int, last: Any, heard_at: Any) -> None:
    """Count, and say since when the thread is silent and what it is sorted by."""
    active_at = max(at for at in (seen.thread.published_at, last, seen.thread.bumped_at) if at is not None)
    session.execute(
        update(Thread).where(col(Thread.id) == seen.id)
        .values(reply_count=Thread.reply_count + change, last_reply_at=last, idle_anchor=heard_at, active_at=active_at)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    session.refresh(seen.thread)


def hand_out_number(session: Session, seen: ThreadSeen) -> int:
    """The next number of a thread, for a reply that is published later than it was submitted."""
    return int(HAND_OUT.scalar(session, {"thread": seen.id}))


def show_child(session: Session, parent_id: int) -> None:
    """One more reply under this one is shown; one that was not shown itself stands there as a stub from now on."""
    stub, children, above = _count_child(session, parent_id, 1)
    if stub and children == 1 and above is not None:
        show_child(session, above)


def hide_child(session: Session, parent_id: int) -> None:
    """One reply fewer under this one is shown; a stub without any goes too."""
    stub, children, above = _count_child(session, parent_id, -1)
    if stub and children == 0 and above is not None:
        hide_child(session, above)


def _count_child(session: Session, parent_id: int, change: int) -> tuple[bool, int, int | None]:
    """Whether the parent is a stub while it has shown children, how many it has now, and its own parent.

    One that was never published has no number to stand under, and no stub.
    """
    asked = {"parent": parent_id, "change": change}
    moderation, number, children, above = COUNT_CHILD.one(session, asked)
    return moderation != "published" and number is not None, children, above
