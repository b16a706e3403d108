"""What telling of decisions looks at: the decision itself, those before it, its flags, and what its person was told."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from service.kit.database.rows import stored_id
from service.moderation.models import Flag
from service.notifications.models import Notification
from service.screening.models import Decision


def hold_decision(session: Session, decision_id: int) -> Decision | None:
    """The decision as it stands now, its row held: nobody undoes it before this transaction ends."""
    held = select(Decision).where(col(Decision.id) == decision_id).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).first()


def earlier_decisions(session: Session, decision: Decision) -> Sequence[Decision]:
    """The decisions about the same aspect of the same person before this one."""
    same = col(Decision.subject) == decision.subject, col(Decision.id) < stored_id(decision.id)
    query = select(Decision).where(*same, col(Decision.account_id) == decision.account_id)
    return session.scalars(query).all()


def flags_of(session: Session, decision: Decision) -> Sequence[tuple[int, int]]:
    """The flags of the post of a decision that wait, and whose they are: undone, it may have settled them; but where
    another decision followed, they stay as they are.
    """
    if decision.thread_id is None:
        return ()
    query = select(col(Flag.id), col(Flag.account_id)).where(col(Flag.thread_id) == decision.thread_id)
    query = query.where(col(Flag.reply_id).is_not_distinct_from(decision.reply_id), col(Flag.resolved_at).is_(None))
    return [(row[0], row[1]) for row in session.execute(query)]


def is_told(session: Session, account_id: int | None, subject: str, kind: str) -> bool:
    """Whether somebody has this notice."""
    mine = col(Notification.account_id) == account_id, col(Notification.kind) == kind
    query = select(col(Notification.id)).where(*mine, col(Notification.subject) == subject)
    return session.execute(query).first() is not None
