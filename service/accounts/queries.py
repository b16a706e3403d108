"""Every SELECT about people and their credentials."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, literal, select
from sqlmodel import Session, col

from service.accounts.errors import FirstAdminLinkIsSpent
from service.accounts.models import Account, ApiToken, FirstAdminLink, SignedIn, SignInFailure
from service.accounts.policy import SILENCE, SUSPENSION, sanction
from service.kit.actor import GUEST, SCOPES, Actor, check_known, rank_of
from service.kit.clock import Instant, clock_of, now
from service.kit.credentials import hash_secret
from service.kit.database.ready import Ready
from service.kit.database.rows import table_of
from service.kit.errors import NotFound, NotSignedIn
from service.kit.text import fold, username_key

ACCOUNT, SIGNED_IN, API_TOKEN = table_of(Account), table_of(SignedIn), table_of(ApiToken)
OWNER = (ACCOUNT.c.id, ACCOUNT.c.username, ACCOUNT.c.role)
FACTS = (ACCOUNT.c.display_name, ACCOUNT.c.has_drafts, ACCOUNT.c.has_flagged, ACCOUNT.c.moderated, ACCOUNT.c.standing)

# Built once, because every request that is signed in runs one of them: building costs more than running.
SESSIONS = (
    select(*OWNER, SIGNED_IN.c.id, SIGNED_IN.c.last_used_at, SIGNED_IN.c.secret_hash, *FACTS)
    .join(SIGNED_IN, SIGNED_IN.c.account_id == ACCOUNT.c.id)
    .where(SIGNED_IN.c.expires_at > bindparam("at", type_=Instant))
)
TOKENS = select(
    *OWNER, API_TOKEN.c.id, API_TOKEN.c.scopes, API_TOKEN.c.last_used_at, API_TOKEN.c.secret_hash, *FACTS
).join(API_TOKEN, API_TOKEN.c.account_id == ACCOUNT.c.id)
"""Every credential that is valid now, with its owner: what ends one is said here, for one as for many."""

BY_SESSION = Ready(SESSIONS.where(SIGNED_IN.c.secret_hash == bindparam("secret")))
BY_TOKEN = Ready(TOKENS.where(API_TOKEN.c.secret_hash == bindparam("secret")))
BY_SESSIONS = SESSIONS.where(SIGNED_IN.c.secret_hash.in_(bindparam("secrets", expanding=True)))
BY_TOKENS = TOKENS.where(API_TOKEN.c.secret_hash.in_(bindparam("secrets", expanding=True)))
MOST_AT_ONCE = 500
RANK = select(ACCOUNT.c.role, ACCOUNT.c.moderated).where(ACCOUNT.c.id == bindparam("account"))
NAMED = select(ACCOUNT.c.id, ACCOUNT.c.username).where(ACCOUNT.c.username_key.in_(bindparam("keys", expanding=True)))


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a credential belongs to, and when it was last noted as used (None: never)."""

    actor: Actor
    last_used_at: datetime | None


def by_session(session: Session, secret_hash: str) -> Known | None:
    """The owner of a browser session that has not ended; None for an unknown or ended one.

    Reads the process's clock, not the unit of work's instant, which is taken later, under the subject's lock.
    """
    row = BY_SESSION.first(session, {"secret": secret_hash, "at": clock_of(session).now()})
    return None if row is None else _owner_of_session(row, clock_of(session).now())


def by_token(session: Session, secret_hash: str) -> Known | None:
    """The owner of an API token, with the token's scopes; None for an unknown or revoked one."""
    row = BY_TOKEN.first(session, {"secret": secret_hash})
    return None if row is None else _owner_of_token(row, clock_of(session).now())


