"""Whose posts a moderator may take away: those of people below them, and their own."""

from sqlmodel import Session

from service.accounts.queries import rank_of_account
from service.kit.actor import Actor, check_outranks
from service.screening.models import POST_RESTRICTIONS


def check_may_take(session: Session, actor: Actor, author_id: int | None, action: str) -> None:
    """Raise NotAllowed where the action takes a post away from somebody else whose rank is not below the actor's.

    What gives a post back is no act on its author, and what Parley does was planned by somebody who may.
    """
    if action in POST_RESTRICTIONS and actor.signed_in and author_id not in (None, actor.account_id):
        check_outranks(actor, author_id, rank_of_account(session, author_id))
