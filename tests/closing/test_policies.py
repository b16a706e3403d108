"""Closing by itself: at an instant, by age, by silence; inherited thread, category, site; and the override."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from service.site.models import ClosingTerms
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import (
    PAST,
    close,
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

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def test_a_thread_closes_at_the_instant_it_was_opened_with(
    app: FastAPI, clock: Clock, alice: Person, bob: Person
) -> None:
    due = await the_time(app) + DAY
    thread = await a_thread(by=alice, closing={"closes_at": wire(due)})
    assert (thread["state"], instant(thread["closes_at"]), thread["closed_at"]) == ("open", due, None)
    clock.offset += DAY
    seen = await shown(bob, thread)
    assert (seen["state"], seen["close_reason"], instant(seen["closed_at"])) == ("closed", "scheduled", due)
    assert (seen["closes_at"], seen["can_reply"], seen["cannot_reply_code"]) == (None, False, "thread-closed")
    status, problem = await try_reply(bob, thread)
    assert (status, problem["reason"], instant(problem["closed_at"])) == (409, "scheduled", due)


async def test_age_counts_from_the_opening_whatever_was_replied(clock: Clock, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P14D"})
    clock.offset += 13 * DAY
    await a_reply(bob, thread)
    assert instant((await shown(bob, thread))["closes_at"]) == instant(thread["created_at"]) + 14 * DAY
    clock.offset += DAY
    assert (await shown(bob, thread))["close_reason"] == "age"
    assert (await try_reply(bob, thread))[0] == 409


async def test_silence_counts_from_the_last_reply(clock: Clock, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice, closing={"close_after_idle": "P7D"})
    assert instant(thread["closes_at"]) == instant(thread["created_at"]) + 7 * DAY
    clock.offset += 6 * DAY
    reply = await a_reply(bob, thread)
    due = instant(reply["created_at"]) + 7 * DAY
    assert instant((await shown(bob, thread))["closes_at"]) == due
    clock.offset += 7 * DAY
    seen = await shown(bob, thread)
    assert (seen["close_reason"], instant(seen["closed_at"])) == ("idle", due)


async def test_a_deleted_reply_does_not_extend_silence(clock: Clock, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice, closing={"close_after_idle": "P7D"})
    clock.offset += 2 * DAY
    first = await a_reply(bob, thread)
    clock.offset += 4 * DAY
    second = await a_reply(alice, thread)
    assert (await alice.delete(f"/api/v1/replies/{second['id']}")).status_code == 204
    seen = await shown(bob, thread)
    assert instant(seen["closes_at"]) == instant(first["created_at"]) + 7 * DAY
    assert seen["last_reply_at"] == first["created_at"]
    assert (await bob.delete(f"/api/v1/replies/{first['id']}")).status_code == 204
    seen = await shown(bob, thread)
    assert instant(seen["closes_at"]) == instant(thread["created_at"]) + 7 * DAY
    assert (seen["last_reply_at"], seen["reply_count"]) == (None, 0)


async def test_deleting_an_earlier_reply_leaves_the_silence_as_it_is(clock: Clock, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice, closing={"close_after_idle": "P7D"})
    first = await a_reply(bob, thread)
    clock.offset += DAY
    second = await a_reply(alice, thread)
    await bob.delete(f"/api/v1/replies/{first['id']}")
    assert instant((await shown(bob, thread))["closes_at"]) == instant(second["created_at"]) + 7 * DAY


async def test_the_earliest_term_closes(clock: Clock, alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice, closing={"close_after_idle": "P7D", "close_after_age": "P5D"})
    assert instant(thread["closes_at"]) == instant(thread["created_at"]) + 5 * DAY
    closed = await close(mona, thread)
    clock.offset += 30 * DAY
    assert (await shown(alice, thread))["closed_at"] == closed["closed_at"]
    assert (await shown(alice, thread))["close_reason"] == "manual"


LEVELS = [
    # site, category, thread → days after the opening
    (None, None, None, None),
    ("P3D", None, None, 3),
    ("P3D", "P2D", None, 2),
    ("P2D", "P3D", None, 3),
    ("P3D", "P2D", "P4D", 4),
    ("P3D", "off", None, None),
    ("P3D", "P2D", "off", None),
    ("off", None, None, None),
    ("off", "off", "P1D", 1),
    ("P3D", "off", "P1D", 1),
]


@pytest.mark.parametrize("term", ["close_after_age", "close_after_idle"])
async def test_a_term_is_inherited_thread_then_category_then_site(
    alice: Person, ada: Person, mona: Person, term: str
) -> None:
    opened = await a_thread(by=alice)
    for site, category, thread, days in LEVELS:
        await set_site(ada, closing={term: site})
        await set_category(ada, closing={term: category})
        policy = await set_closing(mona, opened, **{term: thread})
        assert policy[term] == thread, "what was set is shown, not what is inherited"
        closes_at = (await shown(alice, opened))["closes_at"]
        expected = None if days is None else instant(opened["created_at"]) + days * DAY
        assert (closes_at and instant(closes_at)) == expected, (site, category, thread)


async def test_an_instant_is_inherited_too(app: FastAPI, alice: Person, ada: Person, mona: Person) -> None:
    at = await the_time(app)
    thread = await a_thread(by=alice)
    await set_site(ada, closing={"closes_at": wire(at + 3 * DAY)})
    assert instant((await shown(alice, thread))["closes_at"]) == at + 3 * DAY
    await set_category(ada, closing={"closes_at": wire(at + 5 * DAY)})
    assert instant((await shown(alice, thread))["closes_at"]) == at + 5 * DAY
    await set_closing(mona, thread, closes_at="off")
    assert (await shown(alice, thread))["closes_at"] is None


async def test_a_policy_acts_on_threads_that_stand_already_both_ways_at_once(
    clock: Clock, alice: Person, bob: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    clock.offset += 10 * DAY
    assert (await try_reply(bob, thread))[0] == 201
    await set_site(ada, closing={"close_after_age": "P7D"})
    seen = await shown(bob, thread)
    assert (seen["state"], instant(seen["closed_at"])) == ("closed", instant(thread["created_at"]) + 7 * DAY)
    assert (await try_reply(bob, thread))[0] == 409
    await set_site(ada, closing={"close_after_age": "P30D"})
    assert (await shown(bob, thread))["state"] == "open"
    assert (await try_reply(bob, thread))[0] == 201
    await set_category(ada, closing={"close_after_age": "P8D"})
    assert (await try_reply(bob, thread))[0] == 409
    await set_category(ada, closing={"close_after_age": None})
    assert (await try_reply(bob, thread))[0] == 201


async def test_the_override_ignores_age_and_silence_and_no_moderator(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, override="open", close_after_age="P1D", close_after_idle="P1D")
    clock.offset += 5 * DAY
    assert (await try_reply(bob, thread))[0] == 201
    await set_closing(mona, thread, override="open", closes_at=wire(await the_time(app) - PAST))
    assert (await shown(bob, thread))["close_reason"] == "scheduled"
    await set_closing(mona, thread, close_after_age="P1D")
    assert (await shown(bob, thread))["close_reason"] == "age", "what is absent is back to its default"


async def test_members_open_no_thread_that_escapes_the_policy(alice: Person, mona: Person) -> None:
    draft = {"title": "For ever", "body": "Never closed."}
    for closing in ({"close_after_age": "off"}, {"closes_at": "off"}, {"override": "open"}):
        refused = await alice.post("/api/v1/threads", {**draft, "closing": closing})
        assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
        assert (await mona.post("/api/v1/threads", {**draft, "closing": closing})).status_code == 201


async def test_the_policy_is_read_and_set_whole(app: FastAPI, alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P14D"})
    nothing = dict.fromkeys(ClosingTerms.model_fields)
    whole = {**nothing, "close_after_age": "P14D", "override": "auto"}
    assert (await bob.get(path(thread, "closing"))).json() == whole
    assert (await shown(bob, thread))["closing"] == whole
    assert await set_closing(mona, thread, close_after_idle="P30D") == {
        **nothing, "close_after_idle": "P30D", "override": "auto",
    }  # fmt: skip
    assert await set_closing(mona, thread, close_after_replies=1_000_000) == {
        **nothing, "close_after_replies": 1_000_000, "override": "auto",
    }  # fmt: skip
    for event in await told(app, thread, "thread.edited"):
        assert event.facts["fields"] == ["closing"]


async def test_who_may_set_the_policy_and_in_which_order_it_is_checked(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    wrong = {"close_after_age": "P0D"}
    assert (await mona.put("/api/v1/threads/999/closing", wrong)).status_code == 404
    assert (await alice.put(path(thread, "closing"), wrong)).status_code == 403
    assert (await mona.put(path(thread, "closing"), wrong)).status_code == 422
    await mona.put(path(thread, "archive"))
    assert (await mona.put(path(thread, "closing"), wrong)).status_code == 422
    archived = await mona.put(path(thread, "closing"), {"close_after_age": "P1D"})
    assert (archived.status_code, archived.json()["code"], archived.json()["reason"]) == (
        409,
        "thread-closed",
        "archived",
    )


async def test_the_policy_is_guarded_by_if_match(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    tag = (await mona.get(path(thread))).headers["etag"]
    first = await mona.put(path(thread, "closing"), {"close_after_age": "P1D"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = await mona.put(path(thread, "closing"), {"close_after_age": "P2D"}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["code"], second.json()["version"]) == (412, "edit-conflict", 2)


WRONG: list[dict[str, Any]] = [
    {"close_after_age": "P0D"},
    {"close_after_age": "-P1D"},
    {"close_after_age": "P36501D"},
    {"close_after_age": 14},
    {"close_after_age": "14"},
    {"close_after_age": "14 days"},
    {"close_after_age": "336:00:00"},
    {"close_after_idle": "soon"},
    {"close_after_idle": True},
    {"close_after_idle": ["P1D"]},
    {"closes_at": "2030-01-31T12:00:00"},
    {"closes_at": "2030-01-31"},
    {"closes_at": 1893456000},
    {"closes_at": "1893456000"},
    {"closes_at": "2030-13-01T00:00:00Z"},
    {"closes_at": "9999-12-31T23:59:59Z"},
    {"closes_at": "1969-12-31T23:59:59Z"},
    {"closes_at": "1970-01-01T00:59:59.999999+01:00"},
    {"override": "closed"},
    {"override": None},
    {"close_after_replies": 0},
    {"close_after_replies": -1},
    {"close_after_replies": 1_000_001},
    {"close_after_replies": 2**63},
    {"close_after_replies": 5.0},
    {"close_after_replies": "5"},
    {"close_after_replies": True},
    {"close_after_replies": "P5D"},
    {"close_after_replies": [5]},
]


async def test_wrong_terms_are_refused_by_name(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    for terms in WRONG:
        (name,) = terms
        answer = await mona.put(path(thread, "closing"), terms)
        assert answer.status_code == 422, terms
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"], terms
        opened = await mona.post("/api/v1/threads", {"title": "T", "body": "B", "closing": terms})
        assert opened.status_code == 422, terms
        assert [error["pointer"] for error in opened.json()["errors"]] == [f"/closing/{name}"], terms
    assert (await shown(alice, thread))["closing"]["close_after_age"] is None


async def test_an_author_who_may_close_reopens_only_what_no_moderator_closed(
    alice: Person, mona: Person, ada: Person
) -> None:
    tag = (await ada.get("/api/v1/site")).headers["etag"]
    assert (await ada.patch("/api/v1/site", {"author_may_close": True}, headers={"If-Match": tag})).is_success
    thread = await a_thread(by=alice)
    closure = f"/api/v1/threads/{thread['id']}/closure"
    assert (await alice.put(closure)).json()["state"] == "closed"
    assert (await alice.delete(closure)).json()["state"] == "open"
    await mona.put(closure)
    refused = await alice.delete(closure)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    assert (await alice.put(f"/api/v1/threads/{thread['id']}/closing", {"override": "open"})).status_code == 403
    assert (await mona.delete(closure)).json()["state"] == "open"
