"""Loading one reply, through the thread that the actor may see."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, func, literal, or_, select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.categories.policy import moderated_by
from service.kit.actor import Actor
from service.kit.clock import Instant
from service.kit.database.ready import Ready
from service.kit.database.rows import stored_id, table_of
from service.kit.errors import NotFound
from service.replies.models import Reply
from service.replies.policy import may_read
from service.screening.policy import SEEN_BY_AUTHOR, told_to
from service.screening.policy.editing import knows_of_edit
from service.threads.models import Thread
from service.threads.queries.law import micros
from service.threads.queries.loads import ThreadSeen, lock_thread, seen_by


@dataclass(frozen=True, slots=True)
class ReplySeen:
    """A reply as an actor sees it: the row, the names shown, and whether it is a stub: not shown itself, but others
    that answered it are. `category_id` is its thread's, where the reply was loaded by itself; `moderation` is its state
    as the actor is told it, `edit_waits` whether an edit of it waits that the actor knows of.
    """

    reply: Reply
    author_username: str | None
    author_name: str | None
    is_stub: bool = False
    category_id: int | None = None
    told: str | None = None
    edit_waits: bool = False

    @property
    def moderation(self) -> str:
        """The reply's state, as the actor is told it."""
        return self.told or self.reply.moderation

    @property
    def id(self) -> int:
        """The reply's id."""
        return stored_id(self.reply.id)


def listed(actor: Actor) -> ColumnElement[bool]:
    """Which numbered replies stand in the list for this actor: published ones, stubs under which something is shown,
    and what else they may read, except what moderators find in the trash. `actor` is as they stand in the thread's
    category.
    """
    shown = or_(col(Reply.moderation) == "published", and_(col(Reply.number).is_not(None), col(Reply.child_count) > 0))
    if actor.moderates:
        return or_(shown, col(Reply.moderation) != "trashed")
    return or_(shown, _own(actor)) if actor.signed_in else shown


def seen(actor: Actor) -> ColumnElement[bool]:
    """Which replies exist for this actor in a thread that does: the listed ones, and the ones they may read.

    `actor` is as they stand in the thread's category.
    """
    if actor.moderates:
        return or_(listed(actor), col(Reply.moderation) != "trashed")
    return or_(listed(actor), _own(actor)) if actor.signed_in else listed(actor)


def _own(actor: Actor) -> ColumnElement[bool]:
    told = or_(col(Reply.moderation).in_(SEEN_BY_AUTHOR), col(Reply.is_quiet))
    return and_(col(Reply.author_id) == actor.account_id, told)


def select_seen() -> Select[*tuple[Any, ...]]:
    """The columns of a ReplySeen."""
    return select(Reply, col(Account.username), col(Account.display_name)).outerjoin(
        Account, col(Account.id) == Reply.author_id
    )


def to_seen(actor: Actor, row: Any) -> ReplySeen:
    """A row of `select_seen` as a ReplySeen."""
    reply, username, display_name = row
    name, told = display_name or username or reply.author_name, told_to(actor, reply)
    edit_waits = knows_of_edit(actor, reply)
    return ReplySeen(reply, username, name, not may_read(actor, reply), told=told, edit_waits=edit_waits)


ACCOUNT, REPLY = table_of(Account), table_of(Reply)


def just_posted(actor: Actor, reply: Reply) -> ReplySeen:
    """A reply that the actor has posted in this unit of work, as they see it."""
    name = actor.display_name or actor.username
    return ReplySeen(reply, actor.username, name, told="pending" if reply.is_quiet else None)


def get_reply(session: Session, actor: Actor, reply_id: int) -> ReplySeen:
    """The reply, if it exists for this actor in a thread that does; NotFound otherwise."""
    return _first(session, actor, col(Reply.id) == reply_id)


def get_reply_by_number(session: Session, actor: Actor, thread_id: int, number: int) -> ReplySeen:
    """The reply with this number in this thread; NotFound as `get_reply`. A form's number may exceed the column."""
    wanted = literal(number, BigInteger)
    return _first(session, actor, and_(col(Reply.thread_id) == thread_id, col(Reply.number) == wanted))


