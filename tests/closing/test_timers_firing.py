"""What each timer does when its instant has come (R14): once, late after downtime, with its outcome written down."""

from typing import Any

import pytest
from fastapi import FastAPI

from service.closing.operations import firing
from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import (
    close,
    do_sweep,
    instant,
    path,
    reopen,
    set_closing,
    set_site,
    shown,
    the_time,
    told,
    try_reply,
)
from tests.closing.timing import DAY, HOUR, fire, from_now, kinds, outcome, set_timer, timers
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def inbox(person: Person) -> list[Json]:
    """What somebody is told, newest first."""
    items: list[Json] = (await person.get("/api/v1/notifications")).json()["items"]
    return items


async def test_a_close_timer_closes_at_the_very_instant_and_is_ended_later(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    timer = await set_timer(mona, thread, "close", after="P1D", time_zone="Asia/Tokyo")
    clock.offset += DAY
    assert (await try_reply(bob, thread))[0] == 409, "by law, before any worker has looked"
    await do_sweep(app, jobs)
    await fire(app, jobs)
    seen = await shown(bob, thread)
    assert (seen["state"], seen["close_reason"], seen["closed_at"]) == ("closed", "scheduled", timer["at"])
    (ended,) = await timers(mona, thread, "ended")
    assert (ended["ended_at"], ended["outcome"]) == (timer["at"], "the thread closed")
    (event,) = await told(app, thread, "timer.fired")
    assert event.at == instant(timer["at"])
    assert (event.audience, event.facts["timer"], event.facts["done"]) == ("staff", "close", True)
    (closed,) = await told(app, thread, "thread.closed")
    assert closed.facts["silent"] is False
    assert [notice["kind"] for notice in await inbox(alice)] == ["closed"]


async def test_a_silent_closing_is_in_the_feed_and_nobody_is_told(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    timer = await set_timer(mona, thread, "silent_close", after="P1D")
    clock.offset += 2 * DAY
    await do_sweep(app, jobs)
    await fire(app, jobs)
    seen = await shown(bob, thread)
    assert (seen["state"], seen["closed_at"]) == ("closed", timer["at"])
    (closed,) = await told(app, thread, "thread.closed")
    assert closed.facts["silent"] is True
    assert await inbox(alice) == []
    await reopen(mona, thread)
    await set_closing(mona, thread, closes_at=await from_now(app, DAY))
    clock.offset += 2 * DAY
    await do_sweep(app, jobs)
    assert [event.facts["silent"] for event in await told(app, thread, "thread.closed")] == [True, False]


async def test_an_open_timer_ends_a_closing(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread, "Until Monday.")
    await set_timer(mona, thread, "open", after="P2D")
    assert (await try_reply(bob, thread))[0] == 409
    clock.offset += 2 * DAY
    assert (await try_reply(bob, thread))[0] == 201
    await fire(app, jobs)
    assert await outcome(mona, thread) == "the thread opened"
    assert await kinds(mona, thread) == []


async def test_opening_and_then_closing_again_can_be_planned_at_once(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_timer(mona, thread, "close", after="P1D")
    clock.offset += 2 * DAY
    await fire(app, jobs)
    await set_timer(mona, thread, "open", after="P1D")
    again = await set_timer(mona, thread, "close", after="P2D")
    assert (await shown(alice, thread))["state"] == "closed", "a later closing does not open what is closed"
    clock.offset += DAY + HOUR
    await fire(app, jobs)
    seen = await shown(alice, thread)
    assert (seen["state"], seen["closes_at"]) == ("open", again["at"])
    clock.offset += DAY
    assert (await shown(alice, thread))["closed_at"] == again["at"]


async def test_another_opening_does_not_close_what_the_first_one_opened(
    app: FastAPI, clock: Clock, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await close(mona, thread)
    await set_timer(mona, thread, "open", after="P1D")
    clock.offset += 2 * DAY
    assert (await shown(alice, thread))["state"] == "open"
    await set_timer(mona, thread, "open", after="P1D")
    assert (await shown(alice, thread))["state"] == "open"


async def test_a_held_thread_is_published_by_its_timer(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    at = await from_now(app, DAY)
    thread = await a_thread(by=mona, publish_at=at)
    assert thread["moderation"] == "pending"
    assert (await bob.get(path(thread))).status_code == 404
    assert [(each["kind"], instant(each["at"])) for each in await timers(mona, thread)] == [("publish", instant(at))]
    clock.offset += DAY
    await fire(app, jobs)
    seen = await shown(bob, thread)
    assert seen["moderation"] == "published"
    (event,) = await told(app, thread, "thread.published")
    assert (event.actor_role, await outcome(mona, thread)) == ("system", "the thread was published")
    assert (await mona.get("/api/v1/reviews?state=open")).json()["items"] == [], "its review is decided"


async def test_only_moderators_publish_later_and_only_later(app: FastAPI, alice: Person, mona: Person) -> None:
    text = {"title": "News", "body": "Not yet."}
    later = await alice.post("/api/v1/threads", {**text, "publish_at": await from_now(app, DAY)})
    assert later.status_code == 403
    past = await mona.post("/api/v1/threads", {**text, "publish_at": await from_now(app, -DAY)})
    assert (past.status_code, [each["pointer"] for each in past.json()["errors"]]) == (422, ["/publish_at"])
    assert (await mona.get("/api/v1/threads")).json()["items"] == []


async def test_a_hidden_thread_is_restored_and_a_rejected_one_is_not(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    hidden, shown_already = await a_thread(by=alice), await a_thread(by=alice, title="Shown")
    await set_site(ada, hold_first_posts=100)
    rejected = await a_thread(by=bob, title="Refused")
    await moderate(mona, hidden, "hide")
    await moderate(mona, rejected, "reject")
    for thread in (hidden, shown_already, rejected):
        await set_timer(mona, thread, "publish", after="PT1H")
    clock.offset += HOUR
    await fire(app, jobs)
    assert (await shown(bob, hidden))["moderation"] == "published"
    assert (await shown(mona, rejected))["moderation"] == "rejected"
    said = [await outcome(mona, thread) for thread in (hidden, shown_already, rejected)]
    assert said == ["the thread was published", "it was published already", "the thread is rejected"]
    assert [event.facts["done"] for event in await told(app, rejected, "timer.fired")] == [False]


async def moderate(by: Person, thread: Json, action: str) -> None:
    """Take a step of a thread's moderation."""
    answer = await by.put(path(thread, "moderation"), {"action": action})
    assert answer.status_code == 200, answer.text


async def test_archive_and_bump(app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person) -> None:
    first, second = await a_thread(by=alice, title="First"), await a_thread(by=alice, title="Second")
    await set_timer(mona, first, "bump", after="PT1H")
    await set_timer(mona, second, "archive", after="PT1H")
    clock.offset += HOUR
    assert [each["title"] for each in (await alice.get("/api/v1/threads")).json()["items"]] == ["Second", "First"]
    before = await the_time(app)
    await fire(app, jobs)
    assert [each["title"] for each in (await alice.get("/api/v1/threads")).json()["items"]] == ["First", "Second"]
    archived = await shown(alice, second)
    assert archived["state"] == "archived"
    assert instant(archived["closed_at"]) >= before, "late, it is dated with when it was done"
    assert (await outcome(mona, second), await outcome(mona, first)) == (
        "the thread was archived",
        "the thread went to the top of its lists",
    )


async def test_a_reminder_reaches_its_owner_alone(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, title="Read this again")
    await set_timer(bob, thread, "remind", after="P1D")
    clock.offset += DAY
    await fire(app, jobs)
    await fire(app, jobs)
    (notice,) = await inbox(bob)
    assert (notice["kind"], notice["text"]) == ("reminder", "Your reminder of “Read this again”")
    assert notice["why"] == "you asked to be reminded"
    assert (await inbox(alice), await inbox(mona)) == ([], [])
    (event,) = await told(app, thread, "timer.fired")
    assert (event.audience, event.audience_id) == ("person", bob.id)
    assert (await timers(mona, thread, "ended")) == []


async def test_nobody_is_reminded_of_what_they_may_not_see_any_more(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    hidden, staff = await a_thread(by=alice), await a_thread(by=alice, title="Soon for staff")
    for thread in (hidden, staff):
        await set_timer(bob, thread, "remind", after="P1D")
    await moderate(mona, hidden, "hide")
    answer = await ada.patch("/api/v1/categories/general", {"visibility": "staff"})
    assert answer.status_code == 200
    clock.offset += DAY
    await fire(app, jobs)
    assert await inbox(bob) == []


async def test_the_replies_up_to_its_instant_go_to_the_trash_chunk_by_chunk(
    app: FastAPI, clock: Clock, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, alice: Person, bob: Person, mona: Person
) -> None:
    monkeypatch.setattr(firing, "AT_ONCE", 3)
    thread = await a_thread(by=alice)
    root = await a_reply(bob, thread, "The first of them.")
    for number in range(6):
        await a_reply(bob, thread, f"Number {number}.", parent=root["id"])
    await set_timer(mona, thread, "delete_replies", after="PT1H")
    clock.offset += 2 * HOUR
    late = await a_reply(bob, thread, "After its instant.")
    await fire(app, jobs)
    left = (await bob.get(path(thread, "replies"))).json()["items"]
    assert [each["id"] for each in left] == [late["id"]]
    assert (await shown(bob, thread))["reply_count"] == 1
    assert await outcome(mona, thread) == "the replies up to then are in the trash"
    assert len(await told(app, thread, "timer.fired")) == 1
    restored = await mona.put(f"/api/v1/replies/{root['id']}/moderation", {"action": "restore"})
    assert restored.status_code == 200, "and a moderator can take them out of it"


async def test_slow_mode_ends_by_its_timer(app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, slow_mode="PT1H")
    await set_timer(mona, thread, "clear_slow_mode", after="P1D")
    clock.offset += DAY
    await fire(app, jobs)
    assert await outcome(mona, thread) == "slow mode ended"


async def test_a_thread_that_is_gone_has_no_timers_that_work(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    for kind in ("bump", "publish", "archive", "close"):
        await set_timer(mona, thread, kind, after="PT1H")
    await mona.delete(path(thread))
    clock.offset += 2 * HOUR
    await fire(app, jobs)
    done = {event.facts["timer"]: event.facts["done"] for event in await told(app, thread, "timer.fired")}
    assert done == {"bump": False, "publish": False, "archive": False, "close": True}, "the law holds for it too"
    assert (await mona.put(path(thread, "moderation"), {"action": "restore"})).status_code == 200
    assert (await shown(mona, thread))["state"] == "closed"
    assert {each["outcome"] for each in await timers(mona, thread, "ended")} == {
        "the thread is deleted",
        "the thread closed",
    }