def still_known(session: Session, kind: str, secret_hashes: Collection[str]) -> dict[str, Actor]:
    """Of these credentials of one kind (`session` or `token`) those that are valid now, each with its owner.

    For who asks again and again of many: one query for each five hundred, by the same rules as for one.
    """
    statement, make = (BY_SESSIONS, _owner_of_session) if kind == "session" else (BY_TOKENS, _owner_of_token)
    asked, known, at = sorted(secret_hashes), dict[str, Actor](), clock_of(session).now()
    for start in range(0, len(asked), MOST_AT_ONCE):
        values: dict[str, Any] = {"secrets": asked[start : start + MOST_AT_ONCE]}
        values |= {"at": at} if kind == "session" else {}
        known |= {row.secret_hash: make(row, at).actor for row in session.execute(statement, values)}
    return known


def _owner_of_session(row: Any, at: datetime) -> Known:
    return Known(_actor(row, at, scopes=frozenset(SCOPES), session_id=row[3]), row[4])


def _owner_of_token(row: Any, at: datetime) -> Known:
    return Known(_actor(row, at, scopes=frozenset(row[4]), token_id=row[3]), row[5])


def _actor(row: Any, at: datetime, **credential: Any) -> Actor:
    """Who a credential makes of its owner: somebody suspended is a guest who is told why, whatever the credential."""
    *_, display_name, has_drafts, has_flagged, moderated, standing = row
    suspension = sanction(standing, SUSPENSION, at) if standing else None
    if suspension:
        return replace(GUEST, suspension=suspension)
    return Actor(
        account_id=row[0], username=row[1], role=row[2], has_drafts=has_drafts, has_flagged=has_flagged,
        display_name=display_name, moderated=frozenset(moderated or ()),
        silence=sanction(standing, SILENCE, at) if standing else None,
        **credential,
    )  # fmt: skip


def actor_of(session: Session, account: Account) -> Actor:
    """The account as it may act now, with whatever credential: for what is done or sent for people who do not ask."""
    facts = (account.has_drafts, account.has_flagged, account.moderated, account.standing)
    row = (account.id, account.username, account.role, account.display_name, *facts)
    return _actor(row, clock_of(session).now(), scopes=frozenset(SCOPES))


def find_account(session: Session, username: str) -> Account | None:
    """The account of this name, in any case; a look-alike is not the name."""
    found = session.scalars(select(Account).where(col(Account.username_key) == username_key(username))).first()
    return found if found is not None and fold(found.username) == fold(username) else None


def known_names(session: Session, names: Iterable[str]) -> frozenset[str]:
    """Those of these usernames, in lower case, that exist, as their owners write them; look-alikes are not them."""
    return frozenset(row[1] for row in _named(session, names))


def rank_of_account(session: Session, account_id: int | None) -> int:
    """Where somebody stands (see `kit.actor.rank_of`); nobody's account stands below all others."""
    found = session.execute(RANK, {"account": account_id}).first()
    return -1 if found is None else rank_of(found.role, moderates_some=bool(found.moderated))


def ids_of(session: Session, names: Iterable[str]) -> list[int]:
    """The ids of the accounts of these names, in any case, in order; of a name that nobody has there is none."""
    return sorted(row[0] for row in _named(session, names))


def _named(session: Session, names: Iterable[str]) -> Sequence[Row[int, str]]:
    wanted = {fold(name) for name in names}
    found = session.execute(NAMED, {"keys": sorted({username_key(name) for name in wanted})}).all()
    return [row for row in found if fold(row[1]) in wanted]


def get_account(session: Session, actor: Actor, username: str) -> Account:
    """The account of this name, in any case. Raises NotFound. Everybody may see every profile."""
    if (found := find_account(session, username)) is None:
        raise NotFound("There is nobody of this name")
    return found


def find_by_login(session: Session, login: str) -> Account | None:
    """The account that this login names: a mail address when there is an @ in it, else a username."""
    if "@" not in login:
        return find_account(session, login)
    return session.scalars(select(Account).where(col(Account.email_key) == login.lower())).first()