def lock_reply(
    session: Session, actor: Actor, reply_id: int, *, in_trash: bool = False
) -> tuple[ThreadSeen, ReplySeen]:
    """A reply and its thread, with the thread's row held: everything that changes in a thread does so in turn.

    A stub is not there for one who would change it; with `in_trash` a moderator finds it, and what is deleted.
    """
    thread_id = session.execute(select(col(Reply.thread_id)).where(col(Reply.id) == reply_id)).scalar_one_or_none()
    if thread_id is None:
        raise NotFound("There is no such reply")
    thread = lock_thread(session, actor, thread_id, in_trash=in_trash)
    if in_trash and actor.moderates_in(thread.thread.category_id):
        reply, *names, _ = session.execute(_select(col(Reply.id) == reply_id)).one()
        if reply.purged_at is not None:
            raise NotFound("There is no such reply")
        return thread, replace(to_seen(actor.within(thread.thread.category_id), (reply, *names)), is_stub=False)
    found = get_reply(session, actor, reply_id)
    if found.is_stub:
        raise NotFound("There is no such reply")
    return thread, found


def _first(session: Session, actor: Actor, which: ColumnElement[bool]) -> ReplySeen:
    row = session.execute(_select(which, _seen_anywhere(actor), seen_by(actor))).first()
    if row is None:
        raise NotFound("There is no such reply")
    *found, category_id = row
    return replace(to_seen(actor.within(category_id), found), category_id=category_id)


def _seen_anywhere(actor: Actor) -> ColumnElement[bool]:
    """As `seen`, where the statement has the thread's category to ask of."""
    some = moderated_by(actor)
    if not some:
        return seen(actor)
    there = and_(col(Thread.category_id).in_(some), seen(actor.within(some[0])))
    return or_(seen(actor), there)


def _select(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select_seen()
        .add_columns(col(Thread.category_id))
        .join(Thread, col(Thread.id) == Reply.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .where(*which)
        .execution_options(populate_existing=True)  # under the lock nothing counts that was read before it
    )


def ids_in_thread(thread_id: int) -> Select[Any]:
    """The ids of all replies of a thread, in whatever state, as a subquery."""
    return select(col(Reply.id)).where(col(Reply.thread_id) == thread_id)


def find_parent(session: Session, thread_id: int, reply_id: int) -> Reply | None:
    """The published reply with this id in this thread; None when there is none to answer."""
    query = select(Reply).where(
        col(Reply.id) == reply_id, col(Reply.thread_id) == thread_id, col(Reply.moderation) == "published"
    )
    return session.execute(query).scalar_one_or_none()


def last_published_at(session: Session, thread_id: int, *, heard: bool = False) -> Any:
    """The latest time of a reply that is published now; None when there is none. With `heard`, of those that count for
    the thread's silence.
    """
    query = select(func.max(Reply.created_at)).where(
        col(Reply.thread_id) == thread_id, col(Reply.moderation) == "published"
    )
    return session.execute(query.where(col(Reply.is_heard)) if heard else query).scalar_one_or_none()


SAME: Final = Ready(
    select(REPLY.c.id, REPLY.c.number)
    .where(
        REPLY.c.author_id == bindparam("author", type_=BigInteger),
        REPLY.c.thread_id == bindparam("thread", type_=BigInteger),
        REPLY.c.text_hash == bindparam("mark", type_=BigInteger),
        micros(REPLY.c.created_at) + 0 > bindparam("since", type_=Instant),  # + 0: found by its text, not by its time
        REPLY.c.moderation != "trashed",
    )
    .order_by(REPLY.c.id)
    .limit(1)
)


def find_same(
    session: Session, actor: Actor, thread_id: int, mark: int, since: datetime
) -> tuple[int, int | None] | None:
    """The id and number of a reply with this text by this actor in this thread, posted after `since`; None: there is
    none. What its author has deleted since does not count, so that it can be posted once more.
    """
    asked = {"author": actor.account_id, "thread": thread_id, "mark": mark, "since": since}
    found = SAME.first(session, asked)
    return None if found is None else (found[0], found[1])
