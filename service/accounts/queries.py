"""Every SELECT about people and their credentials."""

from datetime import datetime

from sqlalchemy import Row, select
from sqlmodel import Session, col

from service.accounts.models import Account, ApiToken, SignedIn
from service.kit.actor import SCOPES, Actor
from service.kit.clock import clock_of


def actor_by_session(session: Session, secret_hash: str) -> Actor | None:
    """The actor of a browser session that has not ended; None for an unknown or ended one.

    Reads the process's clock, not the unit of work's instant, which is taken later, under the subject's lock.
    """
    row = session.execute(
        select(Account.id, Account.username, Account.role, SignedIn.id)
        .join(SignedIn, col(SignedIn.account_id) == Account.id)
        .where(col(SignedIn.secret_hash) == secret_hash, col(SignedIn.expires_at) > clock_of(session).now())
    ).first()
    if row is None:
        return None
    return Actor(account_id=row[0], username=row[1], role=row[2], scopes=frozenset(SCOPES), session_id=row[3])


def actor_by_token(session: Session, secret_hash: str) -> Actor | None:
    """The actor of an API token, with the token's scopes; None for an unknown or revoked one."""
    row = session.execute(
        select(Account.id, Account.username, Account.role, ApiToken.id, ApiToken.scopes)
        .join(ApiToken, col(ApiToken.account_id) == Account.id)
        .where(col(ApiToken.secret_hash) == secret_hash)
    ).first()
    if row is None:
        return None
    return Actor(account_id=row[0], username=row[1], role=row[2], scopes=frozenset(row[4]), token_id=row[3])
