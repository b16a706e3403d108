"""What happened in a thread: the events that one who was away has missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, and_, bindparam, cast, or_, select
from sqlmodel import Session, col

from service.kit.actor import Actor
from service.kit.events import EVENT, EventRow
from service.live.policy import may_hear

MOST_MISSED: Final = 1_000
FARTHEST: Final = 5_000
"""Who resumes is sent at most so many events of the thread, found among at most so many of the whole site."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What one who was away has missed up to `position`. `is_reset`: too much to be told; `more`: the rest follows."""

    events: Sequence[EventRow]
    position: int
    is_reset: bool = False
    more: bool = False


OF_THREAD: Final = (
    select(EventRow)
    .where(
        col(EventRow.position) > bindparam("after", type_=BigInteger),
        col(EventRow.position) <= bindparam("until", type_=BigInteger),
        or_(
            and_(col(EventRow.subject_type) == "thread", col(EventRow.subject_id) == bindparam("thread")),
            cast(EVENT.c.data["thread_id"].as_string(), BigInteger) == bindparam("thread", type_=BigInteger),
        ),
    )
    .order_by(col(EventRow.position))
    .limit(bindparam("most"))
)
"""Events of a thread in a stretch of positions. The stretch is bounded, so the thread's id needs no index."""


def missed(session: Session, actor: Actor, thread_id: int, after: int, until: int, most: int | None = None) -> Missed:
    """What happened after `after`, up to `until`, in a thread that the caller has loaded.

    With `most` it is a page of so many events; without, it is all or nothing. A position that was never given out, one
    too far back, and more than MOST_MISSED at once are a reset: the caller looks afresh, and goes on from `until`.
    """
    if after > until or until - after > FARTHEST:
        return Missed((), until, is_reset=True)
    some = most or MOST_MISSED
    asked = {"after": after, "until": until, "thread": thread_id, "most": some + 1}
    rows = session.execute(OF_THREAD, asked).scalars().all()
    shown = [row for row in rows[:some] if may_hear(actor, row)]
    if len(rows) <= some:
        return Missed(shown, until)
    return Missed(shown, rows[some - 1].position or after, more=True) if most else Missed((), until, is_reset=True)
