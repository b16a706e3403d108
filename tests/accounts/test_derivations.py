"""argon2 runs beside the event loop, a few at a time, and addresses are counted by household."""

import asyncio
import threading
import time

import pytest

from service.kit import credentials
from service.web.limits import neighbourhood

pytestmark = [pytest.mark.anyio, pytest.mark.no_database]


async def test_a_crowd_waits_in_a_queue_and_the_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, running, most, threads = threading.Lock(), 0, 0, set()

    def slow(password: str, kept: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            threads.add(threading.current_thread())
        time.sleep(0.05)
        with lock:
            running -= 1
        return password == kept

    monkeypatch.setattr(credentials, "compare", slow)
    crowd = asyncio.gather(*(credentials.is_password("x", "x") for _ in range(3 * credentials.AT_ONCE)))
    ticks = 0
    while not crowd.done():
        await asyncio.sleep(0.005)
        ticks += 1
    assert await crowd == [True] * 3 * credentials.AT_ONCE
    assert most == credentials.AT_ONCE
    assert threading.main_thread() not in threads
    assert ticks >= 5


async def test_a_password_is_derived_with_its_own_salt() -> None:
    first, second = await credentials.hash_password("the same"), await credentials.hash_password("the same")
    assert first != second
    assert await credentials.is_password("the same", first)
    assert not await credentials.is_password("the other", second)


def test_secrets_are_long_and_never_the_same() -> None:
    made = {credentials.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert min(map(len, made)) >= 43  # 256 bits in base64


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("a unix socket", "a unix socket"),
    ],
)
def test_addresses_count_by_household(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted
