"""Slow mode: the least time between two replies of one member in one thread."""

import asyncio
import re
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock, in_short, to_micros
from tests.build import a_reply, a_thread, logged
from tests.cast import Person
from tests.closing.doing import (
    Json,
    close,
    instant,
    path,
    set_category,
    set_closing,
    set_site,
    shown,
    the_time,
    try_reply,
    wire,
)
from tests.closing.test_races import freeze
from tests.pages.reading import parse, press
from tests.web.test_statements import statements

pytestmark = pytest.mark.anyio
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


async def slowed(alice: Person, mona: Person, wait: str = "PT5M") -> Json:
    """A thread in slow mode."""
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, slow_mode=wait)
    return thread


async def test_a_member_waits_between_two_replies_and_is_told_how_long(
    clock: Clock, alice: Person, bob: Person, charlie: Person, mona: Person
) -> None:
    thread = await slowed(alice, mona)
    first = await a_reply(bob, thread)
    clock.offset += 2 * MINUTE
    refused = await bob.post(path(thread, "replies"), {"body": "And another thing."})
    told = refused.json()
    assert (refused.status_code, told["code"]) == (429, "rate-limited")
    left = r"(3 minutes|2 minutes \d+ seconds?)"
    words = rf"This thread is in slow mode, one reply in 5 minutes: you may reply again in {left}"
    assert re.fullmatch(words, told["detail"])
    assert 0 < int(refused.headers["Retry-After"]) <= 180
    assert instant(told["next_reply_at"]) == instant(first["created_at"]) + 5 * MINUTE
    await a_reply(charlie, thread)
    other = await a_thread(by=alice, title="Another")
    await a_reply(bob, other)
    clock.offset += 3 * MINUTE
    assert (await try_reply(bob, thread))[0] == 201


