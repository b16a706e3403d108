"""Who is a member, a moderator, an admin."""

from sqlmodel import Session

from service.accounts import policy, queries
from service.accounts.events import AccountChanged
from service.accounts.models import Account
from service.kit import events
from service.kit.actor import Actor
from service.kit.database.rows import stored_id
from service.kit.errors import Problem, settled


def change_role(session: Session, actor: Actor, username: str, wish: str | Problem) -> Account:
    """Give somebody another role; it holds from that person's next request on.

    Raises NotFound, NotSignedIn, NotAllowed, Invalid, LastAdmin.
    """
    account = queries.get_account(session, actor, username)
    policy.check_administers(actor)
    give_role(session, actor, account, settled(wish))
    return account


def give_role(session: Session, actor: Actor, account: Account, role: str) -> bool:
    """The change with its event, for the verbs of this folder; False when the role was this one already.

    Raises LastAdmin when a site would be left without any.
    """
    held, admins = queries.lock_with_admins(session, stored_id(account.id))
    if held.role == role:
        return False
    if held.role == "admin":
        policy.check_not_last(admins, stored_id(held.id))
    held.role = role
    held.version += 1
    session.add(held)
    session.flush()
    changed = AccountChanged(
        actor=actor, account_id=stored_id(held.id), fields=("role",), role=role, version=held.version
    )
    events.record(session, changed)
    return True
