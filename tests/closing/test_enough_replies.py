"""Closing by the number of replies: the N-th of those published now closes the thread, when it was published."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import (
    close,
    do_sweep,
    instant,
    moderate,
    path,
    reopen,
    set_category,
    set_closing,
    set_site,
    shown,
    told,
    try_reply,
)
from tests.mailbox import letters, words
from tests.working import Jobs

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


async def test_the_last_reply_that_is_allowed_closes_the_thread_in_its_own_moment(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_replies": 2})
    assert (thread["state"], thread["closes_at"], thread["closing"]["close_after_replies"]) == ("open", None, 2)
    await a_reply(bob, thread)
    assert (await shown(bob, thread))["can_reply"]
    second = await a_reply(alice, thread)
    assert not second["posted_while_closed"]
    seen = await shown(bob, thread)
    assert (seen["state"], seen["close_reason"], seen["closed_at"]) == ("closed", "replies", second["created_at"])
    assert (seen["can_reply"], seen["cannot_reply_code"], seen["closes_at"]) == (False, "thread-closed", None)
    status, problem = await try_reply(bob, thread)
    assert (status, problem["code"], problem["reason"]) == (409, "thread-closed", "replies")
    assert problem["closed_at"] == second["created_at"]
    assert (await shown(bob, thread))["reply_count"] == 2


LEVELS: list[tuple[int | str | None, int | str | None, int | str | None, int | None]] = [
    # site, category, thread → which of two replies closes the thread?
    (None, None, None, None),
    (2, None, None, 2),
    (3, None, None, None),
    (2, 3, None, None),
    (3, 2, None, 2),
    (2, "off", None, None),
    (2, 3, 1, 1),
    (2, 2, "off", None),
    ("off", "off", 2, 2),
    ("off", None, None, None),
]


async def test_the_number_is_inherited_thread_then_category_then_site(
    alice: Person, bob: Person, ada: Person, mona: Person
) -> None:
    opened = await a_thread(by=alice)
    replies = [await a_reply(bob, opened), await a_reply(alice, opened)]
    for site, category, thread, last in LEVELS:
        await set_site(ada, closing={"close_after_replies": site})
        await set_category(ada, closing={"close_after_replies": category})
        policy = await set_closing(mona, opened, close_after_replies=thread)
        assert policy["close_after_replies"] == thread, "what was set is shown, not what is inherited"
        seen = await shown(alice, opened)
        expected = None if last is None else replies[last - 1]["created_at"]
        assert seen["closed_at"] == expected, (site, category, thread)


async def test_a_policy_below_what_was_said_closes_at_the_reply_that_was_enough_and_a_higher_one_opens_again(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    replies = []
    for _ in range(4):
        replies.append(await a_reply(bob, thread))
        clock.offset += HOUR
    await set_site(ada, closing={"close_after_replies": 2})
    seen = await shown(bob, thread)
    assert (seen["close_reason"], seen["closed_at"]) == ("replies", replies[1]["created_at"])
    for _ in range(2):
        await do_sweep(app, jobs)
    (event,) = await told(app, thread, "thread.closed")
    assert (event.at, event.facts["reason"]) == (instant(replies[1]["created_at"]), "replies")
    await set_site(ada, closing={"close_after_replies": 5})
    assert (await shown(bob, thread))["state"] == "open", "open before anybody is told"
    for _ in range(2):
        await jobs()
    assert len(await told(app, thread, "thread.reopened")) == 1
    last = await a_reply(bob, thread)
    for _ in range(2):
        await do_sweep(app, jobs)
    assert [event.at for event in await told(app, thread, "thread.closed")] == [
        instant(replies[1]["created_at"]), instant(last["created_at"]),
    ]  # fmt: skip


async def test_a_threads_own_number_that_is_raised_opens_it_and_is_told_at_once(
    app: FastAPI, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    replies = [await a_reply(bob, thread) for _ in range(3)]
    await set_closing(mona, thread, close_after_replies=3)
    await do_sweep(app, jobs)
    await set_closing(mona, thread, close_after_replies=1)
    assert await told(app, thread, "thread.reopened") == [], "it is closed all the same"
    assert (await shown(bob, thread))["closed_at"] == replies[0]["created_at"]
    await set_closing(mona, thread, close_after_replies=4)
    assert len(await told(app, thread, "thread.reopened")) == 1
    await jobs()
    assert len(await told(app, thread, "thread.reopened")) == 1


async def test_a_reply_that_is_deleted_opens_the_thread_again_and_is_told_once(
    app: FastAPI, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_replies": 2})
    first, second = await a_reply(bob, thread), await a_reply(alice, thread)
    assert (await bob.delete(f"/api/v1/replies/{first['id']}")).status_code == 204
    assert await told(app, thread, "thread.reopened") == [], "nobody had been told that it was closed"
    third = await a_reply(bob, thread)
    await do_sweep(app, jobs)
    (event,) = await told(app, thread, "thread.closed")
    assert event.at == instant(third["created_at"]), "the second and the third are the two that stand"
    assert (await bob.delete(f"/api/v1/replies/{third['id']}")).status_code == 204
    (event,) = await told(app, thread, "thread.reopened")
    assert (event.actor_id, event.facts["override"]) == (None, "auto")
    assert (await shown(bob, thread))["can_reply"]
    assert (await alice.delete(f"/api/v1/replies/{second['id']}")).status_code == 204
    await jobs()
    assert len(await told(app, thread, "thread.reopened")) == 1


@pytest.mark.parametrize("step", ["hide", "spam", "trash"])
async def test_what_moderators_take_out_of_sight_does_not_count_until_it_is_back(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person, step: str
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_replies": 2})
    first = await a_reply(bob, thread)
    clock.offset += HOUR
    second = await a_reply(alice, thread)
    await do_sweep(app, jobs)
    clock.offset += HOUR
    await moderate(app, mona, first, step)  # type: ignore[arg-type]  # one of the three above
    assert len(await told(app, thread, "thread.reopened")) == 1
    assert (await shown(bob, thread))["state"] == "open"
    third = await a_reply(bob, thread)
    assert (await shown(bob, thread))["closed_at"] == third["created_at"]
    await moderate(app, mona, first, "restore")
    seen = await shown(bob, thread)
    assert (seen["reply_count"], seen["closed_at"]) == (3, second["created_at"]), "the second of those that stand now"
    await do_sweep(app, jobs)
    assert [event.at for event in await told(app, thread, "thread.closed")] == [instant(second["created_at"])] * 2
    await jobs()
    assert await closings_told(bob) == 1, "it is the same closing: nobody hears of it twice"


async def closings_told(person: Person) -> int:
    """How many closings the person's inbox holds."""
    items = (await person.get("/api/v1/notifications")).json()["items"]
    return sum(notice["kind"] == "closed" for notice in items)


