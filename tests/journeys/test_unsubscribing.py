"""Out of a letter: the address in its header, posted without a cookie, stops what the thread would send."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.kit.clock import Clock
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox
from tests.working import Jobs

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    """Mail goes to the box at once."""
    return load_settings(
        database_url=database_url,
        data_dir=tmp_path,
        base_url=BASE_URL,
        secret_key=SECRET,
        smtp_url=box.url,
        mail_delay="PT0S",
    )


async def post_one_click(browse: Any, address: str) -> httpx.Response:
    """What a mailbox provider does (RFC 8058 section 3.2): a client of its own, no cookie, no redirect followed."""
    provider = await browse(follow_redirects=False)
    provider.cookies.clear()
    answer: httpx.Response = await provider.post(address, data={"List-Unsubscribe": "One-Click"})
    return answer


async def test_the_header_of_a_letter_stops_the_thread(
    alice: Person, bob: Person, box: Mailbox, jobs: Jobs, browse: Any
) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    await a_reply(bob, thread)
    await jobs()
    (letter,) = box.taken
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    header = letter["List-Unsubscribe"]
    assert (header[0], header[-1]) == ("<", ">")
    address = header[1:-1]

    scanner = await browse()
    for method in ("GET", "HEAD"):
        assert (await scanner.request(method, address)).status_code == 200
    await a_reply(bob, thread)
    await jobs()
    assert len(box.taken) == 2, "looking changes nothing"

    for _ in range(2):
        answer = await post_one_click(browse, address)
        assert answer.status_code == 200
    await a_reply(bob, thread, body="@alice, are you there?")
    await a_reply(bob, other)
    await jobs()
    assert len(box.taken) == 3, "the other thread's letter alone"
    assert f"<thread-{other['id']}@forum.example>" in box.taken[2]["References"]
    told = (await alice.get("/api/v1/notifications")).json()["items"]
    assert sorted(notice["thread"]["id"] for notice in told) == sorted([thread["id"], thread["id"], other["id"]])

    page = await scanner.get(address)
    assert "This thread is muted" in page.text
    await scanner.post(address, data={"do": "watch"})
    await a_reply(bob, thread)
    await jobs()
    assert len(box.taken) == 4


async def test_a_letter_that_waits_while_it_is_stopped_is_not_sent(
    alice: Person, bob: Person, box: Mailbox, jobs: Jobs, browse: Any, clock: Clock
) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    await a_reply(bob, thread)
    await jobs()
    box.text = "451 try later"
    await a_reply(bob, thread)
    await a_reply(bob, other)
    await jobs()
    assert len(box.taken) == 1
    await post_one_click(browse, box.taken[0]["List-Unsubscribe"][1:-1])
    box.text = "250 OK"
    clock.offset += timedelta(seconds=31)
    await jobs()
    assert len(box.taken) == 2, "the other thread's letter alone"
    assert f"<thread-{other['id']}@forum.example>" in box.taken[1]["References"]
