"""Every SELECT of replies; every load takes the actor and goes through the thread the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, literal, or_, select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.kit.actor import Actor
from service.kit.database.rows import stored_id, table_of
from service.kit.errors import NotFound
from service.replies.models import Reply
from service.threads.models import Thread
from service.threads.queries.loads import ThreadSeen, lock_thread, seen_by


@dataclass(frozen=True, slots=True)
class ReplySeen:
    """A reply as an actor sees it: the row, the names shown, and the number of the reply it stands under."""

    reply: Reply
    author_username: str | None
    author_name: str | None

    @property
    def id(self) -> int:
        """The reply's id."""
        return stored_id(self.reply.id)

    @property
    def is_stub(self) -> bool:
        """Whether it was deleted and stays only because others answered it."""
        return self.reply.moderation == "trashed"


def listed() -> ColumnElement[bool]:
    """Which replies stand in the list: published ones, and stubs under which something is shown."""
    return or_(
        col(Reply.moderation) == "published",
        and_(col(Reply.moderation) == "trashed", col(Reply.child_count) > 0),
    )


def select_seen() -> Select[*tuple[Any, ...]]:
    """The columns of a ReplySeen."""
    return select(Reply, col(Account.username), col(Account.display_name)).outerjoin(
        Account, col(Account.id) == Reply.author_id
    )


def to_seen(row: Any) -> ReplySeen:
    """A row of `select_seen` as a ReplySeen."""
    reply, username, display_name = row
    return ReplySeen(reply, username, display_name or username)


def list_replies(
    session: Session, thread_id: int, *, after: int, limit: int, descending: bool = False
) -> Sequence[ReplySeen]:
    """Up to `limit + 1` replies of a thread that the caller has loaded, by number, past the number `after`."""
    number = col(Reply.number)
    limit_number = literal(after, BigInteger)  # a cursor may hold more than the column can
    past = number < limit_number if descending else number > limit_number
    query = select_seen().where(col(Reply.thread_id) == thread_id, past, listed())
    rows = session.execute(query.order_by(number.desc() if descending else number).limit(limit + 1))
    return [to_seen(row) for row in rows]


def replies_between(session: Session, thread_id: int, first: int, last: int) -> Sequence[ReplySeen]:
    """The replies of a thread that the caller has loaded, with numbers from `first` to `last`: one screen."""
    asked = {"thread": thread_id, "first": first, "last": last}
    return [to_seen(row) for row in session.execute(SCREEN, asked)]


# Built once: the screen, because every page shows one; the names, because every reply is shown to its author.
SCREEN = (
    select_seen()
    .where(col(Reply.thread_id) == bindparam("thread"), listed())
    .where(col(Reply.number).between(bindparam("first"), bindparam("last")))
    .order_by(col(Reply.number))
)
ACCOUNT = table_of(Account)
NAMES = select(ACCOUNT.c.username, ACCOUNT.c.display_name).where(ACCOUNT.c.id == bindparam("account"))


def just_posted(session: Session, reply: Reply) -> ReplySeen:
    """A reply that this unit of work has stored, as its author sees it."""
    username, display_name = session.execute(NAMES, {"account": reply.author_id}).one()
    return ReplySeen(reply, username, display_name or username)


def numbers_of(session: Session, reply_ids: Sequence[int]) -> dict[int, int]:
    """The numbers of these replies by id: for "in reply to #12" where the parent is on another screen."""
    if not reply_ids:
        return {}
    rows = session.execute(select(col(Reply.id), col(Reply.number)).where(col(Reply.id).in_(reply_ids)))
    return {stored_id(row[0]): row[1] for row in rows}


def get_reply(session: Session, actor: Actor, reply_id: int) -> ReplySeen:
    """The reply, if it is listed in a thread that exists for this actor; NotFound otherwise."""
    return _first(session, actor, col(Reply.id) == reply_id)


def get_reply_by_number(session: Session, actor: Actor, thread_id: int, number: int) -> ReplySeen:
    """The reply with this number in this thread; NotFound as `get_reply`. A form's number may exceed the column."""
    wanted = literal(number, BigInteger)
    return _first(session, actor, and_(col(Reply.thread_id) == thread_id, col(Reply.number) == wanted))


def lock_reply(session: Session, actor: Actor, reply_id: int) -> tuple[ThreadSeen, ReplySeen]:
    """A reply and its thread, with the thread's row held: everything that changes in a thread does so in turn.

    Only published replies: a stub is not there for one who would change it.
    """
    thread_id = session.execute(select(col(Reply.thread_id)).where(col(Reply.id) == reply_id)).scalar_one_or_none()
    if thread_id is None:
        raise NotFound("There is no such reply")
    seen = lock_thread(session, actor, thread_id)
    found = _first(session, actor, and_(col(Reply.id) == reply_id, col(Reply.moderation) == "published"))
    return seen, found


def _first(session: Session, actor: Actor, which: ColumnElement[bool]) -> ReplySeen:
    query = (
        select_seen()
        .join(Thread, col(Thread.id) == Reply.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .where(which, listed(), seen_by(actor))
        .execution_options(populate_existing=True)  # under the lock nothing counts that was read before it
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound("There is no such reply")
    return to_seen(row)


def find_parent(session: Session, thread_id: int, reply_id: int) -> Reply | None:
    """The published reply with this id in this thread; None when there is none to answer."""
    query = select(Reply).where(
        col(Reply.id) == reply_id, col(Reply.thread_id) == thread_id, col(Reply.moderation) == "published"
    )
    return session.execute(query).scalar_one_or_none()


def last_published_at(session: Session, thread_id: int, *, while_open: bool = False) -> Any:
    """When the last published reply was posted; None when there is none. `while_open` passes over the moderators' ones
    in a closed thread.
    """
    query = select(col(Reply.created_at)).where(col(Reply.thread_id) == thread_id, col(Reply.moderation) == "published")
    if while_open:
        query = query.where(~col(Reply.posted_while_closed))
    return session.execute(query.order_by(col(Reply.number).desc()).limit(1)).scalar_one_or_none()
