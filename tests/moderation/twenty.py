"""Many moderators decide the same posts at once: each post is decided once, whoever comes first."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlmodel import Session, col

from service.screening.models import Decision
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, hold_all

ACTIONS = ("approve", "reject", "spam", "trash")


async def hold_many(members: Sequence[Person], ada: Person, count: int) -> list[Json]:
    """So many replies that wait, in four threads; their reviews."""
    threads = [await a_thread(by=ada) for _ in range(4)]
    await hold_all(ada)
    for number in range(count):
        await a_reply(members[number % len(members)], threads[number % 4], f"Thought {number}.")
    found: list[Json] = []
    after: Json = {"limit": 100}
    while after is not None:
        page = (await ada.get("/api/v1/reviews?state=open", params=after)).json()
        found += page["items"]
        after = {"limit": 100, "cursor": page["next"]} if page["next"] else None  # type: ignore[assignment]
    assert len(found) == count
    return found


async def until_ready(send: Callable[[str, Any], Awaitable[httpx.Response]], path: str, body: Any) -> httpx.Response:
    """The answer; a program that is told to come again, because another holds the posts, does so."""
    for _ in range(60):
        answer = await send(path, body)
        if answer.status_code != 503:
            return answer
        await asyncio.sleep(0.5)
    return answer


async def decide_all(by: Person, reviews: Sequence[Json], seed: int) -> Counter[int]:
    """One moderator decides about each review as they saw it, in an order of their own; how often each answer came."""
    chance = random.Random(seed)
    statuses: Counter[int] = Counter()
    for review in chance.sample(list(reviews), len(reviews)):
        body = {"action": chance.choice(ACTIONS), "version": review["version"]}
        answer = await until_ready(by.put, f"/api/v1/reviews/{review['id']}/decision", body)
        assert answer.status_code in (200, 409), answer.text
        statuses[answer.status_code] += 1
    return statuses


async def decide_together(by: Person, reviews: Sequence[Json], seed: int) -> int:
    """One moderator decides about all of them in one go; how many were decided by that."""
    chance = random.Random(seed)
    items = [{"id": each["id"], "version": each["version"]} for each in chance.sample(list(reviews), len(reviews))]
    body = {"items": items, "action": chance.choice(ACTIONS)}
    answer = await until_ready(by.post, "/api/v1/reviews/decisions", body)
    assert answer.status_code == 200, answer.text
    assert {each["code"] for each in answer.json()["items"]} <= {None, "stale-decision"}
    return int(answer.json()["decided"])


async def race(app: FastAPI, moderators: Sequence[Person], reviews: Sequence[Json]) -> None:
    """All moderators decide about all reviews: every one is decided once, and nothing else is."""
    ran = await asyncio.gather(*(decide_all(one, reviews, seed) for seed, one in enumerate(moderators)))
    total = sum(ran, Counter[int]())
    assert total == Counter({200: len(reviews), 409: len(reviews) * (len(moderators) - 1)}) - Counter({409: 0})
    assert set((await decided(app)).values()) == {1}
    assert len(await decided(app)) == len(reviews)


async def race_in_batches(app: FastAPI, moderators: Sequence[Person], reviews: Sequence[Json]) -> None:
    """The same, all at once for each moderator."""
    ran = await asyncio.gather(*(decide_together(one, reviews, seed) for seed, one in enumerate(moderators)))
    assert sum(ran) == len(reviews)
    assert sorted((await decided(app)).values()) == [1] * len(reviews)


async def decided(app: FastAPI) -> dict[int, int]:
    """How many decisions by people there are about each reply."""

    def count(session: Session) -> dict[int, int]:
        by_people = col(Decision.decided_by_id).is_not(None), col(Decision.reply_id).is_not(None)
        query = select(col(Decision.reply_id), func.count()).where(*by_people, col(Decision.action) != "hold")
        return {row[0]: row[1] for row in session.execute(query.group_by(col(Decision.reply_id)))}

    found: dict[int, int] = await app.state.database.read(count)
    return found


def cast_of(count: int) -> list[str]:
    """The names of so many moderators."""
    return [f"moderator{number}" for number in range(count)]
