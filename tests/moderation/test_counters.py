"""Counters after any history equal a count from the rows; and of moderators and posters at once, nobody loses."""

import asyncio
import random
from typing import Any

import pytest
from fastapi import FastAPI

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, at, check_counters, door, hold_all, hold_none, rows, step

pytestmark = pytest.mark.anyio
ACTIONS = ("approve", "hide", "reject", "spam", "trash", "restore")
STEPS = 45


async def one_deed(
    chance: random.Random, thread: Json, replies: list[Json], people: tuple[Person, ...], ada: Person
) -> None:
    """Post, hold, answer, decide or delete, as chance has it."""
    mona, *members = people
    roll = chance.random()
    if roll < 0.1:
        await (hold_all if chance.random() < 0.5 else hold_none)(ada)
    elif roll < 0.45 or not replies:
        body: Json = {"body": f"One more thing, {chance.random()}."}
        if replies and chance.random() < 0.6:
            body["parent"] = chance.choice(replies)["id"]
        answer = await chance.choice(members).post(f"/api/v1/threads/{thread['id']}/replies", body)
        assert answer.status_code in (201, 409), answer.text
        if answer.status_code == 201:
            replies.append(answer.json())
    elif roll < 0.9:
        answer = await mona.put(door(chance.choice(replies)), {"action": chance.choice(ACTIONS)})
        assert answer.status_code in (200, 409), answer.text
    else:
        answer = await chance.choice(members).delete(at(chance.choice(replies)))
        assert answer.status_code in (204, 403, 404, 409), answer.text


@pytest.mark.parametrize("seed", range(8))
async def test_counters_after_any_history_are_those_of_the_rows(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person, seed: int
) -> None:
    chance = random.Random(seed)
    thread = await a_thread(by=mona)
    replies: list[Json] = []
    for _ in range(STEPS):
        await one_deed(chance, thread, replies, (mona, alice, bob), ada)
    found = await check_counters(app, thread["id"])
    assert len({reply["moderation"] for reply in found["replies"]}) >= 3, "the history went somewhere"


@pytest.mark.parametrize("seed", range(3))
async def test_many_at_once_lose_no_count(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person, seed: int
) -> None:
    """The same deeds, eight at a time: posters, deleters and two moderators in one thread."""
    chance = random.Random(seed)
    thread = await a_thread(by=mona)
    replies: list[Json] = [await a_reply(bob, thread) for _ in range(3)]
    for _ in range(8):
        people = [(mona, alice, bob), (ada, bob, alice)]
        await asyncio.gather(*(one_deed(chance, thread, replies, people[number % 2], ada) for number in range(8)))
    await check_counters(app, thread["id"])


async def test_of_two_who_approve_at_once_one_does(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    held = [await a_reply(bob, thread) for _ in range(4)]
    every = [(person, reply) for reply in held for person in (mona, ada)]
    answers = await asyncio.gather(*(person.put(door(reply), {"action": "approve"}) for person, reply in every))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [409] * 4
    found = await check_counters(app, thread["id"])
    assert sorted(reply["number"] for reply in found["replies"]) == [1, 2, 3, 4]


async def test_of_two_who_decide_a_review_at_once_one_does_and_the_other_is_told(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    await a_reply(bob, thread)
    (review,) = (await mona.get("/api/v1/reviews?state=open")).json()["items"]
    decision = f"/api/v1/reviews/{review['id']}/decision"
    sent: list[tuple[Person, Json]] = [
        (mona, {"action": "approve", "version": review["version"]}),
        (ada, {"action": "reject", "version": review["version"], "reason": "Off the topic."}),
    ]
    answers = await asyncio.gather(*(person.put(decision, body) for person, body in sent))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    problem: dict[str, Any] = lost.json()
    assert problem["code"] == "stale-decision"
    assert (problem["action"], problem["decided_by"]) == (won.json()["action"], won.json()["decided_by"])
    assert (problem["version"], problem["moderation"]) == (won.json()["version"], won.json()["moderation"])
    assert (await mona.get(f"/api/v1/reviews/{review['id']}")).json()["action"] == won.json()["action"]


async def test_hiding_a_reply_while_it_is_answered(app: FastAPI, alice: Person, bob: Person, mona: Person) -> None:
    for _ in range(5):
        thread = await a_thread(by=alice)
        first = await a_reply(bob, thread)
        answers = await asyncio.gather(
            alice.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "Yes.", "parent": first["id"]}),
            mona.put(door(first), {"action": "hide"}),
            bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "No.", "parent": first["id"]}),
        )
        assert answers[1].status_code == 200
        assert {answers[0].status_code, answers[2].status_code} <= {201, 409}
        await check_counters(app, thread["id"])


async def test_a_stub_stands_while_something_under_it_does(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    """Approving a reply whose parent is gone brings the parent's stub; trashing it takes the whole branch of stubs."""
    thread = await a_thread(by=alice)
    top = await a_reply(bob, thread)
    middle = await a_reply(alice, thread, parent=top["id"])
    await hold_all(ada)
    leaf = await a_reply(bob, thread, parent=middle["id"])
    for post in (middle, top):
        await step(mona, post, "trash")

    async def numbers() -> list[int]:
        items = (await alice.get(f"/api/v1/threads/{thread['id']}/replies")).json()["items"]
        return [item["number"] for item in items]

    assert await numbers() == []
    await step(mona, leaf, "approve")
    await check_counters(app, thread["id"])
    assert await numbers() == [1, 2, 3]
    items = (await alice.get(f"/api/v1/threads/{thread['id']}/replies")).json()["items"]
    assert [item["body"] for item in items] == [None, None, leaf["body"]]
    await step(mona, leaf, "hide")
    assert await numbers() == []
    await check_counters(app, thread["id"])
    await step(mona, leaf, "restore")
    await step(mona, top, "restore")
    assert await numbers() == [1, 2, 3]
    found = await check_counters(app, thread["id"])
    assert found["thread"]["reply_count"] == 2
    assert (await rows(app, thread["id"]))["thread"]["last_number"] == 3
