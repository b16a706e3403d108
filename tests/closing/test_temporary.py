"""Closings that end by themselves: of one thread, and of a whole category or site for its holidays."""

from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import (
    Json,
    close,
    do_sweep,
    instant,
    path,
    set_category,
    set_closing,
    set_site,
    shown,
    the_time,
    told,
    try_reply,
    wire,
)
from tests.working import Jobs

pytestmark = pytest.mark.anyio
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def the_page(by: Person, thread: Json) -> str:
    """The thread's page, in one line."""
    answer = await by.get(thread["url"])
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


async def in_state(by: Person, thread: Json) -> tuple[str, str | None, str | None]:
    """The thread's state, why it is closed, and when it opens again."""
    seen = await shown(by, thread)
    return seen["state"], seen["close_reason"], seen["reopens_at"]


async def test_a_thread_that_a_moderator_closed_opens_at_its_own_time_and_not_before(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    opens = wire(await the_time(app) + 2 * DAY)
    await set_closing(mona, thread, reopens_at=opens)
    assert await in_state(bob, thread) == ("open", None, None), "nothing closes it, so nothing opens it"
    await close(mona, thread, "Until Monday.")
    assert await in_state(bob, thread) == ("closed", "manual", opens.replace("+00:00", "Z"))
    assert (await try_reply(bob, thread))[0] == 409
    page = await the_page(bob, thread)
    assert "Comments are closed until <time" in page
    assert '<h2 id="reply-title">' not in page
    clock.offset += 2 * DAY
    assert await in_state(bob, thread) == ("open", None, None)
    assert "Comments are closed" not in await the_page(bob, thread)
    feed = (await bob.get(f"/t/{thread['id']}/feed.atom")).text
    assert f"<updated>{opens[:19]}Z</updated>" in feed, "its end changes the feed, at its own time"
    assert (await try_reply(bob, thread))[0] == 201


@pytest.mark.parametrize(
    ("term", "value"), [("close_after_age", "PT1H"), ("close_after_idle", "PT1H"), ("close_after_replies", 1)]
)
async def test_its_own_time_voids_every_term_and_an_inherited_one_only_the_scheduled(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person, term: str, value: object
) -> None:
    at = await the_time(app)
    mine, holiday, planned = [await a_thread(by=alice, title=title) for title in ("Mine", "Holiday", "Planned")]
    for thread in (mine, holiday):
        await a_reply(bob, thread)
    await set_closing(mona, mine, **{term: value}, reopens_at=wire(at + DAY))
    await set_closing(mona, holiday, **{term: value})
    await set_closing(mona, planned, closes_at=wire(at + HOUR))
    await set_site(ada, closing={"reopens_at": wire(at + DAY)})
    clock.offset += 2 * HOUR
    assert [(await in_state(bob, each))[0] for each in (mine, holiday, planned)] == ["closed"] * 3
    assert (await in_state(bob, holiday))[2] is None, "the end of the holiday does not open it"
    assert (await in_state(bob, planned))[2] is not None
    clock.offset += DAY
    assert [(await in_state(bob, each))[0] for each in (mine, holiday, planned)] == ["open", "closed", "open"]
    found = {state: (await bob.get(f"/api/v1/threads?state={state}")).json()["items"] for state in ("open", "closed")}
    assert {each["title"] for each in found["open"]} == {"Mine", "Planned"}
    assert {each["title"] for each in found["closed"]} == {"Holiday"}


async def test_a_whole_category_closes_over_the_holidays_and_is_told_once_each_way(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    at = await the_time(app)
    thread, by_hand = await a_thread(by=alice), await a_thread(by=alice, title="Closed by a moderator")
    await close(mona, by_hand)
    begins, ends = at + DAY, at + 8 * DAY
    await set_category(ada, closing={"closes_at": wire(begins), "reopens_at": wire(ends)})
    coming = await shown(bob, thread)
    assert (instant(coming["closes_at"]), instant(coming["reopens_at"])) == (begins, ends)
    assert coming["closing_rule"] == {"reason": "scheduled", "from": "category"}
    clock.offset += 2 * DAY
    await do_sweep(app, jobs)
    clock.offset += 7 * DAY
    for _ in range(3):
        await do_sweep(app, jobs)
    assert [event.at for event in await told(app, thread, "thread.closed")] == [begins]
    assert [event.at for event in await told(app, thread, "thread.reopened")] == [ends]
    assert (await try_reply(bob, thread))[0] == 201
    assert await told(app, by_hand, "thread.reopened") == []
    assert (await in_state(bob, by_hand))[0] == "closed"


async def test_what_opened_and_closed_again_while_nobody_worked_is_told_as_both(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    at = await the_time(app)
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, close_after_idle="P3D", reopens_at=wire(at + DAY))
    await close(mona, thread)
    clock.offset += 5 * DAY
    await do_sweep(app, jobs)
    await do_sweep(app, jobs)
    assert [event.at for event in await told(app, thread, "thread.reopened")] == [at_of(thread) + DAY - gap(thread, at)]
    first, second = await told(app, thread, "thread.closed")
    assert (first.facts["reason"], second.facts["reason"]) == ("manual", "idle")
    assert second.at == at_of(thread) + 3 * DAY


def at_of(thread: Json) -> datetime:
    """When it was opened."""
    return instant(thread["created_at"])


def gap(thread: Json, at: datetime) -> timedelta:
    """How long after this instant it was opened."""
    return at_of(thread) - at


async def test_an_archived_thread_opens_at_no_time(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, reopens_at=wire(await the_time(app) + DAY))
    await close(mona, thread)
    assert (await mona.put(path(thread, "archive"))).status_code == 200
    assert (await in_state(bob, thread))[2] is None
    clock.offset += 2 * DAY
    await do_sweep(app, jobs)
    assert (await in_state(bob, thread))[0] == "archived"
    assert await told(app, thread, "thread.reopened") == []


async def test_members_set_no_time_of_reopening(app: FastAPI, alice: Person, mona: Person, ada: Person) -> None:
    await set_site(ada, author_may_close=True)
    terms = {"reopens_at": wire(await the_time(app) + DAY)}
    refused = await alice.post("/api/v1/threads", {"title": "Mine", "body": "Open for ever.", "closing": terms})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    thread = await a_thread(by=alice)
    assert (await alice.put(path(thread, "closing"), terms)).status_code == 403
    assert (await mona.put(path(thread, "closing"), terms)).status_code == 200
    assert (await alice.put(path(thread, "closing"), {})).status_code == 403, "nor takes one away"
    assert (await alice.put(path(thread, "closing"), {**terms, "close_after_age": "P9D"})).status_code == 200
