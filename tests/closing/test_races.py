"""Who decides at once does it one after the other: closings, replies, and replies against a closing."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from service.kit.clock import Clock, from_micros, to_micros
from tests.build import a_thread, another
from tests.cast import Person
from tests.closing.doing import close, instant, path, reopen, set_site, shown, the_time, told, wire

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def reply(by: Person, thread: Json, **more: Any) -> httpx.Response:
    """One of many replies."""
    return await by.post(path(thread, "replies"), {"body": another(by, path(thread), "Me too."), **more})


async def listed(by: Person, thread: Json) -> list[Json]:
    """All replies of the thread (at most a hundred)."""
    items: list[Json] = (await by.get(f"{path(thread, 'replies')}?limit=100")).json()["items"]
    return items


async def test_two_moderators_closing_at_once_record_one_closing(
    app: FastAPI, alice: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    people = [mona, ada] * 4
    answers = await asyncio.gather(*(close(person, thread, f"By {person.username}.") for person in people))
    assert len({(answer["closed_at"], answer["closure_reason"], answer["version"]) for answer in answers}) == 1
    (event,) = await told(app, thread, "thread.closed")
    winner = "mona" if event.actor_id == mona.id else "ada"
    assert answers[0]["closure_reason"] == f"By {winner}."
    await asyncio.gather(*(reopen(person, thread) for person in people))
    assert len(await told(app, thread, "thread.reopened")) == 1


async def test_simultaneous_replies_get_consecutive_numbers_and_are_counted_exactly(
    alice: Person, bob: Person, charlie: Person
) -> None:
    thread = await a_thread(by=alice)
    first = (await reply(alice, thread)).json()
    people = [alice, bob, charlie] * 8
    answers = await asyncio.gather(*(reply(person, thread, parent=first["id"]) for person in people))
    assert [answer.status_code for answer in answers] == [201] * 24
    assert sorted(answer.json()["number"] for answer in answers) == list(range(2, 26))
    seen = await shown(alice, thread)
    assert seen["reply_count"] == 25
    replies = await listed(alice, thread)
    assert seen["last_reply_at"] == replies[-1]["created_at"]
    times = [instant(each["created_at"]) for each in replies]
    assert times == sorted(times), "numbers are in the order of time"
    gone = await asyncio.gather(*(alice.delete(f"/api/v1/replies/{each['id']}") for each in replies for _ in range(2)))
    mine = sum(each["author"]["username"] == "alice" for each in replies)
    assert Counter(answer.status_code for answer in gone)[204] == mine, "each is deleted once"
    assert (await shown(alice, thread))["reply_count"] == 25 - mine


async def test_no_reply_is_later_than_the_closing_it_races(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    people = [bob, charlie, alice] * 10
    racing = [asyncio.create_task(reply(person, thread)) for person in people]
    await asyncio.wait(racing[:6])
    closed = await close(mona, thread)
    late = [reply(person, thread) for person in (bob, charlie)]
    answers = await asyncio.gather(*racing, *late)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert [answer.status_code for answer in answers[-2:]] == [409, 409], "whoever comes after the answer is refused"
    stored = await listed(mona, thread)
    assert len(stored) == sum(answer.status_code == 201 for answer in answers) >= 6
    assert all(instant(each["created_at"]) < instant(closed["closed_at"]) for each in stored)
    for refused in answers:
        if refused.status_code == 409:
            assert refused.json()["closed_at"] == closed["closed_at"]
    assert (await shown(mona, thread))["reply_count"] == len(stored)


async def test_no_reply_is_later_than_a_deadline_that_passes(
    app: FastAPI, alice: Person, bob: Person, charlie: Person
) -> None:
    due = await the_time(app) + timedelta(seconds=1)
    thread = await a_thread(by=alice, closing={"closes_at": wire(due)})
    answers: list[httpx.Response] = []
    while not answers or answers[-1].status_code == 201:
        answers += await asyncio.gather(*(reply(person, thread) for person in (bob, charlie, alice)))
        assert len(answers) < 2000, "the deadline never came"
    stored = await listed(alice, thread)
    assert all(instant(each["created_at"]) < due for each in stored)
    assert (await shown(bob, thread))["reply_count"] == sum(answer.status_code == 201 for answer in answers)


async def test_a_reply_against_a_policy_that_closes(alice: Person, bob: Person, charlie: Person, ada: Person) -> None:
    thread = await a_thread(by=alice)
    racing = [asyncio.create_task(reply(person, thread)) for person in (bob, charlie, alice) * 6]
    await asyncio.wait(racing[:3])
    await set_site(ada, closing={"close_after_age": "PT0.000001S"})
    late = await reply(bob, thread)
    answers = await asyncio.gather(*racing)
    assert (late.status_code, late.json()["reason"]) == (409, "age")
    assert (await shown(bob, thread))["reply_count"] == sum(answer.status_code == 201 for answer in answers)


@pytest.mark.postgresql_only("on SQLite nobody else writes while a reply is stored")
async def test_a_reply_that_waited_for_the_thread_meets_the_policy_of_now(
    app: FastAPI, alice: Person, bob: Person
) -> None:
    """While the reply waits for the thread's lock, the site's policy closes the thread. The refusal says why."""
    thread = await a_thread(by=alice)
    async with app.state.database.engine.connect() as connection:
        await connection.execute(text("SELECT id FROM thread FOR UPDATE"))
        waiting = asyncio.create_task(reply(bob, thread))
        await asyncio.sleep(0.3)
        await connection.execute(text("UPDATE site SET close_after_age = 1"))
        await connection.commit()
    answer = await waiting
    assert (answer.status_code, answer.json()["reason"]) == (409, "age")
    assert instant(answer.json()["closed_at"]) == instant(thread["created_at"]) + timedelta(microseconds=1)


async def test_the_statement_that_stores_a_reply_obeys_the_law_to_the_microsecond(
    app: FastAPI, clock: Clock, alice: Person, bob: Person
) -> None:
    """The clock stands still: the deadline's own microsecond is closed, the one before is open."""
    thread = await a_thread(by=alice, closing={"close_after_age": "P1D"})
    due = instant(thread["closes_at"])
    for distance, status in ((-1, 201), (0, 409), (1, 409), (-1, 201)):
        freeze(clock, to_micros(due) + distance)
        answer = await reply(bob, thread)
        assert answer.status_code == status, distance
        seen = await shown(bob, thread)
        assert seen["state"] == ("open" if status == 201 else "closed"), distance
        assert seen["can_reply"] == (status == 201)


def freeze(clock: Clock, micros: int) -> None:
    """Let the clock say this instant and no other."""

    def still(reading: datetime, source: str = "") -> datetime:
        return from_micros(micros)

    clock.settle = still  # type: ignore[method-assign]  # a clock that stands still is not one that Parley has
