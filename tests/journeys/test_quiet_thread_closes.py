"""A quiet thread closes by itself, and its watchers hear of it once."""

from datetime import timedelta
from pathlib import Path

import pytest

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.mailbox import letters, words
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def told(person: Person) -> list[str]:
    """The kinds of the person's notifications, oldest first."""
    answer = await person.get("/api/v1/notifications")
    return [notice["kind"] for notice in reversed(answer.json()["items"])]


async def test_a_quiet_thread_closes_and_its_watchers_hear_of_it_once(
    alice: Person, bob: Person, charlie: Person, mona: Person, jobs: Jobs, clock: Clock, tmp_path: Path
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_idle": "P14D"})
    await a_reply(bob, thread)
    await jobs()
    clock.offset += timedelta(days=14, minutes=1)

    refused = await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "Too late?"})
    assert (refused.status_code, refused.json()["code"]) == (409, "thread-closed")  # by law, before anything is told
    assert await told(bob) == []

    for _ in range(3):
        await jobs()
        clock.offset += timedelta(minutes=1)
    assert await told(alice) == ["reply", "closed"]
    assert await told(bob) == ["closed"]
    assert await told(charlie) == []
    closings = [letter for letter in letters(tmp_path) if letter["Subject"].startswith("Closed: ")]
    assert sorted(letter["To"] for letter in closings) == ["alice@example.org", "bob@example.org"]
    assert "This thread is closed\n“What the amnesty left out”" in words(closings[0])
    assert "Nobody has replied for as long as threads here stay open." in words(closings[0])
    assert ">Nobody has replied for as long as threads here stay open.</p>" in words(closings[0], "html")

    (notice,) = [each for each in (await bob.get("/api/v1/notifications")).json()["items"] if each["kind"] == "closed"]
    assert (notice["actor"], notice["reply"]) == (None, None)
    assert notice["text"] == "“What the amnesty left out” is closed"

    assert (await mona.delete(f"/api/v1/threads/{thread['id']}/closure")).status_code == 200
    await a_reply(bob, thread)
    assert (await mona.put(f"/api/v1/threads/{thread['id']}/closure", {"reason": "Done."})).status_code == 200
    await jobs()
    assert await told(bob) == ["closed", "closed"]  # another closing is other news
