"""How far people have read, what becomes read with it, and what five minutes of reading do."""

from datetime import timedelta
from typing import Any

import pytest

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import step
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def read(person: Person, thread: dict[str, Any], number: int, *also: int) -> dict[str, int]:
    """Say how far one has read."""
    body = {"number": number, "seen": list(also)}
    answer = await person.put(f"/api/v1/threads/{thread['id']}/read", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.json()
    return found


async def unread(person: Person) -> list[str]:
    """What one was told and has not read, oldest first."""
    answer = await person.get("/api/v1/notifications?unread=true")
    return [notice["reply"]["url"][-2:] if notice["reply"] else notice["kind"] for notice in answer.json()["items"]][
        ::-1
    ]


async def test_a_mark_never_goes_back_and_counts_what_is_shown_above_it(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    replies = [await a_reply(bob, thread, body=f"Reply {number}") for number in range(4)]
    assert await read(alice, thread, 0) == {"number": 0, "unread": 4}
    assert await read(alice, thread, 2) == {"number": 2, "unread": 2}
    assert await read(alice, thread, 1) == {"number": 2, "unread": 2}
    await step(mona, replies[2], "hide")
    assert await read(alice, thread, 0) == {"number": 2, "unread": 1}
    assert await read(alice, thread, 4) == {"number": 4, "unread": 0}


async def test_what_was_told_up_to_the_mark_becomes_read_and_the_rest_does_not(
    alice: Person, bob: Person, mona: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    other = await a_thread(by=alice, title="Another one")
    for number in range(3):
        await a_reply(bob, thread, body=f"Reply {number}")
    await a_reply(bob, other)
    assert (await mona.put(f"/api/v1/threads/{thread['id']}/closure", {})).status_code == 200
    await jobs()
    assert await unread(alice) == ["-1", "-2", "-3", "-1", "closed"]
    await read(alice, thread, 1)
    assert await unread(alice) == ["-2", "-3", "-1", "closed"]
    await read(alice, thread, 1, 3)
    assert await unread(alice) == ["-2", "-1", "closed"]
    await read(alice, thread, 3)
    assert await unread(alice) == ["-1"]
    await read(alice, other, 1)
    assert await unread(alice) == []


async def test_a_thread_that_is_read_has_an_opening_that_is_read(alice: Person, bob: Person, jobs: Jobs) -> None:
    await bob.put("/api/v1/categories/general/subscription", {"level": "watching_first"})
    thread = await a_thread(by=alice)
    await a_reply(alice, thread)
    await jobs()
    assert await unread(bob) == ["thread"]
    await read(bob, thread, 0)
    assert await unread(bob) == []


async def test_marks_are_everybodys_own(alice: Person, bob: Person, charlie: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    await a_reply(charlie, thread)
    await jobs()
    assert await unread(alice) == ["-1", "-2"]
    assert await unread(bob) == ["-2"]
    await read(charlie, thread, 2)
    assert await unread(alice) == ["-1", "-2"]
    assert await unread(bob) == ["-2"]


@pytest.mark.parametrize(
    "body", [{}, {"number": -1}, {"number": 2}, {"number": "1"}, {"number": 0, "seen": [-1]}, {"number": 0, "x": 1}]
)
async def test_only_numbers_that_there_are(alice: Person, bob: Person, body: Any) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    answer = await alice.put(f"/api/v1/threads/{thread['id']}/read", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def level(person: Person, thread: dict[str, Any]) -> tuple[str, str | None]:
    found = (await person.get(f"/api/v1/threads/{thread['id']}/subscription")).json()
    return found["level"], found["reason"]


async def linger(person: Person, thread: dict[str, Any], clock: Clock, *pauses: int) -> None:
    """Say that one reads, after each of these pauses in seconds."""
    await read(person, thread, 0)
    for pause in pauses:
        clock.offset += timedelta(seconds=pause)
        await read(person, thread, 0)


async def test_five_minutes_of_reading_make_one_track_a_thread(alice: Person, charlie: Person, clock: Clock) -> None:
    thread = await a_thread(by=alice)
    await linger(charlie, thread, clock, 80, 80, 95, 60, 60)
    assert await level(charlie, thread) == ("normal", None)
    await linger(charlie, thread, clock, 30)
    assert await level(charlie, thread) == ("tracking", "read")


async def test_reading_changes_no_level_that_one_has(alice: Person, bob: Person, charlie: Person, clock: Clock) -> None:
    thread = await a_thread(by=alice, tags=["Amnesty"])
    await bob.put(f"/api/v1/threads/{thread['id']}/subscription", {"level": "normal"})
    await charlie.put("/api/v1/tags/amnesty/subscription", {"level": "watching"})
    for person in (alice, bob, charlie):
        await linger(person, thread, clock, 80, 80, 80, 80)
    assert await level(alice, thread) == ("watching", "opened")
    assert await level(bob, thread) == ("normal", "chosen")
    assert await level(charlie, thread) == ("watching", "tag")


async def test_who_wants_nothing_from_reading_gets_nothing(alice: Person, bob: Person, clock: Clock) -> None:
    changed = await bob.patch("/api/v1/me/notification-preferences", {"after_reading": "normal"})
    assert changed.status_code == 200, changed.text
    thread = await a_thread(by=alice)
    await linger(bob, thread, clock, 80, 80, 80, 80)
    assert await level(bob, thread) == ("normal", None)
