"""Choose how to be told: on the settings page, or by the links of a letter."""

from sqlmodel import Session

from service.kit.actor import Actor, check_signed_in
from service.kit.database.rows import upsert
from service.kit.errors import Problem, settled
from service.notifications import queries
from service.notifications.models import NotificationPreference
from service.notifications.queries import LinkSeen
from service.subscriptions.operations import set_level


def choose_mail(session: Session, actor: Actor, wanted: bool | Problem) -> bool:
    """Switch the actor's letters on or off; returns what holds now. Raises NotSignedIn, NotAllowed, Invalid."""
    check_signed_in(actor)
    mail = settled(wanted)
    _set_mail(session, actor.account_id, mail)
    return mail


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
