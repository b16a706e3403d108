"""A migration of a running site fails no request, though every connection has plans for the tables as they were."""

import asyncio
from typing import Final

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from service.kit.database import Session
from tests.build import a_thread
from tests.cast import Person

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.postgresql_only("SQLite looks at the schema again by itself"),
]
AT_ONCE: Final = 12
"""More than there are connections."""

CHANGES: Final = (
    "ALTER TABLE thread ADD COLUMN later text",
    "ALTER TABLE reply ADD COLUMN later text NOT NULL DEFAULT 'x'",
    # These change what prepared statements give, so that their plans are refused and not only made anew.
    "ALTER TABLE thread ALTER COLUMN title TYPE text, ALTER COLUMN slug TYPE text",
    "ALTER TABLE account ALTER COLUMN username TYPE text, ALTER COLUMN display_name TYPE text",
    "ALTER TABLE reply ALTER COLUMN moderation TYPE text",
)


async def test_a_migration_between_two_requests_fails_neither(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person
) -> None:
    threads = [await a_thread(by=alice, title=f"T{number}") for number in range(2)]

    async def everybody(word: str) -> list[httpx.Response]:
        """Guests and members read and write, on all connections."""
        asked = []
        for number in range(AT_ONCE):
            at = f"/api/v1/threads/{threads[number % 2]['id']}"
            asked += [
                client.get(threads[number % 2]["url"], headers={"Cache-Control": "no-store"}),
                bob.get(threads[number % 2]["url"]),
                alice.get(f"{at}/replies"),
                (alice, bob)[number % 2].post(f"{at}/replies", {"body": f"{word} {number}"}),
            ]
        return await asyncio.gather(*asked)

    def migrate(session: Session) -> None:
        session.execute(text(change))

    await everybody("before")
    for place, change in enumerate(CHANGES):
        await app.state.database.write(migrate)
        answers = await everybody(f"after {place}")
        wrong = [(answer.status_code, answer.text[:300]) for answer in answers if answer.status_code not in (200, 201)]
        assert wrong == [], change
    shown = (await client.get(f"/api/v1/threads/{threads[0]['id']}/replies?limit=100")).json()["items"]
    assert len({item["body"] for item in shown}) == len(shown) == AT_ONCE // 2 * (1 + len(CHANGES)), "none twice"
