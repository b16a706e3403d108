"""What people change about their own account.

A new address or password needs the present password, which is tried as at the sign-in: two units of work with the
argon2 derivation between them, and the same limits.
"""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.accounts import policy, queries
from service.accounts.events import AccountChanged, CredentialsChanged
from service.accounts.models import Account
from service.accounts.operations.registering import taken
from service.accounts.operations.sessions import end_other_sessions
from service.accounts.operations.signing_in import Attempt, Place, attempt_on, count_attempt, settle_attempt
from service.kit import events
from service.kit.actor import Actor
from service.kit.database.rows import stored_id
from service.kit.errors import Invalid, Problem, invalid, settled


@dataclass(frozen=True, slots=True)
class OwnChange:
    """What is to change; None leaves a thing as it is. The new password is hashed already."""

    display_name: str | None = None
    email: str | None = None
    password_hash: str | None = None

    @property
    def of_credentials(self) -> bool:
        """Whether it changes what the account signs in with."""
        return self.email is not None or self.password_hash is not None


def begin_own_change(
    session: Session, actor: Actor, change: OwnChange | Problem, current_password: str, place: Place
) -> Attempt | None:
    """Check that the actor may; when it needs the present password, count the attempt and find what to compare it with.

    Raises NotSignedIn, NotAllowed, Invalid, RateLimited.
    """
    policy.check_signed_in(actor)
    if not settled(change).of_credentials:
        return None
    policy.check_owns_credentials(actor)
    if not current_password:
        raise invalid("/current_password", "is needed to change the address or the password")
    headers = count_attempt(session, f"account {actor.account_id}", place)
    return attempt_on(session, queries.own_account(session, actor), "", place, headers)


def end_own_change(
    session: Session, actor: Actor, change: OwnChange, attempt: Attempt | None, right: bool
) -> Account | Invalid:
    """Make the change; a new password ends all other sessions at once (API tokens stay until they are revoked).

    A wrong present password is returned, not raised, so that it counts. Raises Invalid for an address that is taken.
    """
    account = queries.own_account(session, actor, lock=True)
    if attempt is not None and settle_attempt(session, attempt, right) is None:
        return invalid("/current_password", "is not your present password")
    if change.email is not None and queries.taken_fields(session, None, change.email, but=stored_id(account.id)):
        raise taken(["email"])
    _rename(session, actor, account, change)
    _secure(session, actor, account, change)
    return account


def _rename(session: Session, actor: Actor, account: Account, change: OwnChange) -> None:
    """The part that everybody sees."""
    if change.display_name is None or change.display_name == account.display_name:
        return
    account.display_name = change.display_name
    account.version += 1
    session.add(account)
    session.flush()
    changed = AccountChanged(
        actor=actor, account_id=stored_id(account.id), fields=("display_name",), role=account.role,
        version=account.version,
    )  # fmt: skip
    events.record(session, changed)


def _secure(session: Session, actor: Actor, account: Account, change: OwnChange) -> None:
    """The part that only the person knows."""
    fields = []
    if change.email is not None and change.email != account.email:
        account.email, account.email_key = change.email, change.email.lower()
        fields.append("email")
    if change.password_hash is not None:
        account.password_hash = change.password_hash
        end_other_sessions(session, actor)
        fields.append("password")
    if fields:
        session.add(account)
        try:
            session.flush()
        except IntegrityError as error:  # somebody else took the address since we looked
            raise taken(["email"]) from error
        who = stored_id(account.id)
        events.record(session, CredentialsChanged(actor=actor, account_id=who, fields=tuple(fields)))
