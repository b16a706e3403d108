"""Idempotency-Key: the first answer to a key is kept in the transaction of its effect and replayed afterwards.

After the IETF draft "The Idempotency-Key HTTP Header Field". Kept for at least 24 h, per session or token (guests: per
address and route). The key's row is inserted before the work: a simultaneous second request waits on the unique key
(on SQLite for the writer thread, on PostgreSQL for the first one's transaction, at most `lock_timeout`), then replays.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import JSON, Column, LargeBinary, and_, bindparam, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Field, Session, SQLModel, col

from service.kit.clock import Instant, now
from service.kit.database.ready import Ready
from service.kit.database.rows import changed, table_of
from service.kit.errors import IdempotencyConflict, InProgress, Invalid, Problem, invalid
from service.web.answers import Answer

KEPT = timedelta(hours=48)
KEY = re.compile(r"[\x21-\x7e]{1,200}")
LOCK_NOT_AVAILABLE = "55P03"


class KeptAnswer(SQLModel, table=True):
    """One key's first answer; `status` is 0 only inside the transaction that is producing it."""

    __tablename__ = "idempotency_key"
    principal: str = Field(primary_key=True, max_length=200)
    key: str = Field(primary_key=True, max_length=200)
    fingerprint: str = Field(max_length=64)
    status: int = 0
    headers: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    body: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Field(sa_type=Instant, index=True)


# Built once: whoever sends a key has three statements more.
KEPT_ANSWER: Final = table_of(KeptAnswer)
THIS: Final = and_(KEPT_ANSWER.c.principal == bindparam("whose"), KEPT_ANSWER.c.key == bindparam("which"))
CHANGED: Final = ("status", "headers", "body")
RESERVE: Final = Ready(build=lambda insert: insert(KEPT_ANSWER).on_conflict_do_nothing(), columns=KEPT_ANSWER.c.keys())
KEEP: Final = Ready(
    update(KEPT_ANSWER).where(THIS).values({name: bindparam(name, type_=KEPT_ANSWER.c[name].type) for name in CHANGED})
)
FREE: Final = Ready(delete(KEPT_ANSWER).where(THIS))


def check_key(key: str | None) -> str | Invalid | None:
    """The header's value; a refusal when it is not 1 to 200 visible ASCII characters."""
    if key is None or KEY.fullmatch(key):
        return key
    return invalid("/Idempotency-Key", "must be 1 to 200 visible ASCII characters")


def fingerprint(method: str, target: str, body: bytes) -> str:
    """What makes two requests the same: method, path with query, and the body's bytes."""
    return hashlib.sha256(b"\0".join((method.encode(), target.encode(), body))).hexdigest()


def once(
    session: Session, principal: str, key: str, mark: str, work: Callable[[], Answer | Problem]
) -> Answer | Problem:
    """Run `work` at most once for this principal and key; later calls get the kept answer.

    Raises IdempotencyConflict when `mark` (the request's fingerprint) differs from the first one's, InProgress when
    the first request has not ended within the lock's time-out. A refusal frees the key, returned or raised.
    """
    if not _reserve(session, principal, key, mark):
        return _replay(session, principal, key, mark)
    answer = work()
    this = {"whose": principal, "which": key}
    if isinstance(answer, Problem) or answer.status >= 400:
        FREE.changed(session, this)
        return answer
    body = answer.body if answer.kept is None else answer.kept
    KEEP.changed(session, this | {"status": answer.status, "headers": answer.headers, "body": body})
    return answer


def _reserve(session: Session, principal: str, key: str, mark: str) -> bool:
    row = {"principal": principal, "key": key, "fingerprint": mark, "created_at": now(session)}
    try:
        return RESERVE.changed(session, row | {"status": 0, "headers": {}, "body": b""}) == 1
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise InProgress(headers={"Retry-After": "5"}) from error
        raise


def _replay(session: Session, principal: str, key: str, mark: str) -> Answer:
    row = session.execute(
        select(KeptAnswer).where(col(KeptAnswer.principal) == principal, col(KeptAnswer.key) == key)
    ).scalar_one()
    if row.fingerprint != mark:
        raise IdempotencyConflict("This Idempotency-Key was used before with a different request")
    return Answer(row.status, row.body, row.headers | {"Idempotent-Replayed": "true"})


def forget_old(session: Session) -> int:
    """Delete keys older than 48 h (the contract promises 24); returns how many."""
    return changed(session, delete(KeptAnswer).where(col(KeptAnswer.created_at) < now(session) - KEPT))