async def test_a_reply_that_is_shown_again_may_end_a_silence_that_was_told(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_idle": "P2D"})
    clock.offset += 24 * HOUR
    reply = await a_reply(bob, thread)
    await moderate(app, mona, reply, "hide")
    clock.offset += 25 * HOUR
    await do_sweep(app, jobs)
    assert len(await told(app, thread, "thread.closed")) == 1
    await moderate(app, mona, reply, "restore")
    assert (await shown(bob, thread))["state"] == "open"
    assert len(await told(app, thread, "thread.reopened")) == 1


async def test_a_moderators_reply_in_the_closed_thread_moves_nothing(
    clock: Clock, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_replies": 1})
    only = await a_reply(bob, thread)
    clock.offset += HOUR
    late = await a_reply(mona, thread)
    assert late["posted_while_closed"]
    seen = await shown(bob, thread)
    assert (seen["reply_count"], seen["closed_at"]) == (2, only["created_at"])


async def test_a_held_reply_counts_when_it_is_approved_and_from_then_on(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona, closing={"close_after_replies": 2})
    await set_site(ada, hold_first_posts=1)
    held, other = await a_reply(bob, thread), await a_reply(alice, thread)
    assert (held["number"], held["moderation"]) == (None, "pending")
    await a_reply(mona, thread)
    assert (await shown(bob, thread))["state"] == "open", "two that wait, one that counts"
    clock.offset += HOUR
    await moderate(app, mona, held, "approve")
    approved = (await bob.get(f"/api/v1/replies/{held['id']}")).json()
    seen = await shown(bob, thread)
    assert (seen["state"], seen["close_reason"], approved["number"]) == ("closed", "replies", 2)
    assert approved["created_at"] == held["created_at"], "it keeps the time it was submitted"
    assert instant(seen["closed_at"]) >= instant(held["created_at"]) + HOUR, "it counts since it was published"
    closed_at = seen["closed_at"]
    clock.offset += HOUR
    await moderate(app, mona, other, "approve")
    seen = await shown(bob, thread)
    assert (seen["reply_count"], seen["closed_at"]) == (3, closed_at), "an approval in the closed thread moves nothing"
    await do_sweep(app, jobs)
    (event,) = await told(app, thread, "thread.closed")
    assert event.at == instant(closed_at)


async def test_reopening_overrides_the_number_and_says_so(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, closing={"close_after_replies": 1})
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    opened = await reopen(mona, thread)
    assert (opened["state"], opened["closing"]["override"]) == ("open", "open")
    (event,) = await told(app, thread, "thread.reopened")
    assert event.facts["override"] == "open"
    assert (await try_reply(bob, thread))[0] == 201
    assert (await close(mona, thread))["close_reason"] == "manual", "the override keeps no moderator from closing"
    assert (await reopen(mona, thread))["state"] == "open"


async def test_watchers_hear_once_that_it_is_closed_since_when_and_why(
    app: FastAPI,
    clock: Clock,
    jobs: Jobs,
    alice: Person,
    bob: Person,
    charlie: Person,
    mona: Person,
    ada: Person,
    tmp_path: Path,
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    last = await a_reply(bob, thread)
    clock.offset += 48 * HOUR
    await a_reply(mona, thread)
    await set_site(ada, closing={"close_after_replies": 2})
    for _ in range(3):
        await do_sweep(app, jobs)
    assert [await closings_told(person) for person in (alice, bob, charlie)] == [1, 1, 0]
    closings = [letter for letter in letters(tmp_path) if letter["Subject"].startswith("Closed: ")]
    assert sorted(letter["To"] for letter in closings) == ["alice@example.org", "bob@example.org", "mona@example.org"]
    assert "It has as many replies as threads here" in words(closings[0])
    assert f"Closed since {instant(last['created_at']):%d %B %Y, %H:%M} UTC." in words(closings[0])


async def test_members_escape_no_number_that_the_site_set(alice: Person, bob: Person, ada: Person) -> None:
    await set_site(ada, closing={"close_after_replies": 1})
    draft = {"title": "For ever", "body": "Never closed."}
    refused = await alice.post("/api/v1/threads", {**draft, "closing": {"close_after_replies": "off"}})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    thread = await a_thread(by=alice)
    assert (await bob.put(path(thread, "closing"), {"close_after_replies": 9})).status_code == 403


@pytest.mark.parametrize("value", [0, -1, 1_000_001, 2.5, "2", True, "never", [2]])
async def test_a_number_that_is_none_is_refused_at_every_level(
    alice: Person, ada: Person, mona: Person, value: object
) -> None:
    thread = await a_thread(by=alice)
    term = {"close_after_replies": value}
    answers = [
        await mona.put(path(thread, "closing"), term),
        await ada.patch("/api/v1/categories/general", {"closing": term}),
        await ada.patch("/api/v1/site", {"closing": term}, headers={"If-Match": "*"}),
        await alice.post("/api/v1/threads", {"title": "T", "body": "B", "closing": term}),
    ]
    for answer, below in zip(answers, ("", "/closing", "/closing", "/closing"), strict=True):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        (error,) = answer.json()["errors"]
        assert error["pointer"] == f"{below}/close_after_replies"
        assert error["detail"] == "must be a whole number from 1 to 1000000, “off”, or null to inherit"
