"""Push messages on their way from a reply to a browser: a push service on the loopback, and browsers that open them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from service.kit.clock import Clock
from service.kit.queue import dead_jobs
from service.notifications.jobs import PUSH_RETRIES
from service.notifications.models import PUSH, Delivery
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET, VAPID_KEY
from tests.kit.browsers import Browser, Carrier, push_service
from tests.working import Jobs

pytestmark = pytest.mark.anyio
PREFERENCES = "/api/v1/me/notification-preferences"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Push services on the loopback may be reached; retries come in their own time."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, mail_delay="PT0S",
        vapid_key=VAPID_KEY, outbound_allow="127.0.0.0/8",
    )  # fmt: skip


@pytest.fixture
async def service() -> AsyncIterator[Carrier]:
    """The push service of every browser in these tests."""
    async with push_service() as listening:
        yield listening


async def has_push(who: Person, browser: Browser) -> Browser:
    """Turn push on in this browser."""
    answer = await who.post("/api/v1/me/devices", {"endpoint": browser.endpoint, "keys": browser.keys})
    assert answer.status_code == 201, answer.text
    return browser


async def pushes(app: FastAPI) -> list[tuple[str, str]]:
    """How each delivery by push ended, and the last word."""

    def work(session: Any) -> list[tuple[str, str]]:
        query = select(Delivery).where(col(Delivery.channel) == PUSH).order_by(col(Delivery.id))
        return [(row.state, row.answer) for row in session.exec(query)]

    found: list[tuple[str, str]] = await app.state.database.read(work)
    return found


async def test_a_reply_is_shown_by_every_browser_of_its_reader(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier
) -> None:
    thread = await a_thread(by=alice)
    browser = await has_push(alice, service.browser("/push/alice"))
    await a_reply(bob, thread, "The *numbers* hide the families.")
    await jobs()
    assert service.paths == ["/push/alice"]
    assert browser.read(service.bodies[0]) == {
        "title": "bob replied to “What the amnesty left out”",
        "text": "The numbers hide the families.",
        "path": f"{thread['url']}#reply-1",
        "tag": f"thread-{thread['id']}",
    }
    assert await pushes(app) == [("sent", "1 sent (answered 201)")]
    await jobs()
    assert len(service.heads) == 1


async def test_who_has_no_browser_gets_no_delivery(alice: Person, bob: Person, app: FastAPI, jobs: Jobs) -> None:
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    assert await pushes(app) == []


async def test_a_browser_that_is_gone_is_forgotten(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier
) -> None:
    thread = await a_thread(by=alice)
    await has_push(alice, service.browser())
    service.answers["/push/1"] = 410
    await a_reply(bob, thread)
    await jobs()
    assert await pushes(app) == [("failed", "1 gone (answered 410)")]
    assert (await alice.get("/api/v1/me/devices")).json()["items"] == []
    await a_reply(bob, thread, "Once more.")
    await jobs()
    assert len(service.heads) == 1


async def test_a_busy_push_service_is_asked_again_when_it_said_so(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier, clock: Clock
) -> None:
    thread = await a_thread(by=alice)
    browser = await has_push(alice, service.browser())
    service.answers["/push/1"], service.more = 429, "Retry-After: 900\r\n"
    await a_reply(bob, thread)
    await jobs()
    assert await pushes(app) == [("waiting", "1 later (answered 429)")]
    clock.offset += timedelta(seconds=880)
    await jobs()
    assert len(service.heads) == 1
    service.answers.clear()
    clock.offset += timedelta(seconds=30)
    await jobs()
    assert await pushes(app) == [("sent", "1 sent (answered 201)")]
    assert browser.read(service.bodies[1])["tag"] == f"thread-{thread['id']}"


async def test_after_the_last_attempt_a_message_is_dead_and_seen(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier, clock: Clock
) -> None:
    await has_push(alice, service.browser())
    service.answers["/push/1"] = 503
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    for seconds in PUSH_RETRIES:
        clock.offset += timedelta(seconds=seconds + 1)
        await jobs()
    assert len(service.heads) == len(PUSH_RETRIES) + 1
    assert await pushes(app) == [("dead", "1 later (answered 503)")]
    (dead,) = await app.state.database.read(dead_jobs)
    assert dead.kind == "notifications.push"
    assert service.origin not in (dead.last_error or "")
    assert len((await alice.get("/api/v1/me/devices")).json()["items"]) == 1


async def test_one_browser_that_has_it_is_enough(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier
) -> None:
    thread = await a_thread(by=alice)
    for path in ("/push/away", "/push/here"):
        token = (await alice.post("/api/v1/tokens", {"name": path, "scopes": ["admin"]})).json()["token"]
        browser = service.browser(path)
        headers = {"Authorization": f"Bearer {token}"}
        body = {"endpoint": browser.endpoint, "keys": browser.keys}
        assert (await alice.client.post("/api/v1/me/devices", json=body, headers=headers)).status_code == 201
    service.answers["/push/away"] = 500
    await a_reply(bob, thread)
    await jobs()
    assert sorted(service.paths) == ["/push/away", "/push/here"]
    assert await pushes(app) == [("sent", "1 sent (answered 201), 1 later (answered 500)")]


async def test_what_is_not_wanted_any_more_is_not_sent(
    alice: Person, bob: Person, mona: Person, app: FastAPI, jobs: Jobs, service: Carrier, clock: Clock
) -> None:
    await has_push(alice, service.browser())
    service.answers["/push/1"] = 503
    told = []
    for undo in ("hide", "mute", "read", "nothing"):
        told.append(await a_reply(bob, await a_thread(by=alice, title=f"To {undo}")))
        await jobs()
    assert len(service.heads) == 4
    await mona.put(f"/api/v1/replies/{told[0]['id']}/moderation", {"action": "hide", "reason": "No."})
    await alice.put(f"/api/v1/threads/{told[1]['thread_id']}/subscription", {"level": "muted"})
    inbox = (await alice.get("/api/v1/notifications?limit=100")).json()["items"]
    read = [notice["id"] for notice in inbox if notice["thread"]["id"] == told[2]["thread_id"]]
    await alice.post("/api/v1/notifications/read", {"ids": read})
    service.answers.clear()
    clock.offset += timedelta(seconds=31)
    await jobs()
    ended = await pushes(app)
    assert [state for state, _ in ended] == ["skipped", "skipped", "skipped", "sent"]
    assert [words for _, words in ended[:3]] == [
        "the reply is no longer shown", "the thread is muted", "read on the site",
    ]  # fmt: skip


async def test_who_wants_no_push_of_replies_is_told_of_mentions_alone(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier
) -> None:
    thread = await a_thread(by=alice)
    browser = await has_push(alice, service.browser())
    answer = await alice.patch(PREFERENCES, {"channels": {"reply": {"push": False}}})
    assert answer.status_code == 200, answer.text
    await a_reply(bob, thread, "Nobody in particular.")
    await a_reply(bob, thread, "But you, @alice?")
    await jobs()
    assert [browser.read(body)["title"] for body in service.bodies] == [
        "bob mentioned you in “What the amnesty left out”"
    ]


async def in_quiet_hours(who: Person, clock: Clock) -> None:
    """Make it one in the night, and quiet for this person until seven."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    clock.offset += midnight + timedelta(hours=1) - datetime.now(UTC)
    answer = await who.patch(PREFERENCES, {"quiet_hours": {"from": "23:00", "until": "07:00"}})
    assert answer.status_code == 200, answer.text


