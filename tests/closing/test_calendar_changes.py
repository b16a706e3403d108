"""Putting closings off, and reopening many: to the microsecond by every rule, each thread by itself, one event each."""

import asyncio
from datetime import timedelta
from typing import Any

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
EXTENSIONS, REOPENINGS = "/api/v1/closings/extensions", "/api/v1/closings/reopenings"
DAY = timedelta(days=1)
SPANS = {"P1D": DAY, "P7D": 7 * DAY, "P30D": 30 * DAY}


async def extend(by: Person, *threads: Json, span: str = "P7D", **more: Any) -> list[Json]:
    """Put closings off; what became of each."""
    answer = await by.post(EXTENSIONS, {"thread_ids": [each["id"] for each in threads], "by": span, **more})
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def closes_at(by: Person, thread: Json) -> Any:
    """When the thread closes."""
    return instant((await shown(by, thread))["closes_at"])


# What the site, the category and the thread say; the thread has a reply of the first day.
RULES: dict[str, tuple[Json, Json, Json]] = {
    "a time of its own": ({}, {}, {"closes_at": 5}),
    "a time of the category's": ({}, {"closes_at": 5}, {}),
    "an age of its own": ({}, {}, {"close_after_age": "P5D"}),
    "an age of the site's": ({"close_after_age": "P5D"}, {}, {}),
    "silence of its own": ({}, {}, {"close_after_idle": "P5D"}),
    "silence of the category's": ({}, {"close_after_idle": "P5D"}, {}),
    "a time, with every rule right behind it": (
        {"close_after_age": "P6D"}, {"close_after_idle": "P6D"}, {"closes_at": 5},
    ),
    "an age, with every rule right behind it": (
        {"close_after_idle": "P6D"}, {"closes_at": 7}, {"close_after_age": "P5D"},
    ),
    "silence, with every rule right behind it": (
        {"closes_at": 8}, {"close_after_age": "P7D"}, {"close_after_idle": "P5D"},
    ),
    "silence, while a number of replies would close it": ({"close_after_replies": 9}, {}, {"close_after_idle": "P5D"}),
    "a time, for a while": ({}, {}, {"closes_at": 5, "reopens_at": 90}),
    "a time, set aside from the policy": ({"close_after_age": "P5D"}, {}, {"closes_at": 6, "override": "open"}),
}  # fmt: skip


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("rule", RULES)
async def test_whatever_closes_it_it_closes_exactly_so_much_later(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person, rule: str, span: str
) -> None:
    at = await the_time(app)

    def terms(level: Json) -> Json:
        return {name: wire(at + days * DAY) if name.endswith("s_at") else days for name, days in level.items()}

    site, category, own = map(terms, RULES[rule])
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    await set_site(ada, closing=site)
    await set_category(ada, closing=category)
    await set_closing(mona, thread, **own)
    clock.offset += DAY
    before = await shown(mona, thread)
    due = instant(before["closes_at"])
    (done,) = await extend(mona, thread, span=span)
    after = await shown(mona, thread)
    assert instant(after["closes_at"]) == due + SPANS[span]
    assert (done["done"], done["closes_at"], done["version"]) == (True, after["closes_at"], before["version"] + 1)
    clock.offset += due + SPANS[span] - await the_time(app) - timedelta(seconds=30)
    assert (await shown(mona, thread))["state"] == "open"
    clock.offset += timedelta(seconds=30)
    assert (await try_reply(bob, thread))[0] == 409, "it closes at that instant, and for no other reason before"
    assert instant((await shown(mona, thread))["closed_at"]) == due + SPANS[span]


