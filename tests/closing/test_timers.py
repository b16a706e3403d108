"""Timers at the JSON door (R14): one of a kind, absolute, replaced and removed; who may set and see which."""

import httpx
import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_thread
from tests.cast import Person
from tests.closing.doing import close, instant, path, set_closing, set_site, shown, told
from tests.closing.timing import DAY, HOUR, from_now, kinds, put_timer, set_timer, timers

pytestmark = pytest.mark.anyio
ALL = {"close", "silent_close", "open", "publish", "archive", "bump", "remind", "delete_replies", "clear_slow_mode"}


async def test_a_timer_is_an_absolute_instant_with_the_zone_in_which_people_are_shown_it(
    app: FastAPI, alice: Person, mona: Person
) -> None:
    thread, at = await a_thread(by=alice), await from_now(app, DAY)
    made = await set_timer(mona, thread, "archive", at=at, time_zone="Europe/Amsterdam")
    assert instant(made["at"]) == instant(at)
    assert (made["at"][-1], made["time_zone"], made["set_by"]) == ("Z", "Europe/Amsterdam", "mona")
    assert (made["ended_at"], made["outcome"]) == (None, None)
    assert await timers(mona, thread) == [made]


async def test_after_a_span_is_counted_from_now(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    made = await set_timer(mona, thread, "bump", after="P2D")
    assert instant(made["at"]) - instant(made["created_at"]) == 2 * DAY
    assert made["time_zone"] == "UTC"


async def test_the_very_same_again_changes_nothing_and_another_replaces(
    app: FastAPI, alice: Person, mona: Person, ada: Person
) -> None:
    thread, at = await a_thread(by=alice), await from_now(app, DAY)
    first = await set_timer(mona, thread, "archive", at=at)
    version = (await shown(mona, thread))["version"]
    assert await set_timer(ada, thread, "archive", at=at) == first, "it stays mona's"
    assert (await shown(mona, thread))["version"] == version
    assert len(await told(app, thread, "thread.edited")) == 1
    later = await set_timer(ada, thread, "archive", at=await from_now(app, 2 * DAY))
    assert await timers(mona, thread) == [later]
    (ended,) = await timers(mona, thread, "ended")
    assert (instant(ended["at"]), ended["outcome"]) == (instant(at), "replaced by another")


async def test_removing_a_timer_again_and_again_is_once(app: FastAPI, alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await set_timer(mona, thread, "archive", after="P1D")
    for _ in range(2):
        answer = await mona.delete(path(thread, "timers", "archive"))
        assert answer.status_code == 204
    assert await timers(mona, thread) == []
    assert [each["outcome"] for each in await timers(mona, thread, "ended")] == ["removed"]
    assert len(await told(app, thread, "thread.edited")) == 2, "set, and removed once"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"at": "2020-01-31T12:00:00Z"}, "/at"),
        ({"at": "2030-01-31T12:00:00"}, "/at"),
        ({"after": "PT0S"}, "/after"),
        ({"after": "-P1D"}, "/after"),
        ({"at": "2030-01-31T12:00:00Z", "time_zone": "Europe/Atlantis"}, "/time_zone"),
        ({"at": "2030-01-31T12:00:00Z", "time_zone": "../zone"}, "/time_zone"),
        ({}, ""),
        ({"at": "2030-01-31T12:00:00Z", "after": "P1D"}, ""),
        ({"at": "2030-01-31T12:00:00Z", "owner_id": 1}, "/owner_id"),
    ],
)
async def test_what_is_no_time_to_come_is_refused_and_named(
    alice: Person, mona: Person, body: dict[str, str], pointer: str
) -> None:
    thread = await a_thread(by=alice)
    answer = await put_timer(mona, thread, "archive", **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await timers(mona, thread) == []


async def test_who_may_set_what(alice: Person, bob: Person, mona: Person, client: httpx.AsyncClient) -> None:
    thread = await a_thread(by=alice)
    for kind in sorted(ALL):
        everybody = kind == "remind"
        for by, status in ((alice, 200 if everybody else 403), (bob, 200 if everybody else 403), (mona, 200)):
            assert (await put_timer(by, thread, kind, after="P1D")).status_code == status, (by.username, kind)
        assert (await client.put(path(thread, "timers", kind), json={"after": "P1D"})).status_code == 401
        assert (await client.delete(path(thread, "timers", kind))).status_code == 401
        assert (await bob.delete(path(thread, "timers", kind))).status_code == (204 if everybody else 403)
    assert set(await kinds(mona, thread)) == ALL
    assert (await client.get(path(thread, "timers"))).json() == {"items": [], "next": None}


async def test_where_authors_may_close_they_set_when_it_closes_and_opens(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, author_may_close=True)
    thread = await a_thread(by=alice)
    allowed = [kind for kind in sorted(ALL) if (await put_timer(alice, thread, kind, after="P1D")).status_code == 200]
    assert allowed == ["close", "open", "remind"]
    assert set(await kinds(alice, thread)) == {"close", "open", "remind"}
    assert await kinds(bob, thread) == [], "what the moderators plan, nobody else sees"
    await set_timer(mona, thread, "archive", after="P1D")
    assert "archive" not in await kinds(alice, thread)


async def test_what_a_moderator_closed_the_authors_timer_does_not_open(
    clock: Clock, alice: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, author_may_close=True)
    thread = await a_thread(by=alice)
    await set_timer(alice, thread, "open", after="PT1H")
    await close(mona, thread, "It went nowhere.")
    assert await timers(mona, thread) == []
    assert (await put_timer(alice, thread, "open", after="PT1H")).status_code == 403
    refused = await alice.put(path(thread, "closing"), {"reopens_at": "2030-01-31T12:00:00Z"})
    assert refused.status_code == 403, "nor does the same term of its policy"
    clock.offset += 2 * HOUR
    assert (await shown(alice, thread))["state"] == "closed"


async def test_reminders_are_everybodys_own(app: FastAPI, alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await set_timer(bob, thread, "remind", after="P1D")
    await set_timer(mona, thread, "remind", after="P2D")
    assert len(await timers(bob, thread)) == len(await timers(mona, thread)) == 1
    assert await timers(alice, thread) == []
    await bob.delete(path(thread, "timers", "remind"))
    assert (await timers(bob, thread), await kinds(mona, thread)) == ([], ["remind"])
    assert await told(app, thread, "thread.edited") == [], "and no event tells of them"


async def test_nobody_learns_of_a_thread_by_its_timers(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await mona.delete(path(thread))
    for answer in (
        await bob.get(path(thread, "timers")),
        await bob.put(path(thread, "timers", "archive"), {"at": "no time"}),
        await bob.delete(path(thread, "timers", "archive")),
    ):
        assert answer.status_code == 404


async def test_in_the_archive_only_reminders_are_set(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    assert (await mona.put(path(thread, "archive"))).status_code == 200
    assert (await put_timer(mona, thread, "bump", after="P1D")).status_code == 409
    assert (await put_timer(alice, thread, "remind", after="P1D")).status_code == 200


async def test_a_timer_is_set_on_the_version_that_was_seen(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await mona.patch(path(thread), {"title": "Another title"})
    answer = await mona.put(path(thread, "timers", "bump"), {"after": "P1D"}, headers={"If-Match": '"v1"'})
    assert answer.status_code == 412
    assert await timers(mona, thread) == []


async def test_the_earlier_of_both_closings_is_when_the_thread_closes(
    app: FastAPI, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    loud = await set_timer(mona, thread, "close", after="P2D")
    assert (await shown(alice, thread))["closes_at"] == loud["at"]
    silent = await set_timer(mona, thread, "silent_close", after="P1D")
    assert (await shown(alice, thread))["closes_at"] == silent["at"]
    await mona.delete(path(thread, "timers", "silent_close"))
    assert (await shown(alice, thread))["closes_at"] == loud["at"]
    await mona.delete(path(thread, "timers", "close"))
    seen = await shown(alice, thread)
    assert (seen["closes_at"], seen["closing"]["closes_at"]) == (None, None)


async def test_the_policys_own_times_are_timers_and_follow_it(app: FastAPI, alice: Person, mona: Person) -> None:
    closes, opens = await from_now(app, DAY), await from_now(app, 2 * DAY)
    thread = await a_thread(by=alice, closing={"closes_at": closes})
    (made,) = await timers(mona, thread)
    assert (made["kind"], instant(made["at"]), made["set_by"]) == ("close", instant(closes), "alice")
    await set_closing(mona, thread, closes_at=closes, reopens_at=opens)
    assert [instant(each["at"]) for each in await timers(mona, thread)] == [instant(closes), instant(opens)]
    assert (await timers(mona, thread))[0]["set_by"] == "alice", "the same time is the same timer"
    await set_closing(mona, thread, close_after_idle="P30D")
    assert await timers(mona, thread) == []


async def test_what_became_of_timers_is_a_list_with_pages(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    for day in range(5):
        await set_timer(mona, thread, "bump", after=f"P{day + 1}D")
    seen, params = [], {"state": "ended", "limit": 3}
    while True:
        page = (await mona.get(path(thread, "timers"), params=params)).json()
        seen += page["items"]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    spans = [(instant(each["at"]) - instant(each["created_at"])).days for each in seen]
    assert spans == [4, 3, 2, 1], "the last to end comes first, none twice"
    bad = await mona.get(path(thread, "timers"), params={"state": "ended", "cursor": "WzksIDldIDk"})
    assert bad.status_code == 422
