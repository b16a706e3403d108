"""Holding first posts: how many, whose, and what the author is told."""

import httpx
import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import close, set_site
from tests.moderation.doing import at, hold_all, hold_none, step

pytestmark = pytest.mark.anyio


async def test_an_authors_first_posts_wait_until_enough_are_published(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await set_site(ada, hold_first_posts=2)
    held = await a_reply(bob, thread)
    assert (held["moderation"], held["number"]) == ("pending", None)
    assert held["url"] == f"/t/{thread['id']}/{thread['slug']}#waiting-{held['id']}"
    opened = await a_thread(by=bob, title="Mine")
    assert opened["moderation"] == "pending"
    await step(mona, held, "approve")
    assert (await a_reply(bob, thread))["moderation"] == "pending", "one is not two"
    await step(mona, opened, "approve")
    assert (await a_reply(bob, thread))["moderation"] == "published", "a thread counts as a reply does"
    assert (await a_reply(alice, thread))["moderation"] == "pending", "everybody for themselves"
    await step(mona, opened, "hide")
    assert (await a_reply(bob, thread))["moderation"] == "published", "two replies are published"


async def test_moderators_do_not_wait_for_themselves(mona: Person, ada: Person) -> None:
    await hold_all(ada)
    thread = await a_thread(by=mona)
    assert (thread["moderation"], (await a_reply(ada, thread))["moderation"]) == ("published", "published")


@pytest.mark.parametrize("wrong", [-1, 101, 1.5, "2", True, None])
async def test_the_setting_has_bounds(ada: Person, wrong: object) -> None:
    answer = await ada.patch("/api/v1/site", {"hold_first_posts": wrong}, headers={"If-Match": "*"})
    assert answer.status_code == 422
    assert (await ada.get("/api/v1/site")).json()["hold_first_posts"] == 0


async def test_a_held_reply_moves_nothing(client: httpx.AsyncClient, alice: Person, bob: Person, ada: Person) -> None:
    thread = await a_thread(by=alice)
    before = (await client.get(at(thread))).content
    await hold_all(ada)
    await a_reply(bob, thread)
    assert (await client.get(at(thread))).content == before


async def test_approval_keeps_the_time_and_takes_the_next_number_also_when_closed(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await hold_all(ada)
    held = await a_reply(bob, thread)
    await hold_none(ada)
    later = await a_reply(alice, thread)
    closed = await close(mona, thread)
    await step(mona, held, "approve")
    shown = (await bob.get(at(held))).json()
    assert (shown["number"], shown["created_at"], shown["posted_while_closed"]) == (2, held["created_at"], False)
    assert later["number"] == 1
    seen = (await alice.get(at(thread))).json()
    assert (seen["state"], seen["closed_at"], seen["reply_count"]) == ("closed", closed["closed_at"], 2)
    assert seen["last_reply_at"] == later["created_at"], "the last one is the one that was submitted last"


async def test_the_reply_that_is_approved_late_does_not_reopen_what_silence_closed(
    bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    held = await a_reply(bob, thread)
    await set_site(ada, closing={"close_after_idle": "PT0.000001S"})
    before = (await mona.get(at(thread))).json()
    assert (before["state"], before["close_reason"]) == ("closed", "idle")
    await step(mona, held, "approve")
    after = (await mona.get(at(thread))).json()
    assert (after["state"], after["closed_at"], after["reply_count"]) == ("closed", before["closed_at"], 1)


async def test_nobody_replies_to_a_thread_or_a_reply_that_waits(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await hold_all(ada)
    held, opened = await a_reply(bob, thread), await a_thread(by=bob)
    for person in (bob, mona):
        answer = await person.post(f"{at(thread)}/replies", {"body": "To that.", "parent": held["id"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "parent-not-available")
        answer = await person.post(f"{at(opened)}/replies", {"body": "To that."})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert (await bob.get(at(opened))).json()["cannot_reply_code"] == "not-allowed"


async def test_the_author_edits_and_deletes_what_waits(bob: Person, mona: Person, ada: Person) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    held = await a_reply(bob, thread)
    edited = await bob.patch(at(held), {"body": "Better."})
    assert (edited.status_code, edited.json()["moderation"], edited.json()["number"]) == (200, "pending", None)
    assert (await bob.delete(at(held))).status_code == 204
    assert (await mona.get("/api/v1/reviews?state=open")).json()["items"] == []
