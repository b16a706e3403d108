"""Drafts at the door: one for each person and thread, their own, kept until posted or discarded."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import select

from service.accounts.models import Account
from service.drafts import operations
from service.drafts.jobs import FORGET
from service.drafts.models import Draft
from service.kit.clock import Clock, now
from service.kit.database import Session
from service.kit.queue import enqueue
from service.settings import Settings
from tests.api.stage import Open, hold, set_stage
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


def path(thread: Json) -> str:
    return f"/api/v1/threads/{thread['id']}/draft"


async def keeps(person: Person, thread: Json, body: str = "Half a thought", **more: Any) -> Json:
    answer = await person.put(path(thread), {"body": body, **more})
    assert answer.status_code == 200, answer.text
    kept: Json = answer.json()
    return kept


async def text_of(person: Person, thread: Json) -> str | None:
    answer = await person.get(path(thread))
    assert answer.status_code in (200, 404), answer.text
    return answer.json()["body"] if answer.status_code == 200 else None


async def flag_of(app: FastAPI, person: Person) -> bool:
    def work(session: Session) -> bool:
        return session.get_one(Account, person.id).has_drafts

    found: bool = await app.state.database.read(work)
    return found


async def test_a_draft_is_kept_as_it_was_typed_with_the_time_it_was_begun(
    alice: Person, bob: Person, clock: Clock
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(alice, thread)
    first = await keeps(bob, thread, "  <b>Half\n\n")
    assert first["body"] == "  <b>Half\n\n"
    assert (first["title"], first["url"]) == (thread["title"], f"{thread['url']}#reply-form")
    clock.offset += timedelta(minutes=5)
    second = await keeps(bob, thread, "Half a thought", parent=reply["id"])
    assert (second["body"], second["parent"]) == ("Half a thought", reply["id"])
    assert second["created_at"] == first["created_at"] < second["updated_at"]
    assert (await bob.get(path(thread))).json() == second


async def test_a_draft_is_its_writers_alone(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    thread = await a_thread(by=alice)
    await keeps(bob, thread, "Between me and my browser")
    for other in (alice, mona, ada):
        assert await text_of(other, thread) is None
        assert (await other.get("/api/v1/drafts")).json()["items"] == []
        assert (await other.delete(path(thread))).status_code == 204
        page = await other.get(thread["url"])
        assert "Between me" not in page.text
    assert await text_of(bob, thread) == "Between me and my browser"


async def test_guests_are_asked_to_sign_in_and_what_is_unseen_is_not_there(
    alice: Person, bob: Person, ada: Person, client: AsyncClient
) -> None:
    thread = await a_thread(by=alice)
    for answer in (
        await client.get(path(thread)), await client.put(path(thread), json={"body": "x"}),
        await client.delete(path(thread)), await client.get("/api/v1/drafts"),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    await ada.post("/api/v1/categories", {"name": "Backroom", "visibility": "staff"})
    hidden = await a_thread(by=ada, category="backroom")
    for answer in (
        await bob.get(path(hidden)), await bob.put(path(hidden), {"body": "x"}), await bob.delete(path(hidden)),
        await bob.put("/api/v1/threads/999/draft", {"wrong": 1}),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    "body", [{}, {"body": "x" * 32_001}, {"body": None}, {"body": "x", "parent": 0}, {"body": "x", "y": 1}]
)
async def test_what_no_draft_may_be_is_refused(alice: Person, bob: Person, body: Json) -> None:
    thread = await a_thread(by=alice)
    answer = await bob.put(path(thread), body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert await text_of(bob, thread) is None


async def test_an_empty_text_discards_and_discarding_twice_is_as_once(app: FastAPI, alice: Person, bob: Person) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    for empty in ("", " \n "):
        await keeps(bob, thread)
        assert (await bob.put(path(thread), {"body": empty})).status_code == 204
        assert await text_of(bob, thread) is None
        assert not await flag_of(app, bob)
    await keeps(bob, thread)
    await keeps(bob, other)
    for _ in range(2):
        assert (await bob.delete(path(thread))).status_code == 204
    assert await flag_of(app, bob), "there is another one"
    assert await text_of(bob, other) == "Half a thought"


async def test_posting_lets_the_draft_of_this_thread_go_and_no_other(app: FastAPI, alice: Person, bob: Person) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    await keeps(bob, thread)
    await keeps(bob, other)
    await keeps(alice, thread, "And mine")
    await a_reply(bob, thread)
    assert (await text_of(bob, thread), await text_of(bob, other)) == (None, "Half a thought")
    assert await text_of(alice, thread) == "And mine"
    await a_reply(bob, other)
    assert not await flag_of(app, bob)


async def test_a_reply_that_waits_for_a_moderator_is_done_with_too(
    app: FastAPI, settings: Settings, browse: Open
) -> None:
    stage = await set_stage(app, settings, browse)
    bob = stage.people["bob"]
    await keeps(bob, stage.thread)
    await hold(stage, 100)
    reply = await a_reply(bob, stage.thread)
    assert (reply["moderation"], await text_of(bob, stage.thread)) == ("pending", None)
    await keeps(bob, stage.thread, "A second one")
    await stage.must("mona", "PUT", f"/replies/{reply['id']}/moderation", {"action": "reject"})
    await stage.must("mona", "PUT", f"/replies/{reply['id']}/moderation", {"action": "restore"})
    assert await text_of(bob, stage.thread) == "A second one"


async def test_a_refused_reply_leaves_the_draft(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await keeps(bob, thread)
    assert (await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": ""})).status_code == 422
    assert (await mona.put(f"/api/v1/threads/{thread['id']}/closure", {})).status_code == 200
    assert (await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "x"})).status_code == 409
    assert await text_of(bob, thread) == "Half a thought"


@pytest.mark.parametrize("deed", ["closure", "archive"])
async def test_a_thread_that_takes_no_replies_keeps_and_takes_drafts(
    alice: Person, bob: Person, charlie: Person, mona: Person, deed: str
) -> None:
    thread = await a_thread(by=alice)
    begun = (await keeps(bob, thread))["created_at"]
    await mona.put(f"/api/v1/threads/{thread['id']}/{deed}", {} if deed == "closure" else None)
    assert (await keeps(bob, thread, "Half a thought, and more"))["created_at"] == begun
    assert (await keeps(charlie, thread, "Too late"))["created_at"] > begun


async def test_what_was_begun_stays_readable_where_the_thread_is_not(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice, title="Not for your eyes")
    await keeps(bob, thread)
    await mona.put(f"/api/v1/threads/{thread['id']}/moderation", {"action": "hide"})
    for shown in ((await bob.get(path(thread))).json(), (await bob.get("/api/v1/drafts")).json()["items"][0]):
        assert (shown["title"], shown["url"], shown["body"]) == (None, None, "Half a thought")
    assert (await bob.put(path(thread), {"body": "More"})).status_code == 404
    assert (await bob.delete(path(thread))).status_code == 204
    assert await text_of(bob, thread) is None


async def test_the_list_has_the_last_changed_first_page_by_page(alice: Person, bob: Person, clock: Clock) -> None:
    threads = [await a_thread(by=alice, title=f"Thread {number}") for number in range(5)]
    for thread in [*threads, threads[1]]:
        clock.offset += timedelta(seconds=1)
        await keeps(bob, thread)
    found: list[str] = []
    url: str | None = "/api/v1/drafts?limit=2"
    while url:
        answer = await bob.get(url)
        assert answer.status_code == 200, answer.text
        found += [each["title"] for each in answer.json()["items"]]
        url = answer.json()["next"] and f"/api/v1/drafts?limit=2&cursor={answer.json()['next']}"
    assert found == [f"Thread {number}" for number in (1, 4, 3, 2, 0)]


async def test_of_too_many_the_one_that_rested_longest_goes(
    alice: Person, bob: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST", 3)
    threads = [await a_thread(by=alice, title=f"Thread {number}") for number in range(4)]
    await keeps(alice, threads[0])
    for thread in (*threads[:3], threads[0], threads[3]):
        clock.offset += timedelta(seconds=1)
        await keeps(bob, thread)
    left = (await bob.get("/api/v1/drafts")).json()["items"]
    assert [each["title"] for each in left] == ["Thread 3", "Thread 0", "Thread 2"]
    assert await text_of(alice, threads[0]) == "Half a thought", "everybody has so many"


async def test_one_persons_devices_at_once_make_one_draft(app: FastAPI, alice: Person, bob: Person) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    for _ in range(3):
        writes = [bob.put(path(thread), {"body": f"From device {number}"}) for number in range(6)]
        answers = await asyncio.gather(*writes, *(bob.put(path(other), {"body": "x"}) for _ in range(2)))
        assert [answer.status_code for answer in answers] == [200] * 8
        assert len({answer.json()["created_at"] for answer in answers[:6]}) == 1
        gone = await asyncio.gather(*(bob.delete(path(each)) for each in (thread, other) for _ in range(3)))
        assert {answer.status_code for answer in gone} == {204}
        assert not await flag_of(app, bob)


async def test_the_flag_is_right_whatever_happens_at_once(app: FastAPI, alice: Person, bob: Person) -> None:
    threads = [await a_thread(by=alice) for _ in range(3)]
    for _ in range(5):
        await keeps(bob, threads[0])
        await asyncio.gather(
            bob.put(path(threads[1]), {"body": "x"}), a_reply(bob, threads[0]), bob.delete(path(threads[0])),
            bob.put(path(threads[2]), {"body": "x"}), bob.delete(path(threads[2])),
        )  # fmt: skip
        left = (await bob.get("/api/v1/drafts")).json()["items"]
        assert threads[1]["id"] in [each["thread_id"] for each in left]
        assert await flag_of(app, bob)


async def rest(app: FastAPI, person: Person, thread: Json, *, begun: int, changed: int) -> None:
    """Let a draft look as if it had been begun and changed so many days ago."""

    def work(session: Session) -> None:
        mine = select(Draft).where(Draft.account_id == person.id, Draft.thread_id == thread["id"])
        draft, at = session.scalars(mine).one(), now(session)
        draft.created_at, draft.updated_at = at - timedelta(days=begun), at - timedelta(days=changed)
        session.add(draft)

    await app.state.database.write(work)


async def test_drafts_are_forgotten_after_180_days_of_rest(
    app: FastAPI, alice: Person, bob: Person, jobs: Jobs
) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    await keeps(alice, other)
    await keeps(bob, thread)
    await keeps(bob, other)
    await rest(app, bob, other, begun=200, changed=100)
    await rest(app, bob, thread, begun=181, changed=181)
    await rest(app, alice, other, begun=181, changed=181)
    await app.state.database.write(enqueue, FORGET, {})
    await jobs()

    def work(session: Session) -> list[tuple[int, str]]:
        return [(row.account_id, row.body) for row in session.scalars(select(Draft))]

    assert await app.state.database.read(work) == [(bob.id, "Half a thought")]
    assert (await flag_of(app, bob), await flag_of(app, alice)) == (True, False)
