"""Flags: somebody's own, those of a post, and what they come to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, case, func, or_, select, union_all
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.actor import Actor
from service.kit.database.rows import table_of
from service.moderation.models import DISMISSED, UPHELD, Flag

FLAG: Final = table_of(Flag)
Post = tuple[int, int | None]
"""A post: its thread's id, and its own where it is a reply."""

MOST_SHOWN: Final = 50
"""Flags of one post that a page of the queue shows, the newest first; how many there are, the review says."""


@dataclass(frozen=True, slots=True)
class FlagSeen:
    """A flag and the names of who raised it."""

    flag: Flag
    username: str
    name: str

    @property
    def post(self) -> Post:
        """What was flagged."""
        return self.flag.thread_id, self.flag.reply_id


@dataclass(frozen=True, slots=True)
class Tally:
    """What the unresolved flags of a post come to: how many, their weight in hundredths, and their reasons, the most
    frequent first.
    """

    count: int
    weight: int
    reasons: tuple[str, ...]


def of_post(thread_id: int, reply_id: int | None) -> ColumnElement[bool]:
    """The flags of one post."""
    reply = col(Flag.reply_id) == reply_id if reply_id else col(Flag.reply_id).is_(None)
    return and_(col(Flag.thread_id) == thread_id, reply)


def own_flags(session: Session, actor: Actor, post: Post) -> Sequence[Flag]:
    """The actor's flags of a post, the newest first."""
    query = select(Flag).where(of_post(*post), col(Flag.account_id) == actor.account_id)
    query = query.order_by(col(Flag.id).desc()).execution_options(populate_existing=True)
    return session.execute(query).scalars().all()


def unresolved_flags(session: Session, post: Post) -> Sequence[Flag]:
    """The flags of a post that nobody has decided about, the oldest first."""
    query = select(Flag).where(of_post(*post), col(Flag.resolved_at).is_(None)).order_by(col(Flag.id))
    return session.execute(query.execution_options(populate_existing=True)).scalars().all()


def tally(session: Session, post: Post) -> Tally:
    """What the unresolved flags of a post come to, counted anew."""
    query = (
        select(col(Flag.reason), func.count().label("people"), func.sum(Flag.weight))
        .where(of_post(*post), col(Flag.resolved_at).is_(None))
        .group_by(col(Flag.reason))
        .order_by(func.count().desc(), col(Flag.reason))
    )
    found = session.execute(query).all()
    return Tally(sum(row[1] for row in found), sum(int(row[2]) for row in found), tuple(row[0] for row in found))


def record_of(session: Session, account_id: int) -> tuple[int, int]:
    """How many of somebody's flags moderators upheld, and about how many they decided."""
    upheld = func.coalesce(func.sum(case((col(Flag.outcome) == UPHELD, 1), else_=0)), 0)
    decided = col(Flag.outcome).in_((UPHELD, DISMISSED))
    found = session.execute(select(upheld, func.count()).where(col(Flag.account_id) == account_id, decided)).one()
    return int(found[0]), int(found[1])


def raised_since(session: Session, account_id: int, since: datetime, most: int) -> Sequence[datetime]:
    """When somebody raised their last flags, the newest first: those after `since`, at most `most`."""
    query = select(col(Flag.made_at)).where(col(Flag.account_id) == account_id, col(Flag.made_at) > since)
    return session.execute(query.order_by(col(Flag.made_at).desc()).limit(most)).scalars().all()


def flags_by(session: Session, decision_id: int) -> Sequence[Flag]:
    """The flags that a decision resolved."""
    query = select(Flag).where(col(Flag.decision_id) == decision_id).order_by(col(Flag.id))
    return session.execute(query.execution_options(populate_existing=True)).scalars().all()


# Built once: a thread's page runs it for everybody who has ever flagged. Each half is a search in a partial index.
OWN_HERE: Final = union_all(
    select(FLAG.c.reply_id).where(
        FLAG.c.account_id == bindparam("account", type_=BigInteger),
        FLAG.c.thread_id == bindparam("thread", type_=BigInteger),
        FLAG.c.resolved_at.is_(None),
        FLAG.c.reply_id.is_(None),
    ),
    select(FLAG.c.reply_id).where(
        FLAG.c.account_id == bindparam("account", type_=BigInteger),
        FLAG.c.thread_id == bindparam("thread", type_=BigInteger),
        FLAG.c.resolved_at.is_(None),
        FLAG.c.reply_id.is_not(None),
    ),
)


def flags_of(session: Session, posts: Iterable[Post]) -> Mapping[Post, Sequence[FlagSeen]]:
    """The flags of these posts, also those decided about, the newest first; for moderators. One query for a page."""
    wanted = [of_post(*post) for post in posts]
    found: defaultdict[Post, list[FlagSeen]] = defaultdict(list)
    for row in session.execute(_select().where(or_(*wanted))) if wanted else ():
        seen = to_flag(row)
        if len(found[seen.post]) < MOST_SHOWN:
            found[seen.post].append(seen)
    return found


def list_flags(session: Session, post: Post, before: int | None, limit: int) -> Sequence[FlagSeen]:
    """Up to `limit + 1` flags of a post, the newest first, with ids below `before`."""
    query = _select().where(of_post(*post))
    query = query if before is None else query.where(col(Flag.id) < before)
    return [to_flag(row) for row in session.execute(query.limit(limit + 1))]


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(Flag, col(Account.username), col(Account.display_name))
        .join(Account, col(Account.id) == Flag.account_id)
        .order_by(col(Flag.id).desc())
    )


def to_flag(row: Any) -> FlagSeen:
    """A row of `_select` as a FlagSeen."""
    flag, username, display_name = row
    return FlagSeen(flag, username, display_name or username)