TILL_SEVEN = timedelta(hours=6, minutes=1)


async def test_quiet_hours_end_with_one_message_of_all(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier, clock: Clock
) -> None:
    await in_quiet_hours(alice, clock)
    first, second = await a_thread(by=alice, title="One"), await a_thread(by=alice, title="Two")
    browser = await has_push(alice, service.browser())
    for thread in (first, second, second):
        await a_reply(bob, thread)
        await jobs()
    assert service.heads == []
    clock.offset += TILL_SEVEN
    await jobs()
    assert [browser.read(body) for body in service.bodies] == [
        {"title": "3 pieces of news in 2 threads", "text": "“One”, “Two”", "path": "/notifications", "tag": "news"}
    ]
    ended = await pushes(app)
    assert [state for state, _ in ended] == ["sent"] * 3
    assert sorted(words.partition(" with")[0] for _, words in ended) == [
        "1 sent (answered 201)", "told in one message", "told in one message",
    ]  # fmt: skip


async def test_what_goes_along_goes_along_again_at_every_attempt(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier, clock: Clock
) -> None:
    await in_quiet_hours(alice, clock)
    thread = await a_thread(by=alice)
    browser = await has_push(alice, service.browser())
    for number in (1, 2, 3):
        await a_reply(bob, thread, f"The {number}. of three.")
        await jobs()
    service.answers["/push/1"] = 503
    clock.offset += TILL_SEVEN
    await jobs()
    clock.offset += timedelta(seconds=31)
    await jobs()
    service.answers.clear()
    clock.offset += timedelta(seconds=121)
    await jobs()
    told = [browser.read(body) for body in service.bodies]
    assert [message["title"] for message in told] == ["3 pieces of news of “What the amnesty left out”"] * 3
    assert told[0]["path"] == f"{thread['url']}#reply-1"
    assert [state for state, _ in await pushes(app)] == ["sent"] * 3


async def test_nobody_is_pushed_after_signing_out(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier
) -> None:
    thread = await a_thread(by=alice)
    await has_push(alice, service.browser())
    await a_reply(bob, thread)
    assert (await alice.delete("/api/v1/sessions/current")).status_code == 204
    await jobs()
    assert service.heads == []


async def test_a_browser_turned_off_between_telling_and_sending_is_not_reached(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, service: Carrier, clock: Clock
) -> None:
    thread = await a_thread(by=alice)
    await has_push(alice, service.browser())
    service.answers["/push/1"] = 503
    await a_reply(bob, thread)
    await jobs()
    await alice.delete("/api/v1/sessions/current")
    clock.offset += timedelta(seconds=31)
    await jobs()
    assert len(service.heads) == 1
    assert await pushes(app) == [("skipped", "no browser is left for it")]