def own_account(session: Session, actor: Actor, *, lock: bool = False) -> Account:
    """The signed-in actor's account; `lock` holds it to the transaction's end. Raises NotSignedIn, Suspended."""
    check_known(actor)
    query = select(Account).where(col(Account.id) == actor.account_id)
    found = session.scalars(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotSignedIn
    return found


def unchanged_account(session: Session, account_id: int | None, password_hash: str) -> Account | None:
    """The account if its password is still this one, held so until the end of the transaction; else None.

    Without the hold, a sign-in with the old password could commit after the change that ends all older sessions.
    """
    return session.scalars(
        select(Account)
        .where(col(Account.id) == account_id, col(Account.password_hash) == password_hash)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).first()


def taken_fields(session: Session, username: str | None, email: str | None, but: int = 0) -> list[str]:
    """Which of `username` and `email` belong to an account other than `but`; a look-alike of a username counts."""
    others = select(col(Account.id)).where(col(Account.id) != but)
    found = []
    if username and session.scalars(others.where(col(Account.username_key) == username_key(username))).first():
        found.append("username")
    if email and session.scalars(others.where(col(Account.email_key) == email.lower())).first():
        found.append("email")
    return found


def lock_with_admins(session: Session, account_id: int) -> tuple[Account, list[int]]:
    """The account and the ids of all admins, as they are now, held until the end of the transaction.

    Locked in the order of ids by one statement, so that two admins who demote each other wait instead of both winning.
    """
    query = select(Account).where((is_staff() & (col(Account.role) == "admin")) | (col(Account.id) == account_id))
    held = session.scalars(
        query.order_by(col(Account.id)).with_for_update().execution_options(populate_existing=True)
    ).all()
    account = next(one for one in held if one.id == account_id)
    return account, [one.id for one in held if one.role == "admin" and one.id is not None]


def lock_account(session: Session, account_id: int | None) -> Account:
    """The account as it is now, held until the end of the transaction. Raises NotFound."""
    query = select(Account).where(col(Account.id) == account_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("There is no such account")
    return found


def has_admin(session: Session) -> bool:
    """Whether the site has an admin."""
    admins = select(col(Account.id)).where(is_staff(), col(Account.role) == "admin")
    return session.scalars(admins.limit(1)).first() is not None


def is_staff() -> ColumnElement[bool]:
    """Whether an account is none of the plain members: said beside a role, so that the index of the few serves.

    The word is written out and not bound: only so do the databases see that it does.
    """
    return col(Account.role) != literal("member", literal_execute=True)


def check_first_admin_link(session: Session, secret: str) -> None:
    """For the page behind the one-time link. Raises FirstAdminLinkIsSpent when it cannot be claimed (any more)."""
    found = session.scalars(
        select(col(FirstAdminLink.id)).where(
            col(FirstAdminLink.secret_hash) == hash_secret(secret), col(FirstAdminLink.expires_at) > now(session)
        )
    ).first()
    if found is None or has_admin(session):
        raise FirstAdminLinkIsSpent


def count_failures(session: Session, key: str, since: datetime) -> int:
    """How many wrong passwords were counted under `key` after `since`."""
    counted = select(func.count()).where(col(SignInFailure.key) == key, col(SignInFailure.at) > since)
    return session.scalar(counted) or 0


def list_sessions(session: Session, actor: Actor, before: int | None, limit: int) -> Sequence[SignedIn]:
    """The actor's own sessions that have not ended, newest first, with ids below `before`; at most `limit + 1`."""
    query = select(SignedIn).where(
        col(SignedIn.account_id) == actor.account_id, col(SignedIn.expires_at) > clock_of(session).now()
    )
    query = query if before is None else query.where(col(SignedIn.id) < before)
    return session.scalars(query.order_by(col(SignedIn.id).desc()).limit(limit + 1)).all()


def list_tokens(session: Session, actor: Actor, before: int | None, limit: int) -> Sequence[ApiToken]:
    """The actor's own tokens, newest first, with ids below `before`; at most `limit + 1`."""
    query = select(ApiToken).where(col(ApiToken.account_id) == actor.account_id)
    query = query if before is None else query.where(col(ApiToken.id) < before)
    return session.scalars(query.order_by(col(ApiToken.id).desc()).limit(limit + 1)).all()
