"""How people want to be told, for many of them at once."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import String, bindparam, cast, select
from sqlmodel import Session, col

from service.kit.actor import Actor, check_signed_in
from service.kit.database.rows import stored_id
from service.notifications.models import CLOSING_SOON, NotificationPreference
from service.notifications.policy import DEFAULTS, EVERY_CHANNEL, choice_of, wants

OF_THESE: Final = select(NotificationPreference).where(
    col(NotificationPreference.account_id).in_(bindparam("accounts", expanding=True))
)


def preferences_of(session: Session, account_ids: Iterable[int]) -> dict[int, NotificationPreference]:
    """The preferences of these accounts, by account; for those without a row the defaults hold (`policy.DEFAULTS`)."""
    asked = list(account_ids)
    if not asked:
        return {}
    return {found.account_id: found for found in session.scalars(OF_THESE, {"accounts": asked})}


def somebody_wants_warnings(session: Session) -> bool:
    """Whether anybody wants to be told that a thread will close within a day. That is off for who never chose, so only
    rows that name it can say so.
    """
    naming = cast(col(NotificationPreference.channels), String).contains(f'"{CLOSING_SOON}"', autoescape=True)
    rows = session.scalars(select(NotificationPreference).where(naming))
    return any(wants(row, choice_of(CLOSING_SOON, ""), channel) for row in rows for channel in EVERY_CHANNEL)


def own_preferences(session: Session, actor: Actor) -> NotificationPreference:
    """How the actor wants to be told; the defaults where they never chose. Raises NotSignedIn, NotAllowed."""
    check_signed_in(actor, "read")
    return preferences_of(session, [stored_id(actor.account_id)]).get(stored_id(actor.account_id)) or DEFAULTS


def hold_preferences(session: Session, account_id: int) -> NotificationPreference:
    """The account's row, as it is now, locked. It is there: whoever changes it makes it first."""
    query = OF_THESE.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query, {"accounts": [account_id]}).one()
