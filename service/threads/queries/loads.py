"""Loading one thread with what its state depends on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.categories.policy import also_visible, moderated_by, visible_to
from service.categories.queries import visible
from service.kit.actor import Actor
from service.kit.clock import MICROSECOND, Instant, from_micros, now, retake
from service.kit.database.rows import among, stored_id
from service.kit.errors import NotFound
from service.screening.policy import SEEN_BY_AUTHOR, may_read
from service.site.models import Site
from service.threads.models import Thread
from service.threads.policy import Closing, effective_closing, reopening, state_of
from service.threads.policy.turns import slow_mode_of
from service.threads.queries.law import Term, joined, reached_at

Closer = aliased(Account)


@dataclass(frozen=True, slots=True)
class ThreadSeen:
    """A thread as an actor sees it: the row with its category, the site, and the names that are shown.

    `moment` says the instant of the unit of work that loaded it, at which its closing is looked at. `stands_first`: it
    was loaded as one of the pinned ones of a list.
    """

    thread: Thread
    category: Category
    site: Site
    author_username: str | None
    author_name: str | None
    closer_username: str | None
    closer_name: str | None
    reached_at: datetime | None
    moment: Callable[[], datetime]
    stands_first: bool = False

    @property
    def id(self) -> int:
        """The thread's id."""
        return stored_id(self.thread.id)

    @property
    def closing(self) -> Closing:
        """When it closes or closed, and why, as it stands now."""
        return self.closing_at(self.moment())

    def closing_at(self, at: datetime) -> Closing:
        """When it closes or closed, and why, as it stands at another instant."""
        return effective_closing(self.thread, self.category, self.site, self.reached_at, at)

    @property
    def reopens_at(self) -> datetime | None:
        """When closings of this thread end, as its terms say; it may have passed, and need open nothing."""
        return reopening(self.thread, self.category, self.site)

    def opens_at(self, at: datetime) -> datetime | None:
        """When the closing that stands at `at`, or the next one, ends by itself; None when it lasts, or none comes."""
        closes, opens = self.closing_at(at).at, self.reopens_at
        if closes is None or opens is None or opens <= max(at, closes):
            return None
        return None if self.closing_at(opens).is_closed(opens) else opens

    def opened_at(self, at: datetime) -> datetime | None:
        """When a closing last ended by itself, if one has by `at`."""
        opens = self.reopens_at
        if opens is None or opens > at or not self.closing_at(opens - MICROSECOND).is_closed(opens - MICROSECOND):
            return None
        return None if self.closing_at(opens).is_closed(opens) else opens

    def slow_mode(self, at: datetime) -> timedelta | None:
        """How long a member waits between two replies here; None where nobody waits."""
        return slow_mode_of(self.thread, self.category, self.site, at)

    def state(self, now: datetime) -> str:
        """`open`, `closed` or `archived` at `now`."""
        return state_of(self.thread, self.closing, now)


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Which threads exist for this actor, in the categories they may see: see `screening.policy.may_read`."""
    return and_(visible(actor), _read_by(actor))


def listed_for(actor: Actor) -> ColumnElement[bool]:
    """Which of those stand in lists: published ones, and waiting ones for their authors and moderators."""
    waiting = col(Thread.moderation) == "pending"
    if not actor.moderates_all:
        quiet = and_(col(Thread.is_quiet), col(Thread.author_id) == actor.account_id)  # waits, as its author is told
        waiting = or_(and_(waiting, _concerns(actor)), quiet) if actor.signed_in else false()
    return and_(visible(actor), or_(col(Thread.moderation) == "published", waiting))


def _read_by(actor: Actor) -> ColumnElement[bool]:
    if actor.moderates_all:
        return col(Thread.moderation) != "trashed"
    if not actor.signed_in:
        return col(Thread.moderation) == "published"
    told = or_(among(col(Thread.moderation), SEEN_BY_AUTHOR), col(Thread.is_quiet))
    own = and_(col(Thread.author_id) == actor.account_id, told)
    read = or_(col(Thread.moderation) == "published", own)
    some = moderated_by(actor)
    return or_(read, and_(among(col(Thread.category_id), some), col(Thread.moderation) != "trashed")) if some else read


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """Which waiting threads are the actor's own, or in a category that they moderate."""
    own, some = col(Thread.author_id) == actor.account_id, moderated_by(actor)
    return or_(own, col(Thread.category_id).in_(some)) if some else own


