"""Claims: one moderator at a time looks at a review, for ten minutes; others decide only when they mean to."""

import asyncio
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, door, happened, hold_all

pytestmark = pytest.mark.anyio


async def held(bob: Person, mona: Person, ada: Person, count: int = 1) -> list[Json]:
    """The open reviews of so many replies of bob's."""
    thread = await a_thread(by=mona)
    await hold_all(ada)
    for number in range(count):
        await a_reply(bob, thread, f"Number {number}.")
    items: list[Json] = (await mona.get("/api/v1/reviews?state=waiting")).json()["items"]
    return items


def of(review: Json, what: str = "claim") -> str:
    """The address of something of a review."""
    return f"/api/v1/reviews/{review['id']}/{what}"


async def test_a_claim_lasts_ten_minutes_unless_it_is_renewed_or_given_up(
    app: FastAPI, bob: Person, mona: Person, ada: Person, clock: Clock
) -> None:
    (review,) = await held(bob, mona, ada)
    before = await happened(app)
    first = (await mona.put(of(review))).json()
    assert (first["claimed_by"], first["version"]) == ("mona", review["version"]), "nothing happened to the post"
    refused = await ada.put(of(review))
    assert (refused.status_code, refused.json()["code"]) == (409, "claimed")
    assert (refused.json()["claimed_by"], refused.json()["claimed_until"]) == ("mona", first["claimed_until"])
    assert (await ada.delete(of(review))).status_code == 204
    assert (await ada.put(of(review))).status_code == 409, "nobody ends another's claim"
    clock.offset += timedelta(minutes=9)
    renewed = (await mona.put(of(review))).json()["claimed_until"]
    gained = datetime.fromisoformat(renewed) - datetime.fromisoformat(first["claimed_until"])
    assert gained >= timedelta(minutes=9)
    clock.offset += timedelta(minutes=10)
    assert (await ada.put(of(review))).json()["claimed_by"] == "ada", "no job ended mona's"
    assert (await ada.delete(of(review))).status_code == 204
    assert (await mona.put(of(review))).status_code == 200
    assert await happened(app) == before, "who looks at what is nobody's news"
    assert (await mona.put("/api/v1/reviews/999/claim")).status_code == 404


async def test_a_claim_keeps_others_from_deciding_unless_they_mean_to(
    bob: Person, mona: Person, ada: Person, clock: Clock
) -> None:
    reviews = await held(bob, mona, ada, 4)
    for review in reviews:
        assert (await mona.put(of(review))).status_code == 200
    first, second, third, fourth = reviews
    body = {"action": "approve", "version": first["version"]}
    answer = await ada.put(of(first, "decision"), body)
    assert (answer.status_code, answer.json()["code"], answer.json()["claimed_by"]) == (409, "claimed", "mona")
    reply = {"id": first["reply_id"], "number": None}
    assert (await ada.put(door(reply), {"action": "approve"})).json()["code"] == "claimed", "wherever it is decided"
    both = {"items": [{"id": each["id"], "version": each["version"]} for each in (second, third)], "action": "spam"}
    many = (await ada.post("/api/v1/reviews/decisions", both)).json()
    assert (many["decided"], [each["code"] for each in many["items"]]) == (0, ["claimed", "claimed"])
    decided = (await ada.put(of(first, "decision"), body | {"override": True})).json()
    assert (decided["moderation"], decided["claimed_by"], decided["claimed_until"]) == ("published", None, None)
    assert (await mona.put(of(second, "decision"), body)).status_code == 200, "one's own claim is no obstacle"
    assert (await mona.delete(of(third))).status_code == 204
    assert (await ada.put(of(third, "decision"), body)).status_code == 200
    clock.offset += timedelta(minutes=10)
    assert (await ada.put(of(fourth, "decision"), body)).status_code == 200


async def test_of_two_who_claim_or_decide_at_once_one_does(bob: Person, mona: Person, ada: Person) -> None:
    reviews = await held(bob, mona, ada, 5)
    for review in reviews:
        claims = await asyncio.gather(*(who.put(of(review)) for who in (mona, ada, mona, ada)))
        winners = {answer.json()["claimed_by"] for answer in claims if answer.status_code == 200}
        assert len(winners) == 1
        assert sorted(answer.status_code for answer in claims) == [200, 200, 409, 409]
    for review in reviews:
        bodies = [(who, action) for who in (mona, ada) for action in ("approve", "spam")]
        wish = {"version": review["version"], "override": True}
        answers = await asyncio.gather(
            *(who.put(of(review, "decision"), wish | {"action": action}) for who, action in bodies)
        )
        codes = sorted(answer.json().get("code", "") for answer in answers)
        assert codes == ["", "stale-decision", "stale-decision", "stale-decision"]
