"""Builders that speak HTTP: `await a_thread(by=alice)`."""

import asyncio
from typing import Any

from service.kit.database import Database
from service.kit.events import is_waiting
from tests.cast import Person

ESSAY = "The amnesty of 1953 let more than a million people go home."


async def a_thread(
    by: Person, title: str = "What the amnesty left out", body: str = ESSAY, **more: Any
) -> dict[str, Any]:
    """Open a thread and return it as JSON."""
    answer = await by.post("/api/v1/threads", {"title": title, "body": body, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def a_reply(
    by: Person, thread: dict[str, Any], body: str = "The numbers hide the families.", **more: Any
) -> dict[str, Any]:
    """Reply to a thread and return the reply as JSON."""
    answer = await by.post(f"/api/v1/threads/{thread['id']}/replies", {"body": body, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def logged(database: Database) -> None:
    """Wait until everything that was committed stands in the log: on PostgreSQL that is a moment later."""
    async with asyncio.timeout(30):
        while await database.read(is_waiting):
            await asyncio.sleep(0.01)
