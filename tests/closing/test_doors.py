"""Six doors, one law: the thread's JSON, the lists, the page, a reply by JSON, a reply by form, and the sweep.

Random histories, with the clock standing at one of their deadlines.
"""

import random
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import insert, select, update
from sqlmodel import col

from service.categories.models import Category
from service.kit.clock import Clock, from_micros, to_micros
from service.kit.database import Session
from service.replies.models import Reply
from service.site.models import Site
from service.threads.models import Thread
from tests.cast import Person
from tests.closing.doing import path, sweep_now
from tests.closing.histories import World, count, worlds
from tests.closing.test_races import freeze

pytestmark = pytest.mark.anyio
COUNT = 12


def happened_by(world: World, at: int) -> None:
    """Take back what people will only do later: nobody closes, archives or replies ahead of time."""
    world.replies[:] = [row for row in world.replies if row["published_at"] and to_micros(row["published_at"]) <= at]
    for row in world.threads:
        count(row, [reply for reply in world.replies if reply["thread_id"] == row["id"]])
        for name in ("closed_at", "archived_at"):
            if row[name] is not None and to_micros(row[name]) > at:
                row[name] = None


def store(session: Session, world: World) -> None:
    """The world beside what is there."""
    session.execute(update(Site).values(**world.site))
    session.execute(insert(Category), world.categories)
    session.execute(insert(Thread), world.threads)
    session.execute(insert(Reply), world.replies)


def told(session: Session) -> set[int]:
    """The threads whose closing has been told."""
    return set(session.scalars(select(col(Thread.id)).where(col(Thread.closing_recorded_at).is_not(None))))


async def listed(by: Person, state: str) -> set[int]:
    """The threads that the list shows for a state."""
    answer = await by.get(f"/api/v1/threads?state={state}&limit=100")
    return {thread["id"] for thread in answer.json()["items"]}


async def by_page(by: Person, thread: dict[str, Any]) -> bool:
    """Whether the page says that comments are closed; it has the form that replies exactly when it does not."""
    page = (await by.get(thread["url"])).text
    says_closed = "Comments are closed." in page
    assert ("<textarea" in page and 'name="body"' in page) is not says_closed
    return says_closed


@pytest.mark.parametrize("seed", [3, 11, 23])
async def test_six_doors_agree(app: FastAPI, clock: Clock, bob: Person, seed: int) -> None:
    (world,) = worlds(seed, count=1, threads=COUNT)
    chance = random.Random(seed)
    at = sorted(ask["at"] for ask in world.asks if ask["at"] % 1000 != 1)[len(world.asks) // 3] + chance.randint(-1, 1)
    happened_by(world, at)
    await app.state.database.write(store, world)
    freeze(clock, at)
    open_ones, closed, archived = [await listed(bob, state) for state in ("open", "closed", "archived")]
    ids = {row["id"] for row in world.threads}
    assert (open_ones | closed | archived, len(open_ones) + len(closed) + len(archived)) == (ids, COUNT)
    shown = {key: (await bob.get(path({"id": key}))).json() for key in ids}
    await app.state.database.write(sweep_now)
    swept = await app.state.database.read(told)
    for key, thread in shown.items():
        is_closed = key not in open_ones
        assert thread["state"] == ("archived" if key in archived else "closed" if is_closed else "open")
        assert thread["can_reply"] is not is_closed
        assert (thread["closed_at"] is not None) == is_closed
        if is_closed:
            assert thread["closed_at"] <= from_micros(at).isoformat().replace("+00:00", "Z")
        assert (key in swept) == is_closed
        assert await by_page(bob, thread) == is_closed
        by_json = await bob.post(path(thread, "replies"), {"body": "By JSON."})
        assert by_json.status_code == (409 if is_closed else 201)
        enough = (await bob.get(path(thread))).json()["close_reason"] == "replies"  # that reply was the last
        by_form = await bob.client.post(thread["url"], data={"do": "reply", "body": "By form."})
        assert by_form.status_code == (409 if is_closed or enough else 303)
        accepted = (by_json.status_code == 201) + (by_form.status_code == 303)
        assert (await bob.get(path(thread))).json()["reply_count"] == thread["reply_count"] + accepted
    assert open_ones, "something is open"
    assert closed, "something is closed"
