"""What somebody might try with decisions: to undo what is not theirs, or to learn what they are not told."""

import pytest
from fastapi import FastAPI

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import at
from tests.screening.doing import make

pytestmark = pytest.mark.anyio
ON = {"enabled": True, "confirm": True}


async def test_a_granted_appeal_against_a_removal_brings_the_posts_back_and_nobody_elsewhere_undoes_it(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice))
    made = await ada.post("/api/v1/categories", {"name": "Letters", "slug": "letters"})
    assert made.status_code == 201, made.text
    assert (await ada.put("/api/v1/categories/letters/moderators/charlie")).status_code in (200, 201, 204)
    done = (await mona.post("/api/v1/accounts/bob/removal", {"reason": "Spam."})).json()
    assert (await charlie.post(f"/api/v1/audit/{done['event_id']}/undo")).status_code == 404
    rows = (await bob.get("/api/v1/decisions")).json()["items"]
    decision = next(row["id"] for row in rows if row["action"] == "remove")
    appeal = (await bob.post(f"/api/v1/decisions/{decision}/appeal", {"reason": "Why?"})).json()["appeal"]["id"]
    verdict = {"outcome": "reversed", "version": 1}
    assert (await ada.put(f"/api/v1/appeals/{appeal}/decision", verdict)).status_code == 200
    assert (await alice.get(at(reply))).json()["moderation"] == "published"


async def test_quiet_spam_answers_its_author_as_a_hold_does(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await make(ada, kind="words", **ON, name="Spam", terms={"lines": ["lamps"]}, verdict="spam")
    await make(ada, kind="words", **ON, name="Wait", terms={"lines": ["casino"]}, verdict="hold")
    thread = await a_thread(by=alice)
    for text in ("Buy lamps.", "A casino."):
        assert (await a_reply(bob, thread, text))["moderation"] == "pending"
    decisions = [number for number in range(1, 9) if (await mona.get(f"/api/v1/decisions/{number}")).status_code == 200]
    assert len(decisions) == 2
    for number in decisions:
        assert (await bob.get(f"/api/v1/decisions/{number}")).status_code == 404
        assert (await bob.post(f"/api/v1/decisions/{number}/appeal", {"reason": "Why?"})).status_code == 404
    for number in (1, 2):
        assert (await bob.post(f"/api/v1/reviews/{number}/appeal", {"reason": "Why?"})).status_code == 409


async def test_one_archived_thread_does_not_keep_a_batch_from_being_undone(
    alice: Person, bob: Person, mona: Person
) -> None:
    replies = [await a_reply(bob, await a_thread(by=alice, title=f"Thread {number}")) for number in range(3)]
    for reply in replies:
        assert (await alice.post(f"/api/v1/replies/{reply['id']}/flags", {"reason": "spam"})).status_code == 201
    reviews = (await mona.get("/api/v1/reviews?state=open")).json()["items"]
    items = [{"id": each["id"], "version": each["version"]} for each in reviews]
    done = (await mona.post("/api/v1/reviews/decisions", {"items": items, "action": "hide", "mode": "all"})).json()
    assert (await mona.put(f"/api/v1/threads/{replies[0]['thread_id']}/archive")).status_code == 200
    undone = await mona.post(f"/api/v1/audit/{done['event_id']}/undo")
    assert (undone.status_code, undone.json()["undone"], undone.json()["left"]) == (200, 2, 1), undone.text
    states = [(await bob.get(at(reply))).json()["moderation"] for reply in replies]
    assert states == ["hidden", "published", "published"]
