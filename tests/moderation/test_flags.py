"""Flags at the door: who raises which, what they come to, and what becomes of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, col, select

from service.kit.clock import Clock
from service.kit.errors import RateLimited
from service.moderation import policy
from service.moderation.errors import AlreadyFlagged
from service.moderation.models import Flag
from service.replies.models import Reply
from service.screening.models import Decision
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import set_site
from tests.moderation.doing import at, happened, step
from tests.moderation.flags import category_of, flag, flagged, outcomes, review_of, set_account, stored

pytestmark = pytest.mark.anyio
NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FOR_EVER = {"until": None, "reason": "Shouting.", "id": 1}


@pytest.mark.no_database
def test_weights_and_when_one_may_flag_again() -> None:
    weights = {
        (0, 0): 100, (1, 1): 133, (1, 2): 100, (0, 1): 67, (0, 6): 25, (0, 100): 25, (9, 9): 182, (999, 999): 200,
        (30, 40): 148,
    }  # fmt: skip
    assert {each: policy.weight_of(*each) for each in weights} == weights

    def earlier(reason: str, ago: timedelta, outcome: str | None = "dismissed") -> Flag:
        return Flag(
            thread_id=1, account_id=1, reason=reason, outcome=outcome, post_version=1, made_at=NOW - ago,
            resolved_at=NOW - ago,
        )  # fmt: skip

    def again(flags: list[Flag], reason: str, *, edited: timedelta | None = None) -> bool:
        post = Reply(thread_id=1, author_id=2, body="", body_html="", created_at=NOW - 9 * DAY, version=1)
        post.edited_at = None if edited is None else NOW - edited
        try:
            policy.check_again(flags, post, reason, NOW)
        except AlreadyFlagged:
            return False
        return True

    assert again([], "spam")
    assert again([earlier("spam", HOUR, "gone")], "spam")
    assert again([earlier("spam", HOUR, None)], "spam")
    assert not again([earlier("spam", HOUR)], "abusive")
    assert not again([earlier("spam", DAY)], "spam")
    assert again([earlier("spam", DAY)], "abusive")
    assert not again([earlier("spam", DAY - timedelta(seconds=1))], "abusive")
    assert not again([earlier("abusive", DAY, "upheld"), earlier("spam", 3 * DAY)], "spam")
    assert again([earlier("spam", HOUR)], "spam", edited=timedelta(minutes=1))
    assert not again([earlier("spam", HOUR)], "spam", edited=2 * HOUR)

    assert policy.check_flags_left([], 2, NOW)["RateLimit"] == '"flags";r=1'
    with pytest.raises(RateLimited) as refused:
        policy.check_flags_left([NOW, NOW - 23 * HOUR], 2, NOW)
    assert refused.value.headers["Retry-After"] == "3600"


@pytest.mark.parametrize("of", ["opening", "reply"])
async def test_flags_open_a_review_and_hide_the_post_at_the_weight_that_the_site_sets(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, of: str
) -> None:
    thread = await a_thread(by=alice)
    post = thread if of == "opening" else await a_reply(alice, thread)
    first = await flag(bob, post, "abusive", note="He means <b>me</b>.")
    said = first.json()
    assert (first.status_code, first.headers["RateLimit"]) == (201, '"flags";r=9')
    assert (said["thread_id"], said["reply_id"]) == (thread["id"], post["id"] if of == "reply" else None)
    assert (said["reason"], said["note"], said["outcome"]) == ("abusive", "He means <b>me</b>.", None)
    again = await flag(bob, post, "spam")
    assert (again.status_code, again.json()) == (200, said)
    await flagged(charlie, post, "spam")
    review = await review_of(app, post)
    assert (review["state"], review["cause"], review["version"]) == ("open", "flagged", 2)
    assert (review["flag_count"], review["flag_weight"], review["flag_reasons"]) == (2, 200, ["abusive", "spam"])
    assert (await bob.get(at(post))).status_code == 200

    await flagged(mona, post, "spam")
    hidden = await review_of(app, post)
    assert (hidden["state"], hidden["action"], hidden["flag_weight"]) == ("open", "hide", 300)
    assert hidden["flag_reasons"] == ["spam", "abusive"]
    assert [(await who.get(at(post))).status_code for who in (bob, alice, mona)] == [404, 200, 200]
    assert (await alice.get(at(post))).json()["moderation"] == "hidden"

    def kept(session: Session) -> tuple[Any, ...]:
        made = session.exec(select(Decision).where(col(Decision.action) == "hide")).one()
        return made.automated, made.ground, made.evidence, made.decided_by_id, made.state_before, made.state_after

    found = await app.state.database.read(kept)
    assert found == (True, "terms", {"flags": 3, "weight": 3}, None, "published", "hidden")
    assert (await flag(ada, post)).json()["code"] == "not-published"

    items = (await mona.get("/api/v1/reviews", params={"state": "flagged"})).json()["items"]
    assert [each["moderation"] for each in items] == ["hidden"]
    flags = (await mona.get(f"/api/v1/reviews/{review['id']}/flags", params={"limit": 2})).json()
    assert [(each["flagger"]["username"], each["weight"]) for each in flags["items"]] == [("mona", 1), ("charlie", 1)]
    rest = await mona.get(f"/api/v1/reviews/{review['id']}/flags", params={"cursor": flags["next"]})
    assert [(each["flagger"]["username"], each["reason"]) for each in rest.json()["items"]] == [("bob", "abusive")]

    await step(mona, post, "restore")
    settled = await review_of(app, post)
    assert (settled["state"], settled["flag_count"], settled["flag_weight"]) == ("decided", 0, 0)
    assert await outcomes(app) == ["dismissed"] * 3
    assert (await happened(app)).count("flag.resolved") == 3
    assert (await flag(bob, post)).json()["code"] == "already-flagged"

    await set_site(ada, flags_hide_at=0)
    for _ in range(2):
        await flagged(bob, await a_reply(alice, thread))
    assert [row["weight"] for row in await stored(app)] == [100, 100, 100, 67, 67]


async def test_who_may_flag_what(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    post, other = await a_reply(alice, thread), await a_reply(bob, thread)
    body = {"reason": "spam"}
    assert (await client.post(f"{at(post)}/flags", json={"reason": "x"})).json()["code"] == "not-signed-in"
    assert (await client.post("/api/v1/replies/999/flags", json=body)).json()["code"] == "not-found"
    assert (await alice.post(f"{at(post)}/flags", {"reason": "x"})).json()["code"] == "not-allowed"
    assert (await alice.post(f"{at(thread)}/flags", body)).json()["code"] == "not-allowed"
    wrong: list[Any] = [
        {}, {"reason": "other"}, {"reason": "other", "note": " \n "}, {"reason": "rude"},
        {"reason": "spam", "note": "x" * 1001}, {"reason": "spam", "weight": 9}, {"reason": "spam", "note": "a\x00"},
    ]  # fmt: skip
    for each in wrong:
        assert (await bob.post(f"{at(post)}/flags", each)).status_code == 422, each
    await set_account(app, bob, standing={"silence": FOR_EVER})
    assert (await flag(bob, post)).json()["code"] == "silenced"
    await set_account(app, bob, standing={"suspension": FOR_EVER})
    assert (await flag(bob, post)).json()["code"] == "suspended"
    await set_account(app, bob, standing=None)

    await ada.post("/api/v1/categories", {"name": "Staff room", "slug": "staff-room", "visibility": "staff"})
    secret = await a_thread(mona, category="staff-room")
    assert (await flag(bob, secret)).status_code == 404
    await step(mona, post, "hide")
    assert [(await flag(who, post)).json()["code"] for who in (bob, alice, mona)] == [
        "not-found", "not-allowed", "not-published",
    ]  # fmt: skip
    await step(mona, thread, "hide")
    assert (await flag(bob, other)).status_code == 404
    assert (await flag(mona, other)).json()["code"] == "not-published"
    assert await stored(app) == []

    await step(mona, thread, "restore")
    await flagged(charlie, other, "other", note="A riddle.")
    review = (await review_of(app, other))["id"]
    doors = [f"/api/v1/reviews/{review}/flags", f"/api/v1/reviews/{review}", "/api/v1/reviews?state=flagged"]
    for who in (client, alice, bob, charlie):
        assert {(await who.get(door)).status_code for door in doors} <= {401, 403}
    await set_account(app, bob, moderated=[await category_of(app, secret)])
    assert (await bob.get(doors[0])).status_code == 404
    assert (await bob.get(doors[2])).json()["items"] == []
    general = [await category_of(app, thread)]
    await set_account(app, bob, moderated=general)
    assert [each["flagger"] for each in (await bob.get(doors[0])).json()["items"]] == [None]
    await set_account(app, alice, moderated=general)
    assert [each["flagger"]["username"] for each in (await alice.get(doors[0])).json()["items"]] == ["charlie"]


async def test_a_day_has_so_many_flags(app: FastAPI, alice: Person, bob: Person, ada: Person, clock: Clock) -> None:
    await set_site(ada, flags_per_day=2)
    thread = await a_thread(by=alice)
    posts = [await a_reply(alice, thread) for _ in range(3)]
    await flagged(bob, posts[0])
    clock.offset += 23 * HOUR
    await flagged(bob, posts[1])
    refused = await flag(bob, posts[2])
    assert (refused.status_code, refused.headers["RateLimit-Policy"]) == (429, '"flags";q=2;w=86400')
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert (await flag(bob, posts[0])).status_code == 200
    clock.offset += HOUR
    await flagged(bob, posts[2])
    assert (await flag(bob, thread)).status_code == 429
    assert len(await stored(app)) == 3


async def test_what_becomes_of_a_post_decides_about_its_flags(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, clock: Clock
) -> None:
    thread = await a_thread(by=alice)
    for action, outcome in {"hide": "upheld", "spam": "upheld", "trash": "upheld", "dismiss": "dismissed"}.items():
        post = await a_reply(alice, thread)
        await flagged(bob, post)
        version = (await review_of(app, post))["version"]
        review = (await review_of(app, post))["id"]
        answer = await mona.put(f"/api/v1/reviews/{review}/decision", {"action": action, "version": version})
        assert (answer.status_code, answer.json()["state"]) == (200, "decided"), answer.text
        last = (await stored(app))[-1]
        assert (last["outcome"], last["reply_id"]) == (outcome, post["id"]), action
        assert last["decision_id"], action
    # The author goes first.
    gone = await a_reply(alice, thread)
    await flagged(bob, gone)
    assert (await alice.delete(at(gone))).status_code == 204
    assert ((await outcomes(app))[-1], (await review_of(app, gone))["state"]) == ("gone", "decided")
    # What Parley has hidden stays so: the flags were right.
    kept = await a_reply(alice, thread)
    await flagged(bob, kept)
    await flagged(charlie, kept)
    await flagged(mona, kept)
    assert (await review_of(app, kept))["action"] == "hide"
    await step(mona, kept, "dismiss")
    assert (await outcomes(app))[-3:] == ["upheld"] * 3
    assert (await review_of(app, kept))["state"] == "decided"
    # An edit after the decision may be flagged once more; it opens the review again.
    edited = await a_reply(alice, thread)
    await flagged(charlie, edited)
    await step(mona, edited, "dismiss")
    clock.offset += timedelta(minutes=1)
    assert (await flag(charlie, edited, "illegal")).json()["outcome"] == "dismissed"
    await alice.patch(at(edited), {"body": "Worse than before."})
    await flagged(charlie, edited)
    reopened = await review_of(app, edited)
    assert (reopened["state"], reopened["cause"], reopened["flag_count"]) == ("open", "flagged", 1)


async def test_flags_wait_again_when_the_decision_about_them_is_undone(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    post = await a_reply(alice, thread)
    for who in (bob, charlie):
        await flagged(who, post)
    await step(mona, post, "trash")
    assert await outcomes(app) == ["upheld", "upheld"]
    entries = (await mona.get("/api/v1/audit", params={"kind": "review.decided"})).json()["items"]
    undone = await mona.post(f"/api/v1/audit/{entries[0]['id']}/undo")
    assert undone.status_code == 200, undone.text
    assert [(row["outcome"], row["decision_id"], row["resolved_at"]) for row in await stored(app)] == [(None,) * 3] * 2
    review = await review_of(app, post)
    assert (review["state"], review["flag_count"], review["flag_weight"]) == ("open", 2, 200)
    assert (await flag(bob, post)).status_code == 200
    # Of somebody who has flagged it once more meanwhile, the later flag is the one that waits.
    await step(mona, post, "dismiss")
    await alice.patch(at(post), {"body": "Worse than before."})
    again = await flagged(bob, post, "abusive")
    entries = (await mona.get("/api/v1/audit", params={"kind": "review.decided"})).json()["items"]
    assert (await mona.post(f"/api/v1/audit/{entries[0]['id']}/undo")).status_code == 200
    waiting = [row["id"] for row in await stored(app) if row["resolved_at"] is None]
    assert waiting == [2, again["id"]]
    assert await outcomes(app) == [None] * 3
    assert (await review_of(app, post))["flag_count"] == 2
