"""What pages ask about their readers, in one statement each: what every page tells, and what a thread's page shows of
one person beside what all members see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import cast as as_type
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.actor import Actor
from service.kit.clock import DatabaseClock, Instant, retake, to_micros
from service.kit.database.ready import Ready
from service.kit.database.rows import table_of
from service.kit.events import EVENT
from service.moderation.queries.flags import OWN_HERE
from service.notifications.models import Notification, NotificationPreference
from service.notifications.queries.inbox import MOST_COUNTED, joined, shown_to
from service.replies.queries.screens import OWN_IN_PARTICULAR
from service.subscriptions.queries.following import LEVELS_BESIDE, on_category
from service.threads.models import Thread
from service.threads.queries.reactions import IN_THREAD, Own, by_post

ACCOUNT, PREFERENCE, THREAD = table_of(Account), table_of(NotificationPreference), table_of(Thread)
ME: Final = bindparam("account", type_=BigInteger)
HERE: Final = bindparam("thread", type_=BigInteger)
NOTHING: Final = literal("", String)
NO_TIME: Final = as_type(null(), Instant)


@dataclass(frozen=True, slots=True)
class Badge:
    """What every page tells its reader: how many notifications are unread, their name as it is shown, and why mail to
    their address was stopped, if so.
    """

    unread: int
    display_name: str
    mail_stopped: str | None
    email: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a thread's page asks about its reader: the badge, the rows of their levels and read mark, what they said of
    its posts with one button, which they flagged, and whether they read some of the screen `otherwise` than all members
    do: what they wrote and is not published, or has an edit that waits.

    `position` is that of the thread's last event, asked before anything else; `waits` says that another one is
    committed and has none yet.
    """

    position: int
    waits: bool
    badge: Badge
    levels: Sequence[Any]
    said: Own
    flagged: frozenset[int | None]
    otherwise: bool


def badge(session: Session, actor: Actor) -> Badge:
    """The badge of somebody signed in."""
    return _to_badge(_badge(actor.role, actor.scopes, actor.moderated).one(session, {"account": actor.account_id}))


def visitor(session: Session, actor: Actor, thread_id: int, first: int, last: int) -> Visitor:
    """What a page of a thread, with the replies from `first` to `last`, asks about somebody signed in, whether they may
    see the thread or not. Takes `now` too. Who has never flagged anything is not asked for flags.
    """
    asked = {"account": actor.account_id, "thread": thread_id, "first": first, "last": last}
    statement = _visitor(actor.role, actor.scopes, actor.moderated, flags=actor.has_flagged)
    log, told, *rows = statement.all(session, asked)
    if log[0] != "log" or told[0] != "told":  # no order is promised, though both databases keep that of the parts
        log, told, *rows = sorted((log, told, *rows), key=lambda row: (row[0] != "log", row[0] != "told"))
    retake(session, to_micros(log[3]) if log[3] else None)
    said = by_post((row[4], row[1]) for row in rows if row[0] == "said")
    flagged = frozenset(row[4] for row in rows if row[0] == "flagged")
    return Visitor(int(log[4]), log[1] == "waits", _to_badge(told), rows, said, flagged, log[2] == "otherwise")


def _to_badge(row: Sequence[Any]) -> Badge:
    _, stopped, email, _, unread, username, display_name = row
    return Badge(int(unread), display_name or username, stopped, email)


@lru_cache(maxsize=64)
def _badge(role: str, scopes: frozenset[str], moderated: frozenset[int]) -> Ready:
    """Built once for all who stand alike: building it takes a hundred times as long as running it."""
    return Ready(_told(role, scopes, moderated))


def _told(role: str, scopes: frozenset[str], moderated: frozenset[int]) -> Select[Any]:
    # The laws of who sees what take an actor; this one's id is a parameter of the statement.
    actor = Actor(cast(int, ME), None, role, scopes=scopes, moderated=moderated)
    unread = joined(select(col(Notification.id))).where(shown_to(actor), col(Notification.read_at).is_(None))
    counted = select(func.count()).select_from(unread.limit(MOST_COUNTED).subquery()).scalar_subquery()
    stopped = and_(PREFERENCE.c.account_id == ACCOUNT.c.id, PREFERENCE.c.mail_stopped_at.is_not(None))
    return (
        select(
            literal("told", String), PREFERENCE.c.mail_stopped_because, ACCOUNT.c.email, NO_TIME,
            counted, ACCOUNT.c.username, ACCOUNT.c.display_name,
        )
        .outerjoin(PREFERENCE, stopped)
        .where(ACCOUNT.c.id == ME)
    )  # fmt: skip


@lru_cache(maxsize=64)
def _visitor(role: str, scopes: frozenset[str], moderated: frozenset[int], *, flags: bool) -> Ready:
    said, own = IN_THREAD.subquery(), OWN_HERE.subquery()
    parts = [_log(), _told(role, scopes, moderated), *_levels()]
    parts.append(select(literal("said", String), said.c.name, NOTHING, NO_TIME, said.c.reply_id, NOTHING, NOTHING))
    if flags:
        parts.append(select(literal("flagged", String), NOTHING, NOTHING, NO_TIME, own.c.reply_id, NOTHING, NOTHING))
    return Ready(union_all(*parts))


def _log() -> Select[Any]:
    """How far the log tells of the thread, whether its reader sees it as all do, and the database's clock."""
    last = select(EVENT.c.position).where(EVENT.c.thread_id == HERE, EVENT.c.position.is_not(None))
    last_position = last.order_by(EVENT.c.position.desc()).limit(1).scalar_subquery()
    waits = exists().where(EVENT.c.position.is_(None), EVENT.c.thread_id == HERE)
    edited = exists().where(THREAD.c.id == HERE, THREAD.c.author_id == ME, THREAD.c.edit_waits)
    otherwise = or_(OWN_IN_PARTICULAR.exists(), edited)
    return select(
        literal("log", String), case((waits, "waits"), else_=""), case((otherwise, "otherwise"), else_=""),
        type_coerce(DatabaseClock(), Instant), func.coalesce(last_position, 0), NOTHING, NOTHING,
    )  # fmt: skip


def _levels() -> Iterable[Select[Any]]:
    """The parts of ALL_LEVELS, with the thread's category looked up: nobody has loaded it yet."""
    category = select(THREAD.c.category_id).where(THREAD.c.id == HERE).scalar_subquery()
    return *LEVELS_BESIDE, on_category(category)
