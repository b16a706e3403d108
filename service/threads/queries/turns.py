"""What one person did in threads, as far as it decides whether they may reply there now. Nothing is asked where slow
mode is off and no thread has just closed.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, column, exists, func, select, table
from sqlmodel import Session

from service.kit.actor import Actor
from service.kit.clock import Instant, now
from service.threads.policy.turns import NO_TURN, Turn, grace_ends, is_slowed, slow_mode_of
from service.threads.queries.law import SITE, THREAD, effective_close_at, micros
from service.threads.queries.loads import ThreadSeen

# Named, not imported: the rooms of replies and drafts stand above this one.
REPLY = table("reply", column("thread_id", BigInteger), column("author_id", BigInteger), column("created_at", Instant))
DRAFT = table("draft", column("thread_id", BigInteger), column("account_id", BigInteger), column("created_at", Instant))


def turn_of(session: Session, actor: Actor, seen: ThreadSeen) -> Turn:
    """What bears on this actor's next reply to a thread; one query for each of both that does, and mostly none."""
    return turns_of(session, actor, (seen,)).get(seen.id, NO_TURN)


def turns_of(session: Session, actor: Actor, threads: Iterable[ThreadSeen]) -> dict[int, Turn]:
    """The same for several threads, by id, with as many queries; those without any are left out."""
    slowed, late = [], []
    for seen in threads:
        if is_slowed(actor, seen.thread) and slow_mode_of(seen.thread, seen.category, seen.site, now(session)):
            slowed.append(seen.id)
        if actor.has_drafts and seen.site.close_grace and _has_just_closed(session, seen):
            late.append(seen.id)
    if not (slowed or late):
        return {}
    replied, begun = _newest(session, _replied(), actor, slowed), _newest(session, _begun(), actor, late)
    return {each: Turn(replied.get(each), begun.get(each)) for each in {*replied, *begun}}


def begun_in_time(moment: ColumnElement[int], account: ColumnElement[int]) -> ColumnElement[bool]:
    """The grace in SQL, for the statement that stores a reply: whether the account began to write to the row of
    `thread` at hand before it closed, and that was no longer ago than the site's grace at `moment` (microseconds).

    The same as `policy.turns.in_grace`, but for the archive, which the statement asks for itself.
    """
    grace = select(SITE.c.close_grace).where(SITE.c.id == 1).scalar_subquery()
    mine = and_(DRAFT.c.account_id == account, DRAFT.c.thread_id == THREAD.c.id)
    began = exists().where(mine, micros(DRAFT.c.created_at) < effective_close_at(moment)).correlate(THREAD)
    return and_(effective_close_at(moment) + grace > moment, began)


def _has_just_closed(session: Session, seen: ThreadSeen) -> bool:
    closed_at, at = seen.closing.at, now(session)
    return closed_at is not None and closed_at <= at < grace_ends(closed_at, seen.site)


def _newest(session: Session, query: Select[Any], actor: Actor, thread_ids: Sequence[int]) -> dict[int, Any]:
    if not thread_ids:
        return {}
    found = session.execute(query, {"account": actor.account_id, "threads": thread_ids})
    return {int(thread_id): at for thread_id, at in found}


@cache
def _replied() -> Select[Any]:
    """When somebody last replied to some threads: with whatever became of the reply since."""
    mine = REPLY.c.author_id == bindparam("account", type_=BigInteger)
    these = REPLY.c.thread_id.in_(bindparam("threads", expanding=True, type_=BigInteger))
    return select(REPLY.c.thread_id, func.max(REPLY.c.created_at)).where(mine, these).group_by(REPLY.c.thread_id)


@cache
def _begun() -> Select[Any]:
    """When somebody began what they are writing in some threads."""
    mine = DRAFT.c.account_id == bindparam("account", type_=BigInteger)
    these = DRAFT.c.thread_id.in_(bindparam("threads", expanding=True, type_=BigInteger))
    return select(DRAFT.c.thread_id, DRAFT.c.created_at).where(mine, these)
