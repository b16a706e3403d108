"""What happened in a thread: the events that one who was away has missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, bindparam, select
from sqlmodel import Session, col

from service.kit.actor import Actor
from service.kit.events import EventRow
from service.live.policy import may_hear

MOST_MISSED: Final = 1_000
"""Who resumes is sent at most so many events of the thread."""


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
        col(EventRow.thread_id) == bindparam("thread", type_=BigInteger),
        col(EventRow.position) > bindparam("after", type_=BigInteger),
        col(EventRow.position) <= bindparam("until", type_=BigInteger),
    )
    .order_by(col(EventRow.position))
    .limit(bindparam("most"))
)
"""Events of a thread in a stretch of positions, by the index over both."""


def missed(session: Session, actor: Actor, thread_id: int, after: int, until: int, most: int | None = None) -> Missed:
    """What happened after `after`, up to `until`, in a thread that the caller has loaded.

    With `most` it is a page of so many events; without, it is all or nothing. A position that was never given out, and
    more than MOST_MISSED at once are a reset: the caller looks afresh, and goes on from `until`.
    """
    if after > until:
        return Missed((), until, is_reset=True)
    some = most or MOST_MISSED
    asked = {"after": after, "until": until, "thread": thread_id, "most": some + 1}
    rows = session.execute(OF_THREAD, asked).scalars().all()
    shown = [row for row in rows[:some] if may_hear(actor, row)]
    if len(rows) <= some:
        return Missed(shown, until)
    return Missed(shown, rows[some - 1].position or after, more=True) if most else Missed((), until, is_reset=True)
