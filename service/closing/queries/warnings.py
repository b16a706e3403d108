"""Which open threads close within a day and have not been warned of."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from service.closing.queries.calendar import computed_once
from service.kit.clock import MICROSECOND, now, to_micros
from service.threads.queries.law import THREAD, effective_close_at

WARNED_BEFORE: Final = timedelta(days=1)
"""How long before its closing a thread is warned of."""

DAY: Final = WARNED_BEFORE // MICROSECOND


def to_be_warned(session: Session, limit: int) -> Sequence[int]:
    """Ids of up to `limit` published open threads that close within a day, the first first.

    Not those whose closing is to be silent, and not those that were warned of before, unless they close a day later
    than was said then: where a silence of hours closes a thread, every reply moves its closing a little.

    It reads every published thread once (see `calendar`): a read, asked only when somebody wants to know.
    """
    moment = to_micros(now(session))
    columns = THREAD.c.id, THREAD.c.closing_warned_for, THREAD.c.closes_at, THREAD.c.closes_silently
    query = select(*columns, effective_close_at(moment).label("at"))
    law = computed_once(query.where(THREAD.c.moderation == "published", THREAD.c.archived_at.is_(None)), "law")
    found = select(law.c.id).where(
        law.c.at > moment,
        law.c.at <= moment + DAY,
        or_(law.c.closing_warned_for.is_(None), law.c.at >= law.c.closing_warned_for + DAY),
        ~and_(law.c.closes_silently, law.c.closes_at.is_not(None), law.c.at == law.c.closes_at),
    )
    return [int(thread_id) for thread_id in session.scalars(found.order_by(law.c.at, law.c.id).limit(limit))]
