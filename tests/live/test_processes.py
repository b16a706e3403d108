"""Streams of real processes: several over one database, and one that is told to stop."""

import asyncio
import json
import os
import signal
from pathlib import Path

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


async def half_a_reply(port: int, by: Person, thread: Json) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """A reply of which the server has read the head and waits for the body; gives what is left to be sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b'{"body": "I was on my way."}'
    lines = [f"POST /api/v1/threads/{thread['id']}/replies HTTP/1.1", "Host: forum.example", "Expect: 100-continue"]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"Cookie: parley={by.client.cookies['parley']}"]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    async with asyncio.timeout(PATIENCE):
        assert b"100 Continue" in await reader.readuntil(b"\r\n\r\n")
    return reader, writer, body


async def keep_posting(by: Person, path: str, told: list[int]) -> None:
    """Reply until nobody answers any more; `told` are the numbers of those that were acknowledged."""
    while True:
        try:
            answer = await by.client.post(path, json={"body": f"{by.username}, {len(told)}"})
        except httpx.TransportError:
            return
        assert answer.status_code in (201, 503), answer.text
        if answer.status_code == 201:
            told.append(answer.json()["number"])


async def test_who_is_served_when_a_process_is_told_to_stop_is_served_and_nothing_stored_is_lost(
    tmp_path: Path, database_url: str
) -> None:
    """Streams end in good order, also while one does not read; a request on its way is answered; nobody new is let in;
    every reply that was acknowledged is there afterwards, and once.
    """
    site = Site(tmp_path / "site", database_url, serves=1, works=0)
    try:
        await site.start()
        cast = await people(site.addresses[0], ["dorothea", "casaubon", "ladislaw", "celia"])
        thread, port = await opened(cast[0]), site.ports[0]
        listeners = [await Listener.open(port, thread) for _ in range(5)]
        deaf = await Listener.open(port, thread)
        deaf.reader._transport.pause_reading()  # type: ignore[attr-defined]
        path, told = f"{site.addresses[0]}/api/v1/threads/{thread['id']}/replies", [list[int]() for _ in cast[1:]]
        posting = [asyncio.create_task(keep_posting(*each)) for each in zip(cast[1:], [path] * 3, told, strict=True)]
        while not all(told):
            await asyncio.sleep(0.01)
        reader, writer, body = await half_a_reply(port, cast[0], thread)
        os.kill(site.serves[0].pid, signal.SIGTERM)
        for listener in listeners:
            await listener.end()
        assert [listener.ended_well for listener in listeners] == [True] * 5
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        writer.write(body)
        async with asyncio.timeout(PATIENCE):
            answer = await reader.read()  # to the end of the connection
            await asyncio.gather(*posting)
            while site.serves[0].alive:
                await asyncio.sleep(0.05)
        assert answer.startswith(b"HTTP/1.1 201 "), answer
        await site.start()
        found = await stored(site.addresses[0], thread)
        last = json.loads(answer.partition(b"\r\n\r\n")[2])["number"]
        acknowledged = [last, *(number for each in told for number in each)]
        assert (len(set(found)), len(set(acknowledged))) == (len(found), len(acknowledged))
        assert set(acknowledged) <= set(found)
    finally:
        await asyncio.to_thread(site.end)


async def stored(address: str, thread: Json) -> list[int]:
    """The numbers of all replies of a thread."""
    found: list[int] = []
    async with httpx.AsyncClient(base_url=f"{address}/api/v1", timeout=PATIENCE) as client:
        while True:
            past = found[-1] if found else 0
            page = (await client.get(f"/threads/{thread['id']}/replies?limit=100&after={past}")).json()["items"]
            if not page:
                return found
            found += [each["number"] for each in page]
