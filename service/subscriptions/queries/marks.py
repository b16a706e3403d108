"""How far people have read: what is new to them in the threads that they follow."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, case, exists, func, or_, select
from sqlmodel import Session

from service.kit.actor import Actor
from service.kit.database.rows import table_of
from service.replies.models import Reply
from service.subscriptions.models import MUTED, TRACKING, WATCHING, ReadMark
from service.subscriptions.queries.following import ON_CATEGORY, ON_TAG, SUBSCRIPTION, TAGGED
from service.threads.models import Thread

THREAD, REPLY, MARK = table_of(Thread), table_of(Reply), table_of(ReadMark)
COUNTED: Final = (WATCHING, TRACKING)
"""The levels at which new replies are counted."""
MOST_COUNTED: Final = 100
"""What is new in one thread is counted up to here: "99+" is as true to a reader, and the count stays cheap."""

ME: Final = bindparam("account", type_=BigInteger)


def _on_a_tag(*levels: str) -> ColumnElement[bool]:
    """Whether the person has (one of these) levels on a tag of the thread at hand."""
    mine = ON_TAG.c.tag_id == TAGGED.c.tag_id, ON_TAG.c.account_id == ME
    named = (ON_TAG.c.level.in_(levels),) if levels else ()
    return exists().where(TAGGED.c.thread_id == THREAD.c.id, *mine, *named)


def _is_counted() -> ColumnElement[bool]:
    """`policy.effective` in SQL, for the levels that count: a test holds the two together."""
    on_tags = and_(_on_a_tag(*COUNTED), ~_on_a_tag(MUTED))
    return case(
        (SUBSCRIPTION.c.level.is_not(None), SUBSCRIPTION.c.level.in_(COUNTED)),
        (THREAD.c.author_id == ME, THREAD.c.author_id == ME),
        (_on_a_tag(), on_tags),
        else_=func.coalesce(ON_CATEGORY.c.level.in_(COUNTED), False),
    )


def _above() -> Any:
    """How many replies that are shown have a number above the mark; of a thread without one all are new."""
    newer = REPLY.c.thread_id == THREAD.c.id, REPLY.c.moderation == "published", REPLY.c.number > MARK.c.number
    first = (
        select(REPLY.c.id).where(*newer).order_by(REPLY.c.number).limit(MOST_COUNTED).correlate(THREAD, MARK).subquery()
    )
    counted = select(func.count()).select_from(first).scalar_subquery()
    return case((func.coalesce(MARK.c.number, 0) == 0, THREAD.c.reply_count), else_=counted)


def _news() -> Select[*tuple[Any, ...]]:
    mine = {table: table.c.account_id == ME for table in (SUBSCRIPTION, MARK, ON_CATEGORY)}
    joined = (
        THREAD.outerjoin(SUBSCRIPTION, and_(SUBSCRIPTION.c.thread_id == THREAD.c.id, mine[SUBSCRIPTION]))
        .outerjoin(MARK, and_(MARK.c.thread_id == THREAD.c.id, mine[MARK]))
        .outerjoin(ON_CATEGORY, and_(ON_CATEGORY.c.category_id == THREAD.c.category_id, mine[ON_CATEGORY]))
    )
    unread = or_(MARK.c.number.is_(None), MARK.c.number < THREAD.c.last_number)
    these = THREAD.c.id.in_(bindparam("threads", expanding=True))
    return select(THREAD.c.id, _above().label("unread")).select_from(joined).where(these, unread, _is_counted())


NEWS: Final = _news()
ABOVE: Final = (
    select(REPLY.c.number)
    .where(
        REPLY.c.thread_id == bindparam("thread", type_=BigInteger),
        REPLY.c.moderation == "published",
        REPLY.c.number > bindparam("number", type_=BigInteger),
    )
    .order_by(REPLY.c.number)
)
UNREAD: Final = select(func.count()).select_from(ABOVE.limit(MOST_COUNTED).subquery())
FIRST: Final = ABOVE.limit(1)


def unread_in(session: Session, actor: Actor, thread_ids: Collection[int]) -> dict[int, int]:
    """How many new replies the actor finds in those of these threads that they watch or track, without those that have
    none: one query for a page's threads, and none for a guest. From MOST_COUNTED on a number says only that it is so
    many at least.
    """
    if not actor.signed_in or not thread_ids:
        return {}
    rows = session.execute(NEWS, {"account": actor.account_id, "threads": list(thread_ids)})
    return {int(thread_id): int(unread) for thread_id, unread in rows if unread}


def unread_above(session: Session, thread_id: int, number: int) -> int:
    """How many replies of the thread that are shown have a higher number, counted up to MOST_COUNTED."""
    return int(session.scalar(UNREAD, {"thread": thread_id, "number": number}) or 0)


def first_above(session: Session, thread_id: int, number: int) -> int | None:
    """The number of the first reply above `number` that is shown."""
    found = session.scalar(FIRST, {"thread": thread_id, "number": number})
    return None if found is None else int(found)