async def test_twice_is_twice_and_each_time_is_one_event_and_a_version(
    app: FastAPI, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P5D"})
    due = await closes_at(mona, thread)
    for times in (1, 2):
        await extend(mona, thread, span="P1D")
        assert await closes_at(mona, thread) == due + times * DAY
        events = await told(app, thread, "thread.edited")
        assert [event.facts for event in events][times - 1 :] == [{"version": 1 + times, "fields": ["closing"]}]
        assert {event.actor_id for event in events} == {mona.id}


async def test_a_silence_that_was_put_off_is_still_a_silence(
    clock: Clock, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, close_after_idle="P14D")
    clock.offset += 10 * DAY
    await extend(mona, thread, span="P1D")
    reply = await a_reply(bob, thread)
    assert await closes_at(mona, thread) == instant(reply["created_at"]) + 15 * DAY, "a reply begins it anew"


async def test_each_thread_is_answered_for_by_itself(app: FastAPI, alice: Person, mona: Person) -> None:
    terms = {"close_after_age": "P5D"}
    well, closed, archived = [await a_thread(by=alice, closing=terms) for _ in range(3)]
    endless = await a_thread(by=alice)
    await close(mona, closed)
    await mona.put(path(archived, "archive"))
    nowhere = {"id": 4_000_000_000}
    items = await extend(mona, nowhere, archived, closed, endless, well)
    assert [item["thread_id"] for item in items] == [each["id"] for each in (nowhere, archived, closed, endless, well)]
    codes = ["not-found", "thread-closed", "invalid-transition", "invalid-transition", None]
    assert [item["code"] for item in items] == codes
    assert [item["done"] for item in items] == [False] * 4 + [True]
    assert all(item["detail"] and item["closes_at"] is None for item in items[:-1])
    assert await told(app, closed, "thread.edited") == []


async def test_a_thread_that_has_changed_since_it_was_seen_is_left(alice: Person, mona: Person) -> None:
    one, two = [await a_thread(by=alice, closing={"close_after_age": "P5D"}) for _ in range(2)]
    await extend(mona, one, span="P1D")
    items = await extend(mona, one, two, span="P1D", versions=[1, 1])
    assert [item["code"] for item in items] == ["edit-conflict", None]
    answer = await mona.post(EXTENSIONS, {"thread_ids": [one["id"], two["id"]], "by": "P1D", "versions": [2]})
    assert answer.status_code == 422


async def test_two_moderators_at_once_put_it_off_twice_or_once_as_they_say(
    alice: Person, mona: Person, ada: Person
) -> None:
    threads = [await a_thread(by=alice, closing={"close_after_age": "P5D"}) for _ in range(6)]
    due = [await closes_at(mona, thread) for thread in threads]
    await asyncio.gather(extend(mona, *threads, span="P1D"), extend(ada, *reversed(threads), span="P1D"))
    assert [await closes_at(mona, thread) for thread in threads] == [at + 2 * DAY for at in due]
    versions = [(await shown(mona, thread))["version"] for thread in threads]
    both = await asyncio.gather(*(extend(by, *threads, versions=versions) for by in (mona, ada)))
    assert sorted(item["done"] for items in both for item in items) == [False] * 6 + [True] * 6
    assert [await closes_at(mona, thread) for thread in threads] == [at + 9 * DAY for at in due]


@pytest.mark.parametrize(
    "wrong",
    [
        {"thread_ids": []}, {"thread_ids": [1, 1]}, {"thread_ids": [0]}, {"thread_ids": ["1"]}, {"by": "PT0S"},
        {"by": "P367D"}, {"by": "-P1D"}, {"by": 7}, {"by": None}, {"thread_ids": list(range(1, 102))}, {"more": 1},
        {"versions": [0]}, {"versions": [1, 2]},
    ],
)  # fmt: skip
async def test_a_wrong_wish_is_refused_whole(alice: Person, mona: Person, wrong: Json) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P5D"})
    answer = await mona.post(EXTENSIONS, {"thread_ids": [thread["id"]], "by": "P1D"} | wrong)
    assert answer.status_code == 422
    assert (await shown(mona, thread))["version"] == 1


async def test_nothing_is_put_off_beyond_what_a_term_can_say(alice: Person, mona: Person) -> None:
    far = await a_thread(by=alice, closing={"closes_at": "9000-12-31T00:00:00Z"})
    long = await a_thread(by=alice, closing={"close_after_age": "P36500D"})
    items = await extend(mona, far, long, span="P366D")
    assert [item["code"] for item in items] == ["invalid", "invalid"]
    assert (await shown(mona, far))["version"] == (await shown(mona, long))["version"] == 1


async def test_nobody_but_moderators_puts_off_or_reopens_many(alice: Person, mona: Person, ada: Person) -> None:
    await set_site(ada, author_may_close=True)
    thread = await a_thread(by=alice, closing={"close_after_age": "P5D"})
    for address, body in ((EXTENSIONS, {"by": "P1D"}), (REOPENINGS, {})):
        answer = await alice.post(address, {"thread_ids": [thread["id"]], **body})
        assert answer.status_code == 403, "also the thread's author, who may close it"
    assert (await shown(mona, thread))["version"] == 1


async def test_many_are_reopened_each_as_one_is(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    by_hand, by_age = await a_thread(by=alice), await a_thread(by=alice, closing={"close_after_age": "P5D"})
    archived, is_open = await a_thread(by=alice), await a_thread(by=alice)
    await close(mona, by_hand)
    await mona.put(path(archived, "archive"))
    clock.offset += 6 * DAY
    await do_sweep(app, jobs)
    ids = [each["id"] for each in (by_hand, by_age, archived, is_open)]
    answer = await mona.post(REOPENINGS, {"thread_ids": ids})
    assert [item["code"] for item in answer.json()["items"]] == [None, None, "invalid-transition", None]
    for thread in (by_hand, by_age):
        assert (await try_reply(bob, thread))[0] == 201
        assert len(await told(app, thread, "thread.reopened")) == 1
    assert (await shown(mona, by_age))["closing"]["override"] == "open"
    assert (await told(app, is_open, "thread.reopened"), (await shown(mona, is_open))["version"]) == ([], 1)


async def test_the_same_request_again_puts_nothing_off_again(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P5D"})
    due = await closes_at(mona, thread)
    body, key = {"thread_ids": [thread["id"]], "by": "P1D"}, {"Idempotency-Key": "put-off-once-0001"}
    answers = [await mona.post(EXTENSIONS, body, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await closes_at(mona, thread) == due + DAY


async def test_a_silent_closing_that_is_put_off_is_still_silent_and_its_timer_goes_along(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    due = await the_time(app) + 5 * DAY
    answer = await mona.put(path(thread, "timers", "silent_close"), {"at": wire(due)})
    assert answer.is_success, answer.text
    await extend(mona, thread, span="P1D")
    (timer,) = [each for each in (await mona.get(path(thread, "timers"))).json()["items"] if each["ended_at"] is None]
    assert (timer["kind"], instant(timer["at"])) == ("silent_close", due + DAY)
    clock.offset += 6 * DAY
    await do_sweep(app, jobs)
    (event,) = await told(app, thread, "thread.closed")
    assert (event.at, event.facts.get("silent")) == (due + DAY, True)
