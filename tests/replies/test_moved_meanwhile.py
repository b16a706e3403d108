"""A reply that waited for its thread while that was moved."""

import asyncio
from typing import cast

import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from service.categories.models import Category
from service.kit.database import Database
from service.kit.database.postgresql import PostgreSQL
from service.threads.models import Thread
from tests.build import a_thread
from tests.cast import Person

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql_only("on SQLite nobody waits for a row")]


async def test_a_reply_reaches_a_thread_that_was_moved_while_it_waited(
    database: Database, alice: Person, bob: Person, ada: Person
) -> None:
    """The row that it waited for belongs to another category than the one it was joined with."""
    made = await ada.post("/api/v1/categories", {"slug": "other", "name": "Other"})
    assert made.status_code == 201, made.text
    thread = await a_thread(by=alice)
    async with cast(PostgreSQL, database).engine.connect() as mover:
        other = select(col(Category.id)).where(col(Category.slug) == "other").scalar_subquery()
        await mover.execute(update(Thread).where(col(Thread.id) == thread["id"]).values(category_id=other))
        posting = asyncio.create_task(bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "It waits."}))
        async with asyncio.timeout(60):
            while not await mover.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                await asyncio.sleep(0.01)
        await mover.commit()
    answer = await posting
    assert answer.status_code == 201, answer.text
    assert answer.json()["number"] == 1
