"""Every SELECT of drafts. A draft is its writer's alone, so every load is by the account that asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, case, exists, func, literal, null, select, tuple_
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.drafts.models import Draft
from service.kit.actor import Actor
from service.kit.clock import Instant, to_micros
from service.kit.database.rows import stored_id, table_of
from service.threads.models import Thread
from service.threads.queries.law import micros
from service.threads.queries.loads import seen_by

ACCOUNT, DRAFT = table_of(Account), table_of(Draft)
HOLD = select(ACCOUNT.c.id).where(ACCOUNT.c.id == bindparam("account")).with_for_update(key_share=True)
MINE = select(Draft).where(
    col(Draft.account_id) == bindparam("account", type_=BigInteger),
    col(Draft.thread_id) == bindparam("thread", type_=BigInteger),
)
HAS_ANY = exists(select(DRAFT.c.id).where(DRAFT.c.account_id == ACCOUNT.c.id))
EXCERPT = 300
"""Characters of a draft that a list shows."""


@dataclass(frozen=True, slots=True)
class DraftSeen:
    """A draft with its thread's title and slug, both None where its writer may not see the thread any more."""

    thread_id: int
    parent_id: int | None
    body: str
    created_at: datetime
    updated_at: datetime
    id: int
    title: str | None
    slug: str | None


def sort_key(found: DraftSeen) -> tuple[int, int]:
    """The key of a draft in the list, for a cursor."""
    return to_micros(found.updated_at), found.id


def own_draft(session: Session, actor: Actor, thread_id: int) -> Draft | None:
    """What the actor has begun in a thread; None where there is nothing. Costs no query to who has no drafts at all."""
    if not actor.has_drafts:
        return None
    return session.scalars(MINE, {"account": actor.account_id, "thread": thread_id}).first()


def find_own(session: Session, actor: Actor, thread_id: int) -> DraftSeen | None:
    """As `own_draft`, with what is shown of the thread; also in the unit of work that has just begun the first one."""
    row = session.execute(_select(actor, col(Draft.body)).where(col(Draft.thread_id) == thread_id)).first()
    return None if row is None else DraftSeen(*row)


def list_drafts(
    session: Session, actor: Actor, after: tuple[int, ...] | None, limit: int, *, excerpts: bool = False
) -> Sequence[DraftSeen]:
    """The actor's drafts, the last changed first, past the key `after`; at most `limit + 1`.

    With `excerpts` the bodies are their first 300 characters.
    """
    order = micros(Draft.updated_at)
    body = func.substr(col(Draft.body), 1, EXCERPT) if excerpts else col(Draft.body)
    query = _select(actor, body)
    if after is not None:
        query = query.where(tuple_(order, Draft.id) < tuple_(*(literal(part, BigInteger) for part in after)))
    rows = session.execute(query.order_by(order.desc(), col(Draft.id).desc()).limit(limit + 1))
    return [DraftSeen(*row) for row in rows]


def _select(actor: Actor, body: Any) -> Select[*tuple[Any, ...]]:
    seen = seen_by(actor)
    return (
        select(
            col(Draft.thread_id), col(Draft.parent_id), body, col(Draft.created_at), col(Draft.updated_at),
            col(Draft.id), case((seen, col(Thread.title)), else_=null()), case((seen, col(Thread.slug)), else_=null()),
        )
        .join(Thread, col(Thread.id) == Draft.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .where(col(Draft.account_id) == actor.account_id)
    )  # fmt: skip


def hold_owner(session: Session, account_id: int) -> None:
    """Hold the account's row to the end of the transaction: what changes in one person's drafts does so in turn."""
    session.execute(HOLD, {"account": account_id})


def past_the_newest(session: Session, account_id: int, most: int) -> Sequence[int]:
    """The ids of an account's drafts but for the `most` that were changed last."""
    newest = col(Draft.updated_at).desc(), col(Draft.id).desc()
    mine = select(col(Draft.id)).where(col(Draft.account_id) == account_id)
    kept = mine.order_by(*newest).limit(most)
    return [stored_id(each) for each in session.scalars(mine.where(col(Draft.id).not_in(kept)))]


def owners_of_older(session: Session, until: datetime, limit: int) -> Sequence[int]:
    """Up to `limit` accounts that have drafts which nobody has changed since `until`."""
    old = select(col(Draft.account_id)).where(col(Draft.updated_at) < literal(until, Instant))
    return session.scalars(old.distinct().limit(limit)).all()
