"""Choose how to be told: on the settings page, or by the links of a letter."""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from service.kit.actor import Actor, check_signed_in
from service.kit.database.rows import stored_id, upsert
from service.kit.errors import Problem, settled
from service.notifications import queries
from service.notifications.models import Bounce, NotificationPreference
from service.notifications.queries import LinkSeen
from service.subscriptions.operations import set_level


def change_preferences(session: Session, actor: Actor, changes: dict[str, Any] | Problem) -> NotificationPreference:
    """Change how the actor is told; what is not named stays. Raises NotSignedIn, NotAllowed, Invalid.

    `changes` are columns; of `channels` only what is named in it changes. Whoever turns mail on, lets it also come
    again after it was stopped.
    """
    check_signed_in(actor)
    wanted = dict(settled(changes))
    chosen = row_of(session, stored_id(actor.account_id))
    named = wanted.pop("channels", {})
    together = {kind: chosen.channels.get(kind, {}) | named.get(kind, {}) for kind in {*chosen.channels, *named}}
    if wanted.get("mail") is True:
        wanted |= {"mail_stopped_at": None, "mail_stopped_because": ""}
        session.execute(update(Bounce).where(col(Bounce.account_id) == actor.account_id).values(forgiven=True))
    for name, value in (wanted | {"channels": together}).items():
        setattr(chosen, name, value)
    session.add(chosen)
    session.flush()
    return chosen


def row_of(session: Session, account_id: int) -> NotificationPreference:
    """The account's row, made if there is none, and held: of two changes at once neither is lost."""
    made = upsert(session)(NotificationPreference).values(account_id=account_id, mail=True)
    session.execute(made.on_conflict_do_nothing())
    return queries.hold_preferences(session, account_id)


def choose_mail(session: Session, actor: Actor, wanted: bool | Problem) -> bool:
    """Switch the actor's letters on or off; returns what holds now. Raises NotSignedIn, NotAllowed, Invalid."""
    return change_preferences(session, actor, wanted if isinstance(wanted, Problem) else {"mail": wanted}).mail


def _set_mail(session: Session, account_id: int | None, mail: bool) -> None:
    statement = upsert(session)(NotificationPreference).values(account_id=account_id, mail=mail)
    session.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_={"mail": mail}))


def follow_by_link(session: Session, account_id: int, thread_id: int, level: str) -> LinkSeen:
    """Mute a thread, or watch it again, for whom a letter's link was made; again and again is once.

    The link is the permission: nobody is signed in. Raises NotFound when the person or the thread is gone.
    """
    queries.follow_link(session, account_id, thread_id)
    set_level(session, account_id, thread_id, level)
    return queries.follow_link(session, account_id, thread_id)


def mail_by_link(session: Session, account_id: int, thread_id: int, *, wanted: bool) -> LinkSeen:
    """Switch all letters off, or on again, for whom a letter's link was made. Raises NotFound as `follow_by_link`."""
    queries.follow_link(session, account_id, thread_id)
    _set_mail(session, account_id, wanted)
    return queries.follow_link(session, account_id, thread_id)
