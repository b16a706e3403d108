"""What people do beside posting: mute, unwatch, come back, read, switch mail off, leave, close a category to others.

Each deed is sent again until it is acknowledged, and goes into the oracle's world with the times of its first request
and of its acknowledgement.
"""

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Any

import httpx

from tests.crash.clients import TRY_AGAIN, Person
from tests.crash.oracle import Change, Timeline, World

PATIENCE = 120.0  # seconds until a deed that is not acknowledged is an error


@dataclass
class Deeds:
    """Does deeds as one of the people, through crashes, and writes them into the world."""

    client: httpx.AsyncClient
    addresses: list[str]
    world: World
    chance: random.Random

    async def choose(self, person: Person, thread_id: int, level: str) -> None:
        """Watch, mute, or follow a thread as anybody does."""
        path = f"/threads/{thread_id}/subscription"
        fact = self.world.levels.setdefault((person.username, thread_id), Timeline("normal"))
        await self._change(fact, level, person, "PUT", path, {"level": level})

    async def unwatch(self, person: Person, thread_id: int) -> None:
        """Give the level up; who posts there again would watch again."""
        fact = self.world.levels[person.username, thread_id]
        await self._change(fact, "normal", person, "DELETE", f"/threads/{thread_id}/subscription")

    async def switch_mail(self, person: Person, wanted: bool) -> None:
        """Letters on or off."""
        fact = self.world.mail[person.username]
        await self._change(fact, wanted, person, "PATCH", "/me/notification-preferences", {"mail": wanted})

    async def show(self, admin: Person, category: str, visibility: str) -> None:
        """Let everybody see a category, or only staff."""
        fact = self.world.visibility[category]
        await self._change(fact, visibility, admin, "PATCH", f"/categories/{category}", {"visibility": visibility})

    async def read_unread(self, person: Person, most: int = 50) -> int:
        """Read the newest notifications that are unread; how many."""
        page = (await self._ask(person, "GET", f"/notifications?unread=true&limit={most}")).json()
        replies = {item["id"]: item["reply"]["id"] for item in page["items"] if item["reply"]}
        if replies:
            begun = time.time()
            await self._ask(person, "POST", "/notifications/read", {"ids": list(replies)})
            for reply_id in replies.values():
                self.world.read[person.username, reply_id].changes.append(Change(begun, time.time(), True))
        return len(replies)

    async def _change(
        self, fact: Timeline, value: Any, person: Person, method: str, path: str, body: dict[str, Any] | None = None
    ) -> None:
        begun = time.time()
        await self._ask(person, method, path, body)
        fact.changes.append(Change(begun, time.time(), value))

    async def _ask(self, person: Person, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """One deed, again and again until it is acknowledged: all of them may be repeated.

        Raises:
            RuntimeError: it was refused.
            TimeoutError: nobody acknowledged it.
        """
        async with asyncio.timeout(PATIENCE):
            while True:
                address = f"{self.chance.choice(self.addresses)}/api/v1{path}"
                try:
                    answer = await self.client.request(method, address, json=body, headers=person.headers)
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.is_success:
                    return answer
                if answer is not None and answer.status_code not in TRY_AGAIN:
                    raise RuntimeError(f"{method} {path} gave {answer.status_code}: {answer.text[:300]}")
                await asyncio.sleep(0.1)
