"""How people want to be told, for many of them at once."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import String, bindparam, cast, select
from sqlmodel import Session, col

from service.kit.actor import Actor, check_signed_in
from service.kit.database.crowds import as_crowd, crowd
from service.kit.database.rows import stored_id, table_of, upsert
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


CHOICES: Final = table_of(NotificationPreference)


def shared_preferences(session: Session, account_ids: Sequence[int]) -> dict[int, NotificationPreference]:
    """As `preferences_of`, for a crowd: those who chose alike share one object, which is no row and names nobody."""
    asked = {"accounts": as_crowd(session, account_ids)}
    by_choice: dict[tuple[Any, ...], NotificationPreference] = {}
    found: dict[int, NotificationPreference] = {}
    for account_id, *chosen in session.execute(_choices(upsert(session)), asked):
        choice = tuple(chosen)
        if choice not in by_choice:
            by_choice[choice] = _of_nobody(choice)
        found[account_id] = by_choice[choice]
    return found


def _of_nobody(choice: tuple[Any, ...]) -> NotificationPreference:
    """The preferences that these columns say."""
    values = dict(zip((column.name for column in CHOICES.c if column.name != "account_id"), choice, strict=True))
    return NotificationPreference(account_id=0, **values | {name: json.loads(values[name]) for name in AS_TEXT})


AS_TEXT: Final = ("channels", "quiet_days")
"""Columns of JSON, which are compared as they are stored and read once for all who have the same."""


@cache
def _choices(dialect_insert: Any) -> Any:
    """What these accounts chose, as it is stored; built once for each dialect."""
    account, *rest = CHOICES.c
    columns = [cast(column, String) if column.name in AS_TEXT else column for column in rest]
    these = crowd(dialect_insert, "accounts")
    return select(account, *columns).where(account.in_(select(these.c.value)))


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
