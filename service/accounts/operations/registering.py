"""How accounts come to be: a stranger registers, or the operator makes an admin."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Session, col

from service.accounts import policy, queries
from service.accounts.events import AccountRegistered
from service.accounts.models import Account
from service.accounts.operations.roles import give_role
from service.kit import events
from service.kit.actor import SYSTEM, Actor
from service.kit.clock import now
from service.kit.database.rows import upsert
from service.kit.errors import FieldError, Invalid, Problem, settled
from service.kit.text import username_key
from service.site.queries import get_site

TAKEN = {
    "username": "is taken, or looks like one that is",
    "email": "belongs to another account: sign in, or use another address",
}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who wants an account: checked fields, and the password already hashed."""

    username: str
    email: str
    display_name: str
    password_hash: str


def register(session: Session, newcomer: Newcomer | Problem) -> Account:
    """Make a member's account. Raises RegistrationIsClosed, Invalid (fields, reserved or taken names).

    That an address is taken is told, though it lets a stranger ask whether somebody is registered here: without
    verified mail the only other answer would be an account that its owner can neither use nor be told about.
    """
    policy.check_may_register(get_site(session).registration)
    person = settled(newcomer)
    policy.check_not_reserved(person.username)
    return create_account(session, person, "member")


def create_account(session: Session, newcomer: Newcomer, role: str) -> Account:
    """The new account with its event, for the verbs of this folder. Raises Invalid for a taken name or address.

    The insert itself finds out: of two at once the second waits for the first and then inserts nothing.
    """
    values: dict[str, Any] = {
        "username": newcomer.username, "username_key": username_key(newcomer.username),
        "display_name": newcomer.display_name, "email": newcomer.email, "email_key": newcomer.email.lower(),
        "password_hash": newcomer.password_hash, "role": role, "created_at": now(session), "version": 1,
    }  # fmt: skip
    statement = upsert(session)(Account).values(**values).on_conflict_do_nothing().returning(col(Account.id))
    account_id = session.execute(statement).scalar_one_or_none()
    if account_id is None:
        raise taken(queries.taken_fields(session, newcomer.username, newcomer.email))
    account = Account(id=account_id, **values)
    actor = Actor(account_id=account_id, username=newcomer.username, role=role)
    events.record(session, AccountRegistered(actor=actor, account_id=account_id, role=role))
    return account


def taken(fields: list[str]) -> Invalid:
    """The problem for names that belong to somebody else."""
    errors = tuple(FieldError(f"/{field}", TAKEN[field]) for field in fields)
    return Invalid("; ".join(f"{field}: {TAKEN[field]}" for field in fields), errors=errors)


def make_admin(session: Session, newcomer: Newcomer) -> tuple[Account, Literal["created", "promoted", "unchanged"]]:
    """The operator's command: make this person an admin; an existing account keeps its address and password.

    Repeating it changes nothing. Raises Invalid when the name or the address belongs to somebody else.
    """
    account = queries.find_account(session, newcomer.username)
    if account is None:
        return create_account(session, newcomer, "admin"), "created"
    return account, "promoted" if give_role(session, SYSTEM, account, "admin") else "unchanged"
