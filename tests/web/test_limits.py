"""Rate limits: counted exactly in the database, by a window, under a key that tells nobody whose it is."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from service.kit.clock import Clock
from service.kit.database import Database, Session
from service.kit.errors import RateLimited
from service.web.limits import Quota, forget_old, hashed, neighbourhood, spend

pytestmark = pytest.mark.anyio
QUOTA = Quota("try", 3, timedelta(minutes=1))


def use(key: str) -> Callable[[Session], dict[str, str] | RateLimited]:
    """One use that is counted, also when it is refused."""

    def unit(session: Session) -> dict[str, str] | RateLimited:
        try:
            return spend(session, QUOTA, key)
        except RateLimited as refusal:
            return refusal

    return unit


async def test_a_quota_is_spent_and_comes_back_with_the_next_window(database: Database, clock: Clock) -> None:
    for left in (2, 1, 0):
        told = await database.write(use("a"))
        assert isinstance(told, dict)
        assert told["RateLimit-Policy"] == '"try";q=3;w=60'
        assert told["RateLimit"].startswith(f'"try";r={left};t=')
    refusal = await database.write(use("a"))
    assert isinstance(refusal, RateLimited)
    assert 1 <= int(refusal.headers["Retry-After"]) <= 60
    assert isinstance(await database.write(use("b")), dict), "another key has its own"
    clock.offset += timedelta(seconds=61)
    assert isinstance(await database.write(use("a")), dict)


async def test_simultaneous_uses_are_all_counted(database: Database) -> None:
    told = await asyncio.gather(*(database.write(use("a")) for _ in range(12)))
    assert sum(isinstance(each, dict) for each in told) == QUOTA.uses


async def test_old_counts_are_forgotten(database: Database, clock: Clock) -> None:
    await database.write(use("a"))
    clock.offset += timedelta(hours=23)
    await database.write(use("b"))
    assert await database.write(forget_old) == 0
    clock.offset += timedelta(hours=2)
    assert await database.write(forget_old) == 1


@pytest.mark.no_database
def test_addresses_are_counted_by_household_and_kept_as_hashes() -> None:
    assert neighbourhood("192.0.2.7") == "192.0.2.7"
    assert neighbourhood("::ffff:192.0.2.7") == "192.0.2.7"
    assert neighbourhood("2001:db8:1:2:3::4") == neighbourhood("2001:db8:1:2::9") != neighbourhood("2001:db8:1:3::4")
    assert neighbourhood("testclient") == "testclient"
    assert hashed("one secret", "a", "bc") != hashed("one secret", "ab", "c")
    assert hashed("one secret", "a") != hashed("another", "a")