async def test_the_wait_ends_at_its_very_microsecond_and_its_seconds_are_rounded_up(
    clock: Clock, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await slowed(alice, mona, "PT10S")
    begun = instant((await a_reply(bob, thread))["created_at"])
    for passed, status, wait in ((SECOND, 429, "9"), (10 * SECOND - timedelta(microseconds=1), 429, "1")):
        freeze(clock, to_micros(begun + passed))
        refused = await bob.post(path(thread, "replies"), {"body": "Too early."})
        assert (refused.status_code, refused.headers["Retry-After"]) == (status, wait)
    freeze(clock, to_micros(begun + 10 * SECOND))
    assert (await try_reply(bob, thread))[0] == 201


async def test_moderators_do_not_wait(alice: Person, mona: Person, ada: Person) -> None:
    thread = await slowed(alice, mona)
    for by in (mona, mona, ada, ada):
        await a_reply(by, thread)
    seen = await shown(mona, thread)
    assert (seen["can_reply"], seen["slow_mode"], seen["next_reply_at"]) == (True, "PT5M", None)


async def test_a_reply_that_was_deleted_or_waits_for_a_moderator_counts(
    alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    thread = await slowed(alice, mona)
    gone = await a_reply(bob, thread)
    assert (await bob.delete(f"/api/v1/replies/{gone['id']}")).status_code == 204
    assert (await try_reply(bob, thread))[0] == 429
    await set_site(ada, hold_first_posts=1)
    assert (await a_reply(charlie, thread))["moderation"] == "pending"
    assert (await try_reply(charlie, thread))[0] == 429


async def test_the_first_level_that_says_anything_decides(
    alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_site(ada, closing={"slow_mode": "P1D"})
    await a_reply(bob, thread)
    assert (await shown(bob, thread))["slow_mode"] == "P1D"
    assert (await try_reply(bob, thread))[0] == 429
    await set_category(ada, closing={"slow_mode": "off"})
    assert (await shown(bob, thread))["slow_mode"] is None
    await a_reply(bob, thread)
    await set_closing(mona, thread, slow_mode="PT10S")
    assert (await try_reply(bob, thread))[0] == 429
    await set_closing(mona, thread, slow_mode="off")
    await a_reply(bob, thread)
    for wrong in ("PT9S", "P7DT1S", "PT0S"):
        assert (await mona.put(path(thread, "closing"), {"slow_mode": wrong})).status_code == 422


async def test_its_end_is_kept_to_the_moment(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await slowed(alice, mona, "P7D")
    await a_reply(bob, thread)
    until = await the_time(app) + 2 * MINUTE
    set_timer = await mona.put(path(thread, "timers", "clear_slow_mode"), {"at": wire(until)})
    assert set_timer.status_code in (200, 201), set_timer.text
    assert (await try_reply(bob, thread))[0] == 429
    clock.offset += 2 * MINUTE
    assert (await shown(bob, thread))["slow_mode"] is None
    assert [(await try_reply(bob, thread))[0] for _ in range(2)] == [201, 201]


async def test_of_twenty_replies_at_once_one_is_taken(alice: Person, bob: Person, mona: Person) -> None:
    thread = await slowed(alice, mona)
    asked = (bob.post(path(thread, "replies"), {"body": f"Me, {each}."}) for each in range(20))
    answers = await asyncio.gather(*asked)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 429: 19}
    assert (await shown(bob, thread))["reply_count"] == 1


async def test_a_closed_thread_is_said_to_be_closed_first_and_a_repeated_key_is_answered_again(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await slowed(alice, mona)
    sent = [
        await bob.post(path(thread, "replies"), {"body": "Once."}, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201], "it is the same reply, not a second one"
    assert (await shown(bob, thread))["cannot_reply_code"] == "rate-limited"
    await close(mona, thread)
    assert (await try_reply(bob, thread))[0] == 409
    seen = await shown(bob, thread)
    assert (seen["can_reply"], seen["cannot_reply_code"]) == (False, "thread-closed")


async def test_the_json_says_when_one_may_reply_again_on_lists_too(
    clock: Clock, alice: Person, bob: Person, charlie: Person, mona: Person
) -> None:
    thread = await slowed(alice, mona)
    mine = await a_reply(bob, thread)
    again = instant(mine["created_at"]) + 5 * MINUTE
    (listed,) = (await bob.get("/api/v1/threads")).json()["items"]
    for seen in (listed, await shown(bob, thread)):
        assert (seen["can_reply"], seen["cannot_reply_code"]) == (False, "rate-limited")
        assert (seen["slow_mode"], instant(seen["next_reply_at"])) == ("PT5M", again)
    seen = await shown(charlie, thread)
    assert (seen["can_reply"], seen["next_reply_at"]) == (True, None)
    clock.offset += 5 * MINUTE
    seen = await shown(bob, thread)
    assert (seen["can_reply"], seen["next_reply_at"]) == (True, None)


async def test_the_page_says_it_and_keeps_what_was_sent_too_early(
    clock: Clock, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await slowed(alice, mona)
    page = await bob.get(thread["url"])
    assert parse(page.text).one("p", id="slow-mode").text == "Slow mode: each member may reply here once in 5 minutes."
    posted = await press(bob.client, page, "Post reply", body="First.")
    assert posted.status_code == 303
    page = await bob.get(thread["url"])
    said = parse(page.text).one("p", id="slow-mode")
    assert "You may reply again on" in said.text
    first = (await bob.get(path(thread, "replies"))).json()["items"][0]
    assert instant(said.one("time").attributes["datetime"]) <= instant(first["created_at"]) + 5 * MINUTE
    refused = await press(bob.client, page, "Post reply", body="Second, too early.")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    again = parse(refused.text)
    assert again.one("textarea", id="body").text == "Second, too early."
    assert "This thread is in slow mode" in refused.text
    clock.offset += 5 * MINUTE
    assert (await press(bob.client, refused, "Post reply")).status_code == 303


async def test_it_costs_a_query_where_it_is_on_and_none_where_it_is_off(
    app: FastAPI, alice: Person, bob: Person, mona: Person
) -> None:
    off, on = await a_thread(by=alice), await slowed(alice, mona)
    await logged(app.state.database)  # what has no position yet is not kept
    for url in ("{url}", "/api/v1/threads/{id}"):
        costs = [await statements(partial(bob.get, url.format(**thread))) for thread in (off, on)]
        assert costs[1] == costs[0] + 1


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(microseconds=1), "1 second"), (timedelta(seconds=61), "1 minute 1 second"),
        (timedelta(hours=2), "2 hours"), (timedelta(days=7), "7 days"),
        (timedelta(days=1, minutes=5), "1 day 5 minutes"),
        (timedelta(seconds=59, microseconds=1), "1 minute"),
    ],
)  # fmt: skip
def test_spans_in_words(span: timedelta, words: str) -> None:
    assert in_short(span) == words
