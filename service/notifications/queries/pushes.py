"""What push messages tell: a person's deliveries by push, read afresh at the moment one is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.database.rows import stored_id
from service.notifications.models import PUSH, SKIPPED, WAITING, Delivery, Notification, NotificationPreference
from service.notifications.policy import DEFAULTS
from service.notifications.queries.items import Item, items_where, outcomes_where

MOST_TOGETHER: Final = 200
"""What one message tells at most."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a delivery is for, and their preferences (the defaults, where they have said nothing)."""

    account: Account
    preference: NotificationPreference

    @property
    def id(self) -> int:
        """The account's id."""
        return stored_id(self.account.id)


def lock_receiver(session: Session, delivery_id: int) -> Receiver | None:
    """Whom a delivery is for; None when they are gone. Of two messages to one person that are due at once the first
    takes along what the second was to bring, and must have done so before that one looks.
    """
    row = session.execute(
        select(Account, NotificationPreference)
        .join(Notification, col(Notification.account_id) == col(Account.id))
        .join(Delivery, col(Delivery.notification_id) == col(Notification.id))
        .outerjoin(NotificationPreference, col(NotificationPreference.account_id) == col(Account.id))
        .where(col(Delivery.id) == delivery_id)
        .with_for_update(of=Account, key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    return None if row is None else Receiver(row[0], row[1] or DEFAULTS)


def waiting_with(session: Session, receiver: Receiver, delivery_id: int, together: str) -> Sequence[int]:
    """What else of this person's waits for its first push; and, at another attempt, what ended in this one's message,
    with `together` as its last word. Looked for among their newest MOST_TOGETHER unread notifications.
    """
    first = (col(Delivery.state) == WAITING) & (col(Delivery.attempts) == 0)
    joined = (col(Delivery.state) == SKIPPED) & (col(Delivery.answer) == together)
    unread = col(Notification.account_id) == receiver.id, col(Notification.read_at).is_(None)
    newest = select(col(Notification.id)).where(*unread).order_by(col(Notification.event_id).desc())
    mine = col(Delivery.notification_id).in_(newest.limit(MOST_TOGETHER)), col(Delivery.channel) == PUSH
    query = select(col(Delivery.id)).where(*mine, col(Delivery.id) != delivery_id, or_(first, joined))
    return [stored_id(each) for each in session.scalars(query)]


def items_pushed(session: Session, receiver: Receiver, delivery_ids: Collection[int]) -> Sequence[Item]:
    """These deliveries of one person, in the order of their events, each with what decides whether it is wanted."""
    asked = session, receiver.account, receiver.preference, PUSH, col(Delivery.id).in_(delivery_ids)
    found = items_where(*asked)
    if len(found) == len(delivery_ids):
        return found
    return sorted([*found, *outcomes_where(*asked)], key=lambda item: item.notice.event_id)
