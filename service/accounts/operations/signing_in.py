"""Signing in, in two units of work with one argon2 derivation between them, so that none waits with a transaction open.

Whatever is wrong (the password, the login, or too many failures before), the work and the answer are the same: one
derivation, one refusal. Ten failures in 15 minutes for an account from one address lock it out there: the right
password is refused as a wrong one until 15 minutes after the failures. Other addresses are not locked out, so nobody
can lock an account's owner out from afar.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col

from service.accounts import queries
from service.accounts.errors import WrongCredentials
from service.accounts.models import Account, SignInFailure
from service.accounts.policy import SUSPENSION, sanction
from service.kit.actor import suspended
from service.kit.clock import clock_of, now
from service.kit.credentials import NOBODYS
from service.kit.errors import Problem
from service.kit.text import fold
from service.web.limits import Quota, hashed, spend

ATTEMPTS: Final = Quota("sign-in", 10, timedelta(minutes=1))
FAILURES: Final = 10
WITHIN: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attempt comes from: the address, the site's secret that hides it, and whether attempts are limited."""

    address: str
    secret: str
    limited: bool

    def key(self, purpose: str, whom: str) -> str:
        """The keyed hash under which attempts on `whom` from this address are counted."""
        return hashed(self.secret, purpose, whom, self.address)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A password about to be tried: against which hash, where failures count, and the limit's headers.

    `account_id` is None for a login that names nobody; `password_hash` is then nobody's.
    """

    account_id: int | None
    password_hash: str
    failures: str
    locked: bool
    headers: dict[str, str]


def begin_sign_in(session: Session, login: str, place: Place) -> Attempt:
    """Count the attempt and find what to compare the password with. Raises RateLimited.

    Attempts are counted for the login as it was typed, not for the account: else the count would tell a stranger which
    mail address belongs to which username.
    """
    headers = count_attempt(session, fold(login), place)
    return attempt_on(session, queries.find_by_login(session, login), fold(login), place, headers)


def count_attempt(session: Session, whom: str, place: Place) -> dict[str, str]:
    """Spend one of the ten attempts a minute; returns the RateLimit headers. Raises RateLimited."""
    return spend(session, ATTEMPTS, place.key("sign-in", whom)) if place.limited else {}


def attempt_on(session: Session, account: Account | None, login: str, place: Place, headers: dict[str, str]) -> Attempt:
    """The attempt on this account, or on nobody's under the name `login`."""
    failures = place.key("failure", f"account {account.id}" if account else f"login {login}")
    locked = queries.count_failures(session, failures, now(session) - WITHIN) >= FAILURES
    kept = account.password_hash if account else NOBODYS
    return Attempt(account.id if account else None, kept, failures, locked, headers)


def end_sign_in(session: Session, attempt: Attempt, right: bool) -> Account | Problem:
    """The account that the password opened; else the refusal, returned so that the failure it counted is kept.

    Only who knows the password is told that the account is suspended, until when and why.
    """
    account = settle_attempt(session, attempt, right)
    if account is None:
        return WrongCredentials()
    suspension = sanction(account.standing, SUSPENSION, clock_of(session).now())
    return suspended(suspension) if suspension else account


def settle_attempt(session: Session, attempt: Attempt, right: bool) -> Account | None:
    """The account, its failures forgotten; None for a wrong password, which is counted.

    A password that was changed while it was compared is a wrong one. While locked out, failures count no further.
    """
    if attempt.locked:
        return None
    account = queries.unchanged_account(session, attempt.account_id, attempt.password_hash) if right else None
    if account is None:
        session.add(SignInFailure(key=attempt.failures, at=now(session)))
        session.flush()
        return None
    session.execute(delete(SignInFailure).where(col(SignInFailure.key) == attempt.failures))
    return account
