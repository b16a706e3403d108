"""API tokens: what programs sign in with."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col

from service.accounts import policy
from service.accounts.events import CredentialsChanged
from service.accounts.models import ApiToken
from service.kit import events
from service.kit.actor import SCOPES, Actor
from service.kit.clock import now
from service.kit.credentials import hash_secret, new_secret
from service.kit.database.rows import changed, stored_id
from service.kit.errors import NotFound, Problem, settled

PREFIX: Final = "parley_"
"""Begins every token, so that scanners for leaked secrets can tell one."""


@dataclass(frozen=True, slots=True)
class TokenWish:
    """A token to be made: what it is for, and its scopes."""

    name: str
    scopes: frozenset[str]


def make_token(session: Session, actor: Actor, wish: TokenWish | Problem) -> tuple[ApiToken, str]:
    """A new token and its secret, which is not kept. Raises NotSignedIn, NotAllowed, Invalid.

    A scope is a ceiling: what the token may do is also bounded by its owner's role at each request. A token makes only
    tokens with scopes of its own.
    """
    policy.check_owns_credentials(actor)
    asked = settled(wish)
    for scope in asked.scopes:
        policy.check_scope(actor, scope)
    secret = PREFIX + new_secret()
    token = ApiToken(
        account_id=stored_id(actor.account_id), name=asked.name, hint=secret[:12], secret_hash=hash_secret(secret),
        scopes=[scope for scope in SCOPES if scope in asked.scopes], created_at=now(session),
    )  # fmt: skip
    session.add(token)
    session.flush()
    _record(session, actor)
    return token, secret


def revoke_token(session: Session, actor: Actor, token_id: int) -> None:
    """End one of the actor's own tokens, at once. Raises NotSignedIn, NotAllowed, NotFound."""
    policy.check_owns_credentials(actor)
    own = (col(ApiToken.id) == token_id, col(ApiToken.account_id) == actor.account_id)
    if changed(session, delete(ApiToken).where(*own)) != 1:
        raise NotFound("You have no such token")
    _record(session, actor)


def _record(session: Session, actor: Actor) -> None:
    who = stored_id(actor.account_id)
    events.record(session, CredentialsChanged(actor=actor, account_id=who, fields=("tokens",)))
