"""Reviews: what waits, for whom, in which order, and what a decision needs to know."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import Session, col

from service.kit.actor import SYSTEM
from service.kit.clock import now
from service.kit.events import EventRow
from service.replies.operations import BroughtReply, import_replies
from service.threads.operations import write_text
from service.threads.queries import lock_thread
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, at, door, happened, hold_all, step
from tests.working import Jobs

pytestmark = pytest.mark.anyio
OPEN = "/api/v1/reviews?state=open"


async def reviews(by: Person, query: str = "?state=open") -> list[Json]:
    """The reviews in the list."""
    answer = await by.get(f"/api/v1/reviews{query}")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def decide(by: Person, review: Json, action: str, reason: str = "", version: int | None = None) -> httpx.Response:
    """Decide about a review as it was looked at."""
    body = {"action": action, "reason": reason, "version": version or review["version"]}
    return await by.put(f"/api/v1/reviews/{review['id']}/decision", body)


async def test_what_is_held_waits_in_its_order_page_by_page(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    posts = [await a_reply(bob, thread), await a_thread(by=alice), await a_reply(alice, thread)]
    found = await reviews(mona)
    assert [(each["thread_id"], each["reply_id"]) for each in found] == [
        (thread["id"], posts[0]["id"]), (posts[1]["id"], None), (thread["id"], posts[2]["id"]),
    ]  # fmt: skip
    first = found[0]
    assert (first["state"], first["cause"], first["moderation"], first["version"]) == ("open", "held", "pending", 1)
    assert first["actions"] == ["approve", "reject", "spam", "trash"]
    assert (first["body"], first["author"]["username"], first["created_at"]) == (
        posts[0]["body"], "bob", posts[0]["created_at"],
    )  # fmt: skip
    page = await mona.get(f"{OPEN}&limit=2")
    assert page.headers["link"].endswith('rel="next"')
    rest = await mona.get(f"{OPEN}&limit=2&cursor={page.json()['next']}")
    assert page.json()["items"] + rest.json()["items"] == found
    assert rest.json()["next"] is None


async def test_an_edit_makes_a_decision_stale(bob: Person, mona: Person, ada: Person) -> None:
    """What was approved must be what was read."""
    thread = await a_thread(by=mona)
    await hold_all(ada)
    held = await a_reply(bob, thread, "Harmless.")
    (review,) = await reviews(mona)
    await bob.patch(at(held), {"body": "Not harmless."})
    answer = await decide(mona, review, "approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale-decision")
    assert (answer.json()["version"], answer.json()["moderation"]) == (2, "pending")
    assert (await bob.get(at(held))).json()["moderation"] == "pending"
    path, body = f"/api/v1/reviews/{review['id']}", {"action": "approve", "version": 2}
    tag = (await mona.get(path)).headers["etag"]
    answer = await mona.put(f"{path}/decision", body, headers={"If-Match": '"v1-old"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "edit-conflict")
    assert (await mona.put(f"{path}/decision", body, headers={"If-Match": tag})).status_code == 200


async def test_a_decision_is_recorded_with_its_reason_and_its_event(
    app: FastAPI, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    await a_reply(bob, thread)
    (review,) = await reviews(mona)
    decided = (await decide(mona, review, "reject", "Off the topic.")).json()
    assert (decided["state"], decided["action"], decided["reason"]) == ("decided", "reject", "Off the topic.")
    assert (decided["decided_by"], decided["moderation"]) == ("mona", "rejected")
    assert decided["actions"] == ["restore"]
    assert await reviews(mona) == []
    assert [each["id"] for each in await reviews(mona, "?state=decided")] == [review["id"]]

    def look(session: Session) -> Any:
        return session.execute(select(EventRow).where(col(EventRow.kind) == "review.decided")).scalar_one()

    event = await app.state.database.read(look)
    assert (event.audience, event.subject_type, event.subject_id) == ("staff", "review", review["id"])
    assert event.facts == {
        "thread_id": thread["id"], "reply_id": review["reply_id"], "action": "reject", "before": "pending",
        "after": "rejected", "version": 2, "decision_id": 2,
    }  # fmt: skip


async def test_what_is_brought_back_to_wait_waits_again(bob: Person, mona: Person, ada: Person, jobs: Jobs) -> None:
    """And the moderator who brought it back does not watch the thread by that."""
    thread = await a_thread(by=ada)
    await hold_all(ada)
    held = await a_reply(bob, thread)
    (review,) = await reviews(mona)
    await decide(mona, review, "reject", "No.")
    (decided,) = await reviews(mona, "")
    assert (await decide(mona, decided, "restore")).json()["state"] == "open"
    (again,) = await reviews(mona)
    assert (again["id"], again["version"]) == (review["id"], decided["version"] + 1)
    assert (await mona.get(f"{at(thread)}/subscription")).json()["level"] == "normal"
    assert (await bob.get(f"{at(thread)}/subscription")).json()["level"] == "watching"
    await decide(ada, again, "approve")
    assert (await bob.get(at(held))).json()["number"] == 1


async def test_a_post_without_a_review_gets_one_when_it_is_decided_about(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    for post in (reply, thread):
        made = await step(mona, post, "hide", "Names.")
        assert (made["state"], made["cause"], made["action"], made["reason"]) == (
            "decided",
            "moderator",
            "hide",
            "Names.",
        )
        assert (made["version"], made["reply_id"]) == (1, reply["id"] if post is reply else None)
        restored = await step(mona, post, "restore")
        assert (restored["id"], restored["version"], restored["reason"]) == (made["id"], 2, None)


async def test_if_match_guards_a_decision_about_a_post(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    tag = (await mona.get(at(thread))).headers["etag"]
    await alice.patch(at(thread), {"body": "Edited meanwhile."})
    answer = await mona.put(door(thread), {"action": "hide"}, headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (412, "edit-conflict")
    fresh = (await mona.get(at(thread))).headers["etag"]
    assert (await mona.put(door(thread), {"action": "hide"}, headers={"If-Match": fresh})).status_code == 200


async def test_an_author_who_deletes_what_waits_settles_its_review(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    reply, opened = await a_reply(bob, thread), await a_thread(by=alice)
    assert (await bob.delete(at(reply))).status_code == 204
    assert (await alice.delete(at(opened))).status_code == 204
    assert await reviews(mona) == []
    decided = await reviews(mona, "?state=decided")
    assert [(each["action"], each["decided_by"], each["moderation"]) for each in decided] == [
        ("trash", "bob", "trashed"), ("trash", "alice", "trashed"),
    ]  # fmt: skip
    assert (await happened(app)).count("review.decided") == 2


async def test_moderators_see_reviews_of_categories_that_they_see(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await ada.post("/api/v1/categories", {"name": "Members", "visibility": "members"})
    await hold_all(ada)
    await a_thread(by=alice, category="members")
    await a_thread(by=alice)
    made = await mona.post("/api/v1/tokens", {"name": "no reader", "scopes": ["write", "moderate"]})
    unread = {"Authorization": f"Bearer {made.json()['token']}"}
    seen = (await client.get(OPEN, headers=unread)).json()["items"]
    assert [each["category"] for each in seen] == ["general"], "a token without `read` sees what guests see"
    assert [each["category"] for each in await reviews(mona, "?state=open&category=members")] == ["members"]
    hidden = (await reviews(mona))[0]
    path = f"/api/v1/reviews/{hidden['id']}"
    assert (await client.get(path, headers=unread)).status_code == 404
    body = {"action": "approve", "version": 1}
    assert (await client.put(f"{path}/decision", json=body, headers=unread)).status_code == 404
    assert (await mona.get("/api/v1/reviews?category=nowhere")).status_code == 404


async def test_replies_of_a_thread_that_is_out_of_sight_do_not_wait(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    await a_reply(bob, thread)
    await step(mona, thread, "trash")
    assert await reviews(mona) == []
    await step(mona, thread, "restore")
    assert len(await reviews(mona)) == 1


async def test_a_decision_with_an_idempotency_key_is_made_once(bob: Person, mona: Person, ada: Person) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    await a_reply(bob, thread)
    (review,) = await reviews(mona)
    path, body = f"/api/v1/reviews/{review['id']}/decision", {"action": "approve", "version": 1}
    answers = await asyncio.gather(*(mona.put(path, body, headers={"Idempotency-Key": "once"}) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.content for answer in answers}) == 1


async def test_people_are_told_of_the_first_approval_alone(
    alice: Person, bob: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    await hold_all(ada)
    held = await a_reply(bob, thread)
    await jobs()
    assert (await alice.get("/api/v1/notifications")).json()["items"] == []
    for action in ("approve", "hide", "restore", "trash", "restore", "spam", "restore"):
        await step(mona, held, action)
        await jobs()
    told = (await alice.get("/api/v1/notifications")).json()["items"]
    assert len(told) == 1, "bob's reply, once"
    own = (await bob.get("/api/v1/notifications")).json()["items"]
    assert {each["kind"] for each in own} == {"decision"}, "of what was decided, and not that the reply is there"


async def test_an_imported_reply_that_waited_elsewhere_waits_here(app: FastAPI, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=mona)

    def bring(session: Session) -> None:
        seen = lock_thread(session, SYSTEM, thread["id"])
        states = enumerate(("pending", "published", "spam", "trashed"))
        brought = [
            BroughtReply(number, None, "Guy", write_text("From elsewhere."), now(session), state)
            for number, state in states
        ]
        import_replies(session, SYSTEM, seen, brought, {})

    await app.state.database.write(bring)
    (review,) = await reviews(mona)
    assert (review["author"], review["cause"]) == ({"username": None, "display_name": "Guy"}, "held")
    assert "no account here" in (await mona.get("/mod/queue")).text
    assert (await decide(mona, review, "approve")).json()["moderation"] == "published"
    spam = next(iter((await mona.get("/api/v1/threads/1/replies")).json()["items"][2:]))
    assert (spam["moderation"], (await step(mona, spam, "restore"))["state"]) == ("spam", "open")
