"""Builders that speak HTTP: `await a_thread(by=alice)`."""

import asyncio
from collections import defaultdict
from typing import Any
from weakref import WeakKeyDictionary

import httpx

from service.kit.database import Database
from service.kit.events import is_waiting
from tests.cast import Person

ESSAY = "The amnesty of 1953 let more than a million people go home."
THOUGHT = "The numbers hide the families."

_said: WeakKeyDictionary[httpx.AsyncClient, defaultdict[str, int]] = WeakKeyDictionary()


def another(by: Person, where: str, text: str) -> str:
    """The text; from the second time on that somebody says it there, with its number: the same is refused."""
    times = _said.setdefault(by.client, defaultdict(int))
    times[where] += 1
    return text if times[where] == 1 else f"{text} ({times[where]})"


async def a_thread(
    by: Person, title: str = "What the amnesty left out", body: str | None = None, **more: Any
) -> dict[str, Any]:
    """Open a thread and return it as JSON."""
    text = another(by, title, ESSAY) if body is None else body
    answer = await by.post("/api/v1/threads", {"title": title, "body": text, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def a_reply(by: Person, thread: dict[str, Any], body: str | None = None, **more: Any) -> dict[str, Any]:
    """Reply to a thread and return the reply as JSON."""
    text = another(by, str(thread["id"]), THOUGHT) if body is None else body
    answer = await by.post(f"/api/v1/threads/{thread['id']}/replies", {"body": text, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def logged(database: Database) -> None:
    """Wait until everything that was committed stands in the log: on PostgreSQL that is a moment later."""
    async with asyncio.timeout(30):
        while await database.read(is_waiting):
            await asyncio.sleep(0.01)
