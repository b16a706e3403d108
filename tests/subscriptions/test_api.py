"""How closely people follow threads, at the door."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.build import a_reply, a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio


def path(thread: dict[str, Any]) -> str:
    return f"/api/v1/threads/{thread['id']}/subscription"


async def level(person: Person, thread: dict[str, Any]) -> tuple[str, str | None]:
    answer = await person.get(path(thread))
    assert answer.status_code == 200, answer.text
    return answer.json()["level"], answer.json()["reason"]


async def test_who_opens_a_thread_watches_it_and_a_stranger_does_not(alice: Person, charlie: Person) -> None:
    thread = await a_thread(by=alice)
    assert await level(alice, thread) == ("watching", "opened")
    assert await level(charlie, thread) == ("normal", None)


async def test_who_replies_watches(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    assert await level(bob, thread) == ("watching", "replied")
    await a_reply(alice, thread)
    assert (await level(alice, thread))[0] == "watching"


@pytest.mark.parametrize("chosen", ["muted", "normal", "tracking", "watching_first", "watching"])
async def test_a_choice_stands_whatever_one_does(alice: Person, bob: Person, chosen: str) -> None:
    thread = await a_thread(by=alice)
    for _ in range(2):
        answer = await bob.put(path(thread), {"level": chosen})
        assert (answer.status_code, answer.json()["level"], answer.json()["reason"]) == (200, chosen, "chosen")
    await a_reply(bob, thread)
    assert await level(bob, thread) == (chosen, "chosen")


async def test_giving_a_choice_up_brings_the_default_back(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    for person, default in ((alice, ("watching", "opened")), (bob, ("normal", None))):
        await person.put(path(thread), {"level": "muted"})
        for _ in range(2):
            assert (await person.delete(path(thread))).status_code == 204
        assert await level(person, thread) == default


async def test_choices_are_everybodys_own(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await bob.put(path(thread), {"level": "muted"})
    assert await level(alice, thread) == ("watching", "opened")


async def test_a_guest_is_asked_to_sign_in(alice: Person, client: AsyncClient) -> None:
    thread = await a_thread(by=alice)
    for answer in (
        await client.get(path(thread)),
        await client.put(path(thread), json={"level": "watching"}),
        await client.delete(path(thread)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


async def test_what_one_may_not_see_one_cannot_follow(ada: Person, bob: Person) -> None:
    made = await ada.post("/api/v1/categories", {"name": "Backroom", "visibility": "staff"})
    assert made.status_code == 201, made.text
    thread = await a_thread(by=ada, category="backroom")
    for answer in (
        await bob.get(path(thread)),
        await bob.put(path(thread), {"level": "watching"}),
        await bob.put(path(thread), {"level": "wrong"}),
        await bob.delete(path(thread)),
        await bob.get("/api/v1/threads/999999/subscription"),
        await bob.get(f"/api/v1/threads/{2**70}/subscription"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("body", [{}, {"level": "wrong"}, {"level": None}, {"level": "muted", "x": 1}, [], "muted"])
async def test_only_known_levels_are_taken(alice: Person, body: Any) -> None:
    thread = await a_thread(by=alice)
    answer = await alice.put(path(thread), body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert await level(alice, thread) == ("watching", "opened")
