"""The one-time link that makes a site's first admin.

`make run` prints it. It holds for a day, while the site has no admin, and once: the claim deletes the row, and of two
claims at the same moment only one finds it.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col

from service.accounts import policy, queries
from service.accounts.errors import FirstAdminLinkIsSpent
from service.accounts.models import Account, FirstAdminLink
from service.accounts.operations.registering import Newcomer, create_account
from service.accounts.operations.roles import give_role
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.credentials import hash_secret, new_secret
from service.kit.database.rows import changed, upsert
from service.kit.errors import Problem, settled

HOLDS: Final = timedelta(hours=24)


def offer_first_admin(session: Session) -> str | None:
    """A new link's secret, to be shown once to the operator; older links end. None when there is an admin."""
    if queries.has_admin(session):
        return None
    secret = new_secret()
    values = {"secret_hash": hash_secret(secret), "expires_at": now(session) + HOLDS}
    statement = upsert(session)(FirstAdminLink).values(id=1, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
    return secret


def claim_first_admin(session: Session, actor: Actor, secret: str) -> Account:
    """The signed-in actor becomes the admin. Raises NotSignedIn, NotAllowed (a token), FirstAdminLinkIsSpent."""
    policy.check_owns_credentials(actor)
    spend_link(session, secret)
    account = queries.own_account(session, actor)
    give_role(session, actor, account, "admin")
    return account


def register_first_admin(session: Session, newcomer: Newcomer | Problem, secret: str) -> Account:
    """A signed-out visitor becomes the admin, also where registration is closed, and under any free name.

    Raises FirstAdminLinkIsSpent, Invalid (then the link still holds: nothing was stored).
    """
    spend_link(session, secret)
    return create_account(session, settled(newcomer), "admin")


def spend_link(session: Session, secret: str) -> None:
    """Delete the link if this is its secret and it still holds. Raises FirstAdminLinkIsSpent otherwise."""
    spent = delete(FirstAdminLink).where(
        col(FirstAdminLink.secret_hash) == hash_secret(secret), col(FirstAdminLink.expires_at) > now(session)
    )
    if changed(session, spent) != 1 or queries.has_admin(session):
        raise FirstAdminLinkIsSpent
