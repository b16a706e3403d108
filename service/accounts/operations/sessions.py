"""Browser sessions: opened by signing in, ended by their owner, by a password change, or by 60 days of silence."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col

from service.accounts import policy
from service.accounts.models import ApiToken, SignedIn, SignInFailure
from service.accounts.operations.signing_in import WITHIN
from service.kit.actor import Actor
from service.kit.clock import clock_of, now
from service.kit.credentials import hash_secret, new_secret
from service.kit.database.rows import changed
from service.kit.errors import NotFound

LASTS: Final = timedelta(days=60)
"""How long a session lives after it was last used."""

NOTED_EVERY: Final = timedelta(hours=1)
"""How exactly "last used" is kept."""


def open_session(session: Session, account_id: int, user_agent: str) -> tuple[SignedIn, str]:
    """A new session, and the secret for its cookie, which is not kept. `user_agent` is cut at 200 characters."""
    secret, at = new_secret(), now(session)
    shown = "".join(character if character.isprintable() else " " for character in user_agent[:200])
    opened = SignedIn(
        account_id=account_id, secret_hash=hash_secret(secret), created_at=at, last_used_at=at,
        expires_at=at + LASTS, user_agent=shown,
    )  # fmt: skip
    session.add(opened)
    session.flush()
    return opened, secret


def end_session(session: Session, actor: Actor, session_id: int | None) -> None:
    """End one of the actor's own sessions, at once. Raises NotSignedIn, NotAllowed, NotFound."""
    policy.check_owns_credentials(actor)
    own = (col(SignedIn.id) == session_id, col(SignedIn.account_id) == actor.account_id)
    if changed(session, delete(SignedIn).where(*own)) != 1:
        raise NotFound("You have no such session")


def end_other_sessions(session: Session, actor: Actor) -> None:
    """End all sessions of the actor's account but the one that asks, for a change of password."""
    others = delete(SignedIn).where(col(SignedIn.account_id) == actor.account_id)
    session.execute(others.where(col(SignedIn.id) != actor.session_id) if actor.session_id is not None else others)


def is_stale(last_used_at: datetime | None, at: datetime) -> bool:
    """Whether a credential's use is due to be noted."""
    return last_used_at is None or at - last_used_at >= NOTED_EVERY


def touch(session: Session, actor: Actor) -> None:
    """Note that the actor's credential was used now; once an hour, however many requests ask for it at once."""
    at = clock_of(session).now()
    stale = at - NOTED_EVERY
    if actor.session_id is not None:
        one = update(SignedIn).where(col(SignedIn.id) == actor.session_id, col(SignedIn.last_used_at) <= stale)
        session.execute(one.values(last_used_at=at, expires_at=at + LASTS))
    elif actor.token_id is not None:
        unnoted = or_(col(ApiToken.last_used_at).is_(None), col(ApiToken.last_used_at) <= stale)
        session.execute(update(ApiToken).where(col(ApiToken.id) == actor.token_id, unnoted).values(last_used_at=at))


def forget_ended(session: Session) -> int:
    """Delete ended sessions and wrong passwords that no lock-out counts any more; returns how many rows."""
    at = now(session)
    sessions = changed(session, delete(SignedIn).where(col(SignedIn.expires_at) <= at))
    return sessions + changed(session, delete(SignInFailure).where(col(SignInFailure.at) <= at - WITHIN))
