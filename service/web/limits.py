"""Rate limits, counted in the database so that every process counts the same."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BigInteger, Column, bindparam, case, delete
from sqlmodel import Field, Session, SQLModel, col

from service.kit.clock import Instant, now
from service.kit.database.rows import changed, table_of, upsert
from service.kit.errors import RateLimited


class RateCount(SQLModel, table=True):
    """How often a key was used in its present window. Keys are keyed hashes, never names or addresses."""

    __tablename__ = "rate_count"
    key: str = Field(primary_key=True, max_length=64)
    window_start: datetime = Field(sa_type=Instant, index=True)
    uses: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `uses` in each `window`; `name` is shown in the headers."""

    name: str
    uses: int
    window: timedelta

    def policy(self) -> str:
        """The `RateLimit-Policy` member (IETF draft "RateLimit header fields for HTTP")."""
        return f'"{self.name}";q={self.uses};w={int(self.window.total_seconds())}'


def hashed(secret: str, *parts: str) -> str:
    """A keyed hash (HMAC-SHA-256, RFC 2104) under which something personal may be counted."""
    return hmac.new(secret.encode(), "\0".join(parts).encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=1024)
def neighbourhood(address: str) -> str:
    """An address as it is counted: IPv4 whole, IPv6 by its /64, which one household has to itself (RFC 6177)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.IPv6Network((int(found), 64), strict=False))


def spend(session: Session, quota: Quota, key: str) -> dict[str, str]:
    """Count one use of `key`; returns the `RateLimit` headers, raises RateLimited with `Retry-After` when none is left.

    The caller commits the count by returning normally, whatever else it refuses.
    """
    at = now(session)
    asked = {"counted": key, "at": at, "ended": at - quota.window}
    uses, start = session.execute(_counting(upsert(session)), asked).one()
    wait = max(1, -int(-(start + quota.window - at).total_seconds() // 1))
    left = max(0, quota.uses - uses)
    headers = {"RateLimit-Policy": quota.policy(), "RateLimit": f'"{quota.name}";r={left};t={wait}'}
    if uses > quota.uses:
        told = f"At most {quota.uses} in {quota.window}; try again in {wait} s"
        raise RateLimited(told, headers=headers | {"Retry-After": str(wait)})
    return headers


@cache
def _counting(insert: Any) -> Any:
    """The statement of `spend`, built once for each kind of database: building it costs more than running it.

    Parameters: `counted`, the key; `at`; and `ended`, before which a window must have begun to be over.
    """
    at, columns = bindparam("at", type_=Instant), table_of(RateCount).c
    fresh = columns.window_start <= bindparam("ended", type_=Instant)
    counted = insert(table_of(RateCount)).values(key=bindparam("counted"), window_start=at, uses=1)
    return counted.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "uses": case((fresh, 1), else_=columns.uses + 1),
            "window_start": case((fresh, at), else_=columns.window_start),
        },
    ).returning(columns.uses, columns.window_start)


def forget_old(session: Session) -> int:
    """Delete counts whose window ended long ago; returns how many."""
    return changed(session, delete(RateCount).where(col(RateCount.window_start) < now(session) - timedelta(days=1)))
