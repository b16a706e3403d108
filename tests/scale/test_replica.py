"""Who reads from the replica, and how late it may be: a real one, whose replay is held up, stopped, and left alone."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from service.app import create_app
from service.kit.database import replica
from service.kit.database.replica import Replica
from service.settings import load_settings
from tests.build import THOUGHT, a_reply, a_thread
from tests.cast import enter
from tests.conftest import BASE_URL, SECRET
from tests.scale.clusters import Pair

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.postgresql_only("SQLite has no replicas"),
    pytest.mark.xdist_group("replica"),  # they share two servers
]
Open = Callable[..., Awaitable[FastAPI]]
HOLD, GO_ON = "SELECT pg_wal_replay_pause()", "SELECT pg_wal_replay_resume()"


@pytest.fixture
async def opened(pair: Pair, tmp_path: Path) -> AsyncIterator[Open]:
    """Starts an application over the pair, with the replica or without: a process of its own, as far as they know."""
    async with AsyncExitStack() as stack:

        async def start(replica_url: str = "") -> FastAPI:
            settings = load_settings(
                database_url=pair.urls[0], replica_url=replica_url, data_dir=tmp_path, base_url=BASE_URL,
                secret_key=SECRET, kept_bytes=0,
            )  # fmt: skip
            app = create_app(settings, worker=False)
            await stack.enter_async_context(app.router.lifespan_context(app))
            return app

        yield start


def visitor(app: FastAPI) -> httpx.AsyncClient:
    """A client of the application."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=BASE_URL)


async def thoughts(client: httpx.AsyncClient, path: str) -> int:
    """How many replies a reader of the page sees."""
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return len(re.findall(r'id="reply-\d', answer.text))


async def from_replica(reads: Replica, client: httpx.AsyncClient, path: str) -> httpx.Response:
    """The page as the replica gives it: asked for again while the primary writes on, in its own time, to its log."""
    before = reads.served
    async with asyncio.timeout(60):
        while True:
            answer = await client.get(path)
            assert answer.status_code == 200, path
            if reads.served > before:
                return answer


async def test_guests_read_the_replica_while_it_is_fresh_and_nobody_else_does(
    pair: Pair, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = await opened(pair.urls[1]), await opened()
    reads: Replica = here.state.database.replica
    guest, alice = visitor(here), await enter(here, visitor(here), "alice")
    bob = await enter(there, visitor(there), "bob")
    thread = await a_thread(alice)
    path = f"/t/{thread['id']}/{thread['slug']}"
    await pair.caught_up()
    await from_replica(reads, guest, path)
    served, passed = reads.served, reads.passed
    assert await thoughts(alice.client, path) == 0
    assert (reads.served, reads.passed) == (served, passed), "whoever is signed in reads the primary"

    await pair.standby.ask(HOLD)
    await a_reply(alice, thread)
    assert await thoughts(guest, path) == 1, "what this process stored, at once"
    assert (reads.served, reads.passed) == (served, passed + 1)
    assert await thoughts(alice.client, path) == 1
    await pair.standby.ask(GO_ON)
    await pair.caught_up()
    assert "reply-1" in (await from_replica(reads, guest, path)).text

    await pair.standby.ask(HOLD)
    await a_reply(bob, thread, f"{THOUGHT} I agree.")
    monkeypatch.setattr(replica, "LAG", 3600.0)
    assert await thoughts(alice.client, path) == 2, "whoever is signed in: at once, wherever it was stored"
    assert await thoughts(guest, path) == 1, "a guest: what others stored may be so late"
    monkeypatch.setattr(replica, "LAG", 0.0)
    assert await thoughts(guest, path) == 2, "and not later"
    signed_out = visitor(here)
    signed_out.cookies.set("parley", "an old one")
    assert await thoughts(signed_out, path) == 2, "a credential is looked up where it was revoked"
    await pair.standby.ask(GO_ON)
    await pair.caught_up()


async def test_whichever_of_the_two_is_away_guests_go_on_reading(
    pair: Pair, opened: Open, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await opened(pair.urls[1])
    reads: Replica = app.state.database.replica
    guest, carol = visitor(app), await enter(app, visitor(app), "carol")
    thread = await a_thread(carol)
    await a_reply(carol, thread)
    await pair.caught_up()
    pages = [f"/t/{thread['id']}/{thread['slug']}", f"/t/{thread['id']}/feed.atom", "/", "/c/general", "/u/carol",
        "/register", "/sign-in", "/feed.atom", "/api/v1/threads", f"/api/v1/threads/{thread['id']}/replies",
        "/api/v1/categories", "/problems/not-found"]  # fmt: skip
    for page in pages:
        await from_replica(reads, guest, page)

    await pair.caught_up()
    served = reads.served
    pair.primary.stop()
    for page in pages:
        assert (await guest.get(page)).status_code == 200, page
    assert reads.served == served + len(pages)
    assert (await carol.get(pages[0])).status_code == 503
    pair.primary.start()
    await pair.caught_up()

    pair.standby.stop()
    caplog.clear()
    monkeypatch.setattr(replica, "REST", 3600.0)
    for page in pages[:5]:
        assert (await guest.get(page)).status_code == 200, page
    told = [record for record in caplog.records if record.name == replica.__name__]
    assert len(told) == 1, "it is noticed once in a while, not at every read"
    pair.standby.start()
