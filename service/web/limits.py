"""Rate limits, counted in the database so that every process counts the same."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, case, delete, literal
from sqlmodel import Field, Session, SQLModel, col

from service.kit.clock import Instant, now
from service.kit.database.rows import changed, upsert
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
    fresh = col(RateCount.window_start) <= at - quota.window
    statement = upsert(session)(RateCount).values(key=key, window_start=at, uses=1)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "uses": case((fresh, 1), else_=RateCount.uses + 1),
            "window_start": case((fresh, literal(at, Instant)), else_=RateCount.window_start),
        },
    ).returning(RateCount.uses, RateCount.window_start)
    uses, start = session.execute(statement).one()
    wait = max(1, -int(-(start + quota.window - at).total_seconds() // 1))
    left = max(0, quota.uses - uses)
    headers = {"RateLimit-Policy": quota.policy(), "RateLimit": f'"{quota.name}";r={left};t={wait}'}
    if uses > quota.uses:
        told = f"At most {quota.uses} in {quota.window}; try again in {wait} s"
        raise RateLimited(told, headers=headers | {"Retry-After": str(wait)})
    return headers


def forget_old(session: Session) -> int:
    """Delete counts whose window ended long ago; returns how many."""
    return changed(session, delete(RateCount).where(col(RateCount.window_start) < now(session) - timedelta(days=1)))
