"""What people are told on the site, at the door."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import select

from service.kit.clock import now
from service.kit.database import Session
from service.kit.database.rows import stored_id
from service.kit.events import EventRow
from service.notifications.models import Notification
from service.notifications.operations import tell_chunk, telling
from service.subscriptions.models import Subscription
from tests.build import a_reply, a_thread
from tests.cast import Person, bring_in
from tests.working import Jobs

pytestmark = pytest.mark.anyio
INBOX = "/api/v1/notifications"


async def inbox(person: Person, query: str = "") -> list[dict[str, Any]]:
    answer = await person.get(INBOX + query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_the_opener_is_told_of_a_reply_and_the_replier_is_not(alice: Person, bob: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice, title="On <b>closing</b>")
    reply = await a_reply(bob, thread)
    await jobs()
    (notice,) = await inbox(alice)
    assert notice["kind"] == "reply"
    assert notice["text"] == "bob replied to “On <b>closing</b>”"
    assert (notice["reason"], notice["why"]) == ("opened", "you opened this thread")
    assert notice["thread"] == {"id": thread["id"], "title": "On <b>closing</b>", "url": thread["url"]}
    assert notice["reply"] == {"id": reply["id"], "number": 1, "url": reply["url"]}
    assert notice["actor"] == {"username": "bob", "display_name": "bob"}
    assert notice["read_at"] is None
    assert await inbox(bob) == []


async def test_everybody_is_told_why(alice: Person, bob: Person, charlie: Person, mona: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(bob, thread)
    await mona.put(f"/api/v1/threads/{thread['id']}/subscription", {"level": "watching"})
    await a_reply(charlie, thread, parent=first["id"])
    await jobs()
    reasons = {person.username: (await inbox(person))[0]["reason"] for person in (alice, bob, mona)}
    assert reasons == {"alice": "opened", "bob": "answered", "mona": "chosen"}
    await a_reply(alice, thread)
    await jobs()
    assert (await inbox(bob))[0]["reason"] == (await inbox(charlie))[0]["reason"] == "replied"


async def test_who_muted_is_not_told(alice: Person, bob: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    await alice.put(f"/api/v1/threads/{thread['id']}/subscription", {"level": "muted"})
    await a_reply(bob, thread)
    await jobs()
    assert await inbox(alice) == []


async def test_an_edit_tells_nobody_again(alice: Person, bob: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    await jobs()
    answer = await bob.patch(f"/api/v1/replies/{reply['id']}", {"body": "Better said."})
    assert answer.status_code == 200, answer.text
    await jobs()
    assert len(await inbox(alice)) == 1


async def test_telling_again_is_telling_once(alice: Person, bob: Person, app: FastAPI, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    await jobs()

    def again(session: Session) -> int:
        event_id = stored_id(session.exec(select(EventRow.id).where(EventRow.kind == "reply.posted")).one())
        tell_chunk(session, event_id, 0, delay=timedelta(0), domain="forum.example")
        return len(session.exec(select(Notification)).all())

    assert await app.state.database.write(again) == 1


async def test_a_great_audience_is_told_in_chunks(
    alice: Person, app: FastAPI, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "CHUNK", 2)
    thread = await a_thread(by=alice)

    def gather(session: Session) -> list[int]:
        watchers = [bring_in(session, f"reader{number}", "member")[0] for number in range(7)]
        for account_id in watchers:
            session.add(
                Subscription(
                    thread_id=thread["id"], account_id=account_id, level="watching", reason="chosen", since=now(session)
                )
            )
        return watchers

    watchers = await app.state.database.write(gather)
    await a_reply(alice, thread)
    await jobs()
    told = await app.state.database.read(lambda session: session.exec(select(Notification.account_id)).all())
    assert sorted(told) == sorted(watchers)


async def test_marking_as_read(alice: Person, bob: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    for _ in range(3):
        await a_reply(bob, thread)
    await jobs()
    notices = await inbox(alice)
    answer = await alice.post(f"{INBOX}/read", {"ids": [notices[0]["id"], 999_999]})
    assert (answer.status_code, answer.json()) == (200, {"unread": 2})
    assert [notice["id"] for notice in await inbox(alice, "?unread=true")] == [each["id"] for each in notices[1:]]
    first = (await inbox(alice))[0]["read_at"]
    answer = await alice.post(f"{INBOX}/read", {"all": True})
    assert answer.json() == {"unread": 0}
    assert await inbox(alice, "?unread=true") == []
    assert (await inbox(alice))[0]["read_at"] == first


async def test_nobody_reads_for_somebody_else(alice: Person, bob: Person, jobs: Jobs) -> None:
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    (notice,) = await inbox(alice)
    assert (await bob.post(f"{INBOX}/read", {"ids": [notice["id"]]})).json() == {"unread": 0}
    assert (await bob.post(f"{INBOX}/read", {"all": True})).json() == {"unread": 0}
    assert len(await inbox(alice, "?unread=true")) == 1


async def test_pages_of_the_inbox_miss_and_repeat_nothing(alice: Person, bob: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    for _ in range(5):
        await a_reply(bob, thread)
    await jobs()
    seen: list[int] = []
    address = f"{INBOX}?limit=2&unread=true"
    while True:
        answer = await alice.get(address)
        seen += [notice["reply"]["number"] for notice in answer.json()["items"]]
        if answer.json()["next"] is None:
            break
        assert answer.headers["link"].endswith('; rel="next"')
        address = answer.headers["link"].partition("<")[2].partition(">")[0]
    assert seen == [5, 4, 3, 2, 1]


async def test_what_is_hidden_meanwhile_is_hidden_here_too(alice: Person, bob: Person, ada: Person, jobs: Jobs) -> None:
    await ada.post("/api/v1/categories", {"name": "Seminar"})
    thread = await a_thread(by=alice, category="seminar")
    reply, other = await a_reply(bob, thread), await a_reply(bob, thread)
    await jobs()
    assert len(await inbox(alice)) == 2
    assert (await bob.delete(f"/api/v1/replies/{reply['id']}")).status_code == 204
    assert [notice["reply"]["id"] for notice in await inbox(alice)] == [other["id"]]
    changed = await ada.patch("/api/v1/categories/seminar", {"visibility": "staff"})
    assert changed.status_code == 200, changed.text
    assert await inbox(alice) == []
    assert (await alice.post(f"{INBOX}/read", {"ids": [1]})).json() == {"unread": 0}


async def test_a_reply_that_is_gone_before_the_telling_tells_nobody(alice: Person, bob: Person, jobs: Jobs) -> None:
    reply = await a_reply(bob, await a_thread(by=alice))
    await bob.delete(f"/api/v1/replies/{reply['id']}")
    await jobs()
    assert await inbox(alice) == []


async def test_a_guest_is_asked_to_sign_in(client: AsyncClient) -> None:
    for answer in (
        await client.get(INBOX),
        await client.post(f"{INBOX}/read", json={"all": True}),
        await client.post(f"{INBOX}/read", json={"nonsense": 1}),
        await client.get("/api/v1/me/notification-preferences"),
        await client.patch("/api/v1/me/notification-preferences", json={"mail": False}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize(
    "body",
    [{}, {"ids": []}, {"ids": [1], "all": True}, {"all": False}, {"ids": ["1"]}, {"ids": [0]}, {"ids": [2**63]},
     {"ids": [1] * 101}, {"ids": 1}, {"all": None, "ids": None}, {"all": True, "x": 1}, []],
)  # fmt: skip
async def test_what_to_read_must_be_said_clearly(alice: Person, body: Any) -> None:
    answer = await alice.post(f"{INBOX}/read", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?cursor=nonsense", "?unread=perhaps"])
async def test_odd_paging_is_refused(alice: Person, query: str) -> None:
    assert (await alice.get(INBOX + query)).status_code == 422