def select_seen(term: Term = joined) -> Select[*tuple[Any, ...]]:
    """The columns of a ThreadSeen; `term` is where its closing terms come from."""
    return (
        select(
            Thread,
            Category,
            Site,
            col(Account.username),
            col(Account.display_name),
            col(Closer.username),
            col(Closer.display_name),
            reached_at(term("close_after_replies")),
        )
        .join(Category, col(Category.id) == Thread.category_id)
        .join(Site, col(Site.id) == 1)
        .outerjoin(Account, col(Account.id) == Thread.author_id)
        .outerjoin(Closer, col(Closer.id) == Thread.closed_by_id)
    )


def to_seen(session: Session, row: Any) -> ThreadSeen:
    """A row of `select_seen`, which this session found, as a ThreadSeen."""
    thread, category, site, username, display_name, closer, closer_name, reached = row
    name = display_name or username or thread.author_name
    then = None if reached is None else from_micros(reached)
    moment = partial(now, session)
    return ThreadSeen(thread, category, site, username, name, closer, closer_name or closer, then, moment)


def get_thread(session: Session, actor: Actor, thread_id: int, *, in_trash: bool = False) -> ThreadSeen:
    """The thread, if it exists for this actor; NotFound otherwise. `in_trash`: a moderator finds deleted ones too."""
    asked = _select_one(visible_to(actor), also_visible(actor))
    row = session.execute(asked, {"thread_id": thread_id}).first()
    if row is None:
        raise NotFound("There is no such thread")
    here, thread = actor.within(row[0].category_id), row[0]
    if not (may_read(here, thread, thread.author_id) or _finds(here, thread, in_trash)):
        raise NotFound("There is no such thread")
    return to_seen(session, row)


def _finds(actor: Actor, thread: Thread, in_trash: bool) -> bool:
    """Whether somebody who looks into the trash finds this there."""
    return in_trash and actor.moderates and thread.purged_at is None


@cache
def _select_one(shown: tuple[str, ...], also: tuple[int, ...]) -> Select[*tuple[Any, ...]]:
    """Built once for each set of categories: building it costs three times what running it does."""
    this = col(Thread.id) == bindparam("thread_id", type_=BigInteger)
    within = col(Category.visibility).in_(shown)
    either = or_(within, col(Category.id).in_(also)) if also else within
    return select_seen().where(this, either).execution_options(populate_existing=True)


LOCK = (
    select(col(Thread.id))
    .where(col(Thread.id) == bindparam("thread_id", type_=BigInteger))
    .with_for_update(key_share=True)
)


def lock_thread(session: Session, actor: Actor, thread_id: int, *, in_trash: bool = False) -> ThreadSeen:
    """As `get_thread`, with the thread's row held to the end of the transaction and `now` taken after that.

    Whoever decides by the thread's state loads it so: two who decide at once do it one after the other. The row is
    locked first and everything is read afterwards: PostgreSQL would give the thread as it is after waiting for the
    lock, but category and site, whose policies decide too, as they were before. On SQLite the writer holds all rows.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(LOCK, {"thread_id": thread_id})
    seen = get_thread(session, actor, thread_id, in_trash=in_trash)
    retake(session)
    return seen


AUTHOR = select(col(Account.id)).where(col(Account.id) == bindparam("author", type_=BigInteger))
LOCK_AUTHOR = AUTHOR.with_for_update(key_share=True)
SAME = (
    select(col(Thread.id), col(Thread.slug))
    .where(
        col(Thread.author_id) == bindparam("author", type_=BigInteger),
        col(Thread.text_hash) == bindparam("mark", type_=BigInteger),
        col(Thread.created_at) > bindparam("since", type_=Instant),
        col(Thread.moderation) != "trashed",
    )
    .order_by(col(Thread.id))
    .limit(1)
)


def find_same(session: Session, actor: Actor, mark: int, since: datetime) -> str | None:
    """The address of a thread with this title and text that this actor opened after `since`; None: there is none.

    Two that are opened at once do it one after the other: their author's row is held. What its author has deleted since
    does not count, so that it can be opened once more.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(LOCK_AUTHOR, {"author": actor.account_id})
    found = session.execute(SAME, {"author": actor.account_id, "mark": mark, "since": since}).first()
    return None if found is None else f"/t/{found[0]}/{found[1]}"
