"""Streams of real processes: several over one database, and one that is told to stop."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cast import PASSWORD, Person
from tests.crash.processes import Site
from tests.live.listening import PATIENCE, Json, Listener

pytestmark = pytest.mark.anyio


async def people(address: str, names: list[str]) -> list[Person]:
    """Accounts, each signed in on a client of its own."""
    found = []
    for name in names:
        client = httpx.AsyncClient(base_url=address, timeout=PATIENCE)
        account = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        made = await client.post("/api/v1/accounts", json=account)
        assert made.status_code == 201, made.text
        signed = await client.post("/api/v1/sessions", json={"login": name, "password": PASSWORD})
        assert signed.status_code == 201, signed.text
        found.append(Person((await client.get("/api/v1/me")).json()["id"], name, client))
    return found


async def opened(by: Person) -> Json:
    """A thread."""
    answer = await by.post("/api/v1/threads", {"title": "Over two processes", "body": "Who hears whom?"})
    assert answer.status_code == 201, answer.text
    thread: Json = answer.json()
    return thread


async def post(by: Person, address: str, thread: Json, count: int) -> None:
    """Reply, one after the other, through one of the processes."""
    for number in range(count):
        path = f"{address}/api/v1/threads/{thread['id']}/replies"
        answer = await by.client.post(path, json={"body": f"{by.username} {number}"})
        assert answer.status_code == 201, answer.text


async def numbers(listener: Listener, count: int) -> list[int]:
    """What a listener hears of so many replies, in order; positions must rise."""
    found: list[int] = []
    position = -1
    while len(found) < count:
        event = await listener.event()
        assert event.id is not None
        assert event.id > position
        position = event.id
        found.append(event.said["data"]["number"])
    return found


@pytest.mark.postgresql_only("on SQLite one process serves")
async def test_listeners_of_two_processes_hear_every_reply_once_and_in_order(tmp_path: Path, database_url: str) -> None:
    site = Site(tmp_path / "site", database_url, serves=2, works=0)
    try:
        await site.start()
        cast = await people(site.addresses[0], ["dorothea", "casaubon", "ladislaw", "celia"])
        thread = await opened(cast[0])
        listeners = [await Listener.open(port, thread) for port in site.ports for _ in range(3)]
        for listener in listeners:
            assert (await listener.next()) is not None
        hearing = [asyncio.create_task(numbers(listener, 80)) for listener in listeners]
        await asyncio.gather(*(post(one, site.addresses[turn % 2], thread, 20) for turn, one in enumerate(cast)))
        for heard in await asyncio.gather(*hearing):
            assert heard == list(range(1, 81))
    finally:
        await asyncio.to_thread(site.end)


async def test_a_process_that_is_told_to_stop_ends_its_streams(tmp_path: Path, database_url: str) -> None:
    """In good order: left to itself, the server waits for open answers until it breaks them off."""
    site = Site(tmp_path / "site", database_url, serves=1, works=0)
    try:
        await site.start()
        (dorothea,) = await people(site.addresses[0], ["dorothea"])
        thread = await opened(dorothea)
        listeners = [await Listener.open(site.ports[0], thread) for _ in range(5)]
        os.kill(running(site), signal.SIGTERM)
        for listener in listeners:
            await listener.end()
        assert [listener.ended_well for listener in listeners] == [True] * 5
        async with asyncio.timeout(PATIENCE):
            while site.serves[0].alive:
                await asyncio.sleep(0.05)
    finally:
        await asyncio.to_thread(site.end)


def running(site: Site) -> int:
    """The process id of the site's server."""
    process: Any = site.serves[0]._running
    return int(process.pid)
