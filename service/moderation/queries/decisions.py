"""What was decided: the record that an entry of the log tells of, and those that belong together."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, literal, or_, select, union
from sqlmodel import Session, col

from service.kit.errors import NotFound
from service.screening.models import Decision, HeldEdit

FRESH = {"populate_existing": True}


def decision_of_event(session: Session, event_id: int) -> Decision:
    """The decision that an event tells of: its entry in the log, or the step itself; of many at once, the one that they
    belong to. NotFound where there is none.
    """
    told = (_is(col(Decision.event_id), event_id), _is(col(Decision.step_event_id), event_id))
    query = select(Decision).where(or_(*told)).order_by(col(Decision.batch_id).is_not(None), col(Decision.id))
    found: Decision | None = session.execute(query.limit(1)).scalars().first()
    if found is None:
        raise NotFound("There is no decision in this entry of the log")
    return found


def get_decision(session: Session, decision_id: int, *, lock: bool = False) -> Decision:
    """A decision as it stands now. Raises NotFound."""
    query = select(Decision).where(_is(col(Decision.id), decision_id)).execution_options(**FRESH)
    found: Decision | None = session.execute(query.with_for_update() if lock else query).scalars().first()
    if found is None:
        raise NotFound("There is no such decision")
    return found


def members(session: Session, batch_id: int) -> Sequence[Decision]:
    """Those of a batch that have not been undone, the last one first."""
    mine = col(Decision.batch_id) == batch_id, col(Decision.undone_at).is_(None)
    query = select(Decision).where(*mine).order_by(col(Decision.id).desc()).execution_options(**FRESH)
    return session.execute(query).scalars().all()


def told_by(session: Session, event_ids: Collection[int]) -> Sequence[Decision]:
    """Those decisions that these events tell of and that have not been undone; of batches the one that holds them."""
    by_event = select(col(Decision.id)).where(col(Decision.event_id).in_(event_ids))
    by_step = select(col(Decision.id)).where(col(Decision.step_event_id).in_(event_ids))
    told = col(Decision.id).in_(union(by_event, by_step))  # each by its index; as an OR, every decision was looked at
    query = select(Decision).where(told, col(Decision.undone_at).is_(None)).order_by(col(Decision.id))
    return session.execute(query).scalars().all()


def edit_waits(session: Session, thread_id: int, reply_id: int | None) -> bool:
    """Whether an edit of this post waits for a moderator."""
    post = col(HeldEdit.reply_id) == reply_id if reply_id else col(HeldEdit.reply_id).is_(None)
    query = select(col(HeldEdit.id)).where(col(HeldEdit.thread_id) == thread_id, post).limit(1)
    return session.execute(query).first() is not None


def _is(column: Any, value: int) -> ColumnElement[bool]:
    same: ColumnElement[bool] = column == literal(value, BigInteger)
    return same
