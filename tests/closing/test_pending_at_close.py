"""Replies that wait for a moderator when their thread is closed (R36): kept, approved or rejected."""

from typing import Any

import pytest
from fastapi import FastAPI

from service.closing.operations import waiting
from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import close, path, set_site, shown, told
from tests.closing.timing import HOUR
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
NOTHING = {"kept": 0, "approved": 0, "rejected": 0}


async def a_thread_with_waiting(alice: Person, bob: Person, ada: Person, count: int = 3) -> tuple[Json, list[Json]]:
    """A thread with one reply that is shown, and others that wait."""
    thread = await a_thread(by=alice)
    await a_reply(alice, thread, "Shown.")
    await set_site(ada, hold_first_posts=100)
    held = [await a_reply(bob, thread, f"Waiting, {number}.") for number in range(count)]
    assert {each["moderation"] for each in held} == {"pending"}
    return thread, held


async def close_with(by: Person, thread: Json, choice: str) -> Json:
    """Close, and decide about what waits; the answer's count of what became of it."""
    answer = await by.put(path(thread, "closure"), {"waiting": choice})
    assert answer.status_code == 200, answer.text
    decided: Json = answer.json()["waiting"]
    return decided


async def listed(by: Person, thread: Json) -> list[Json]:
    """The replies that somebody sees."""
    items: list[Json] = (await by.get(path(thread, "replies"))).json()["items"]
    return items


async def open_reviews(mona: Person) -> list[Json]:
    """The reviews that wait."""
    items: list[Json] = (await mona.get("/api/v1/reviews?state=open")).json()["items"]
    return items


async def test_without_a_choice_they_wait_on_and_the_closing_says_how_many(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread, _ = await a_thread_with_waiting(alice, bob, ada)
    closed = await close(mona, thread, "The seminar is over.")
    assert closed["waiting"] == {**NOTHING, "kept": 3}
    assert len(await open_reviews(mona)) == 3


async def test_what_was_kept_is_approved_later_with_its_own_time_and_the_next_number(
    clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread, held = await a_thread_with_waiting(alice, bob, ada)
    before = await close(mona, thread)
    clock.offset += 24 * HOUR
    for reply in reversed(held):
        answer = await mona.put(f"/api/v1/replies/{reply['id']}/moderation", {"action": "approve"})
        assert answer.status_code == 200
    approved = (await listed(alice, thread))[1:]
    assert [each["number"] for each in approved] == [2, 3, 4]
    assert [each["id"] for each in approved] == [each["id"] for each in reversed(held)]
    assert {each["id"]: each["created_at"] for each in approved} == {each["id"]: each["created_at"] for each in held}
    seen = await shown(alice, thread)
    assert (seen["state"], seen["closed_at"]) == ("closed", before["closed_at"])


async def test_approve_shows_them_in_the_order_of_their_submission(
    app: FastAPI, jobs: Jobs, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread, held = await a_thread_with_waiting(alice, bob, ada)
    assert await close_with(mona, thread, "approve") == {**NOTHING, "approved": 3}
    shown_now = (await listed(alice, thread))[1:]
    assert [(each["number"], each["id"]) for each in shown_now] == [
        (number, each["id"]) for number, each in enumerate(held, start=2)
    ]
    assert [each["created_at"] for each in shown_now] == [each["created_at"] for each in held]
    seen = await shown(bob, thread)
    assert (seen["state"], seen["reply_count"]) == ("closed", 4)
    assert await open_reviews(mona) == []
    decided = (await mona.get("/api/v1/reviews?state=decided")).json()["items"]
    assert {(each["action"], each["decided_by"]) for each in decided} == {("approve", "mona")}
    await jobs()
    kinds = [each["kind"] for each in (await alice.get("/api/v1/notifications")).json()["items"]]
    assert sorted(kinds) == ["closed", "reply", "reply", "reply"]


async def test_reject_refuses_them_and_nobody_hears(
    jobs: Jobs, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread, _ = await a_thread_with_waiting(alice, bob, ada)
    assert await close_with(mona, thread, "reject") == {**NOTHING, "rejected": 3}
    assert (await shown(alice, thread))["reply_count"] == 1
    assert {each["moderation"] for each in (await listed(bob, thread))[1:]} == {"rejected"}
    assert await open_reviews(mona) == []


async def test_of_very_many_the_oldest_are_decided_and_the_rest_is_kept_and_said(
    monkeypatch: pytest.MonkeyPatch, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    monkeypatch.setattr(waiting, "MOST", 2)
    thread, held = await a_thread_with_waiting(alice, bob, ada)
    assert await close_with(mona, thread, "approve") == {"kept": 1, "approved": 2, "rejected": 0}
    assert [each["id"] for each in (await listed(alice, thread))[1:]] == [each["id"] for each in held[:2]]
    assert await close_with(mona, thread, "approve") == {**NOTHING, "approved": 1}, "again decides the next ones"


async def test_only_moderators_decide_and_learn_of_them(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    await set_site(ada, author_may_close=True)
    thread, _ = await a_thread_with_waiting(alice, bob, ada)
    for choice in ("approve", "reject"):
        refused = await alice.put(path(thread, "closure"), {"waiting": choice})
        assert refused.status_code == 403
    assert (await shown(alice, thread))["state"] == "open"
    assert (await close(alice, thread))["waiting"] is None
    assert len(await open_reviews(mona)) == 3


async def test_a_choice_that_there_is_not_closes_nothing(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread, _ = await a_thread_with_waiting(alice, bob, ada)
    answer = await mona.put(path(thread, "closure"), {"waiting": "delete"})
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, ["/waiting"])
    assert await told(app, thread, "thread.closed") == []


async def test_in_the_archive_nothing_becomes_visible(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    thread, _ = await a_thread_with_waiting(alice, bob, ada)
    assert (await mona.put(path(thread, "archive"))).status_code == 200
    answer = await mona.put(path(thread, "closure"), {"waiting": "approve"})
    assert (answer.status_code, answer.json()["code"]) == (409, "thread-closed")
    assert len(await open_reviews(mona)) == 3
