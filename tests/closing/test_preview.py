"""What a policy would do, before it is stored: counted and named by the law itself, and nothing is written."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from service.kit.clock import Clock
from service.kit.database import Session
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import Json, close, instant, set_category, set_closing, set_site, shown, the_time, wire
from tests.closing.test_sweep import copy_thread

pytestmark = pytest.mark.anyio
PREVIEW = "/api/v1/closings/preview"
DAY = timedelta(days=1)


async def preview(ada: Person, category: str | None = None, **terms: Any) -> Json:
    """The effect of terms."""
    body = {"closing": terms} | ({"category": category} if category else {})
    answer = await ada.post(PREVIEW, body)
    assert answer.status_code == 200, answer.text
    effect: Json = answer.json()
    return effect


def titles(effect: Json) -> list[str]:
    """Which threads are named."""
    return [each["thread"]["title"] for each in effect["threads"]]


async def test_the_threads_that_would_close_are_counted_and_named_with_since_when_and_why(
    clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    quiet, lively = await a_thread(by=alice, title="Quiet"), await a_thread(by=alice, title="Lively")
    own = await a_thread(by=alice, title="With a policy of its own")
    await set_closing(mona, own, close_after_idle="P90D")
    kept = await a_thread(by=alice, title="Kept open")
    await set_closing(mona, kept, override="open")
    await close(mona, await a_thread(by=alice, title="Closed"))
    clock.offset += 20 * DAY
    reply = await a_reply(bob, lively)
    clock.offset += 15 * DAY
    effect = await preview(ada, close_after_idle="P10D")
    assert (effect["would_close"], effect["would_open"]) == (2, 0)
    assert titles(effect) == ["Lively", "Quiet"], "the one with the latest activity first"
    one = effect["threads"][0]
    assert (one["would"], one["reason"], one["reply_count"]) == ("close", "idle", 1)
    assert instant(one["since"]) == instant(reply["created_at"]) + 10 * DAY
    assert (await preview(ada, close_after_idle="P30D"))["would_close"] == 1
    assert (await preview(ada, close_after_idle="P60D"))["would_close"] == 0
    assert (await shown(ada, quiet))["state"] == "open", "nothing was stored"


async def test_the_threads_that_would_open_are_counted_too(clock: Clock, alice: Person, ada: Person) -> None:
    await set_site(ada, closing={"close_after_age": "P7D"})
    await a_thread(by=alice, title="Aged")
    clock.offset += 8 * DAY
    await a_thread(by=alice, title="New")
    effect = await preview(ada, close_after_age="off", close_after_idle="P9D")
    assert (effect["would_close"], effect["would_open"], titles(effect)) == (0, 1, ["Aged"])
    one = effect["threads"][0]
    assert (one["would"], one["since"], one["reason"]) == ("open", None, None)
    assert (await preview(ada, close_after_age=None))["would_open"] == 1
    both = await preview(ada, close_after_age="off", closes_at="2026-01-01T00:00:00Z")
    assert (both["would_close"], both["would_open"]) == (1, 0), "the aged one would be closed all the same"


async def test_a_category_is_asked_for_its_own_threads_and_between_thread_and_site(
    clock: Clock, alice: Person, mona: Person, ada: Person
) -> None:
    await ada.post("/api/v1/categories", {"name": "Seminar"})
    await set_site(ada, closing={"close_after_age": "P7D"})
    await a_thread(by=alice, title="General")
    own = await a_thread(by=alice, title="Own")
    await set_closing(mona, own, close_after_age="P90D")
    await a_thread(by=alice, title="Seminar", category="seminar")
    clock.offset += 5 * DAY
    assert titles(await preview(ada, category="general", close_after_age="P3D")) == ["General"]
    assert titles(await preview(ada, category="seminar", close_after_age="P3D")) == ["Seminar"]
    assert titles(await preview(ada, close_after_age="P3D")) == ["Seminar", "General"]
    await set_category(ada, closing={"close_after_age": "P20D"})
    assert titles(await preview(ada, close_after_age="P3D")) == ["Seminar"], "General's own policy comes first"
    clock.offset += 3 * DAY
    effect = await preview(ada, category="general", close_after_age=None)
    assert titles(effect) == ["General"], "it would inherit the site's again"
    assert (await ada.post(PREVIEW, {"category": "nowhere", "closing": {}})).status_code == 404


async def test_a_number_of_replies_closes_since_the_reply_that_reached_it(
    clock: Clock, alice: Person, bob: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    replies: list[Json] = []
    for _ in range(3):
        clock.offset += timedelta(hours=1)
        replies.append(await a_reply(bob, thread, body=f"Number {len(replies)}"))
    effect = await preview(ada, close_after_replies=2)
    (one,) = effect["threads"]
    assert (one["reason"], one["since"]) == ("replies", replies[1]["created_at"])


async def test_what_is_foreseen_is_what_happens(clock: Clock, app: FastAPI, alice: Person, ada: Person) -> None:
    thread = await a_thread(by=alice)
    clock.offset += 5 * DAY
    await app.state.database.write(copy_thread, thread["id"], 29)
    terms = {"close_after_age": "P4D"}
    effect = await preview(ada, **terms)
    assert (effect["would_close"], len(effect["threads"])) == (30, 20)
    await set_site(ada, closing=terms)
    found = (await ada.get("/api/v1/threads?state=closed&limit=100")).json()["items"]
    assert len(found) == 30
    assert {each["closed_at"] for each in found} == {each["since"] for each in effect["threads"]}


async def test_only_who_may_change_the_policy_asks(client: Any, alice: Person, mona: Person) -> None:
    body = {"closing": {"close_after_age": "P1D"}}
    assert (await client.post(PREVIEW, json=body)).status_code == 401
    assert (await alice.post(PREVIEW, body)).status_code == 403
    assert (await mona.post(PREVIEW, body)).status_code == 403


async def test_wrong_terms_are_refused_as_they_are_when_they_are_stored(ada: Person) -> None:
    for closing in ({"close_after_age": "soon"}, {"close_after_replies": 0}, {"more": 1}, "off"):
        answer = await ada.post(PREVIEW, {"closing": closing})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"].startswith("/closing")


def rows_of_threads(session: Session) -> list[Any]:
    """Every column of every thread."""
    return list(session.execute(text("SELECT * FROM thread ORDER BY id")).mappings())


async def test_a_policy_closes_a_thousand_threads_and_writes_to_none(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await app.state.database.write(copy_thread, thread["id"], 999)
    clock.offset += 5 * DAY
    assert (await preview(ada, close_after_age="P4D"))["would_close"] == 1000
    before = await app.state.database.read(rows_of_threads)
    await set_site(ada, closing={"close_after_age": "P4D"})
    assert await app.state.database.read(rows_of_threads) == before, "not one row was written"
    listed = (await alice.get("/api/v1/threads?limit=100")).json()["items"]
    assert {each["state"] for each in listed} == {"closed"}
    assert (await bob.post(f"/api/v1/threads/{thread['id'] + 999}/replies", {"body": "Too late?"})).status_code == 409
    page = (await alice.get(f"/t/{thread['id'] + 500}/x", follow_redirects=True)).text
    assert "Comments are closed." in page
    later = wire(await the_time(app) + 30 * DAY)
    assert (await preview(ada, close_after_age="off", closes_at=later))["would_open"] == 1000
