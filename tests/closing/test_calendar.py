"""The calendar of closings: what will close and by which rule, what has closed lately, in order and page by page."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import close, instant, reopen, set_category, set_closing, set_site, shown, the_time, wire

pytestmark = pytest.mark.anyio
CLOSINGS = "/api/v1/closings"
DAY = timedelta(days=1)


async def listed(by: Person, **query: Any) -> list[dict[str, Any]]:
    """The calendar's entries."""
    answer = await by.get(CLOSINGS, params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def titles(entries: list[dict[str, Any]]) -> list[str]:
    """Which threads, in order."""
    return [entry["thread"]["title"] for entry in entries]


async def test_each_thread_stands_there_with_its_instant_and_the_rule_that_closes_it(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, closing={"close_after_age": "P20D"})
    await set_category(ada, closing={"close_after_idle": "P12D"})
    at = await the_time(app)
    fixed = await a_thread(by=alice, title="Fixed")
    await set_closing(mona, fixed, closes_at=wire(at + 3 * DAY))
    idle = await a_thread(by=alice, title="Idle")
    reply = await a_reply(bob, idle)
    aged = await a_thread(by=alice, title="Aged")
    await set_closing(mona, aged, close_after_idle="off")
    kept = await a_thread(by=alice, title="Kept open")
    await set_closing(mona, kept, override="open")
    entries = await listed(mona)
    assert titles(entries) == ["Fixed", "Idle", "Aged"]
    assert [entry["closing_rule"] for entry in entries] == [
        {"reason": "scheduled", "from": "thread"},
        {"reason": "idle", "from": "category"},
        {"reason": "age", "from": "site"},
    ]
    one = entries[1]
    assert instant(one["closes_at"]) == instant(reply["created_at"]) + 12 * DAY
    assert (one["reply_count"], one["last_reply_at"]) == (1, reply["created_at"])
    assert (one["state"], one["closed_at"]) == ("open", None)
    assert one["thread"] == {"id": idle["id"], "title": "Idle", "url": idle["url"], "category": "general"}
    for entry in entries:
        assert entry["closes_at"] == (await shown(mona, entry["thread"]))["closes_at"], "the thread's page says so too"


async def test_only_moderators_may_look(client: Any, alice: Person, mona: Person, ada: Person) -> None:
    assert (await client.get(CLOSINGS)).status_code == 401
    assert (await alice.get(CLOSINGS)).status_code == 403
    assert (await alice.get(f"{CLOSINGS}?category=nowhere")).status_code == 403
    assert (await mona.get(f"{CLOSINGS}?category=nowhere")).status_code == 404
    assert (await ada.get(CLOSINGS)).status_code == 200


async def test_a_deadline_is_listed_up_to_its_very_instant(
    app: FastAPI, clock: Clock, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P2D"})
    due = instant(thread["created_at"]) + 2 * DAY
    micro = timedelta(microseconds=1)
    assert titles(await listed(mona, before=wire(due - micro))) == []
    assert len(await listed(mona, before=wire(due))) == 1
    assert len(await listed(mona, after=wire(due))) == 1
    assert await listed(mona, after=wire(due + micro)) == []
    clock.offset += 2 * DAY + timedelta(seconds=1)
    assert await listed(mona) == [], "it is closed, though nobody has been told"
    (entry,) = await listed(mona, state="closed")
    assert (entry["state"], instant(entry["closed_at"]), entry["closes_at"]) == ("closed", due, None)


async def test_what_closed_lately_comes_the_last_first_without_what_is_open_again_or_archived(
    clock: Clock, alice: Person, mona: Person
) -> None:
    names = ("Long ago", "By hand", "Reopened", "Archived", "By age")
    threads = {name: await a_thread(by=alice, title=name) for name in names}
    await close(mona, threads["Long ago"])
    clock.offset += 31 * DAY
    await close(mona, threads["By hand"], "The seminar is over.")
    await close(mona, threads["Reopened"])
    await reopen(mona, threads["Reopened"])
    await mona.put(f"/api/v1/threads/{threads['Archived']['id']}/archive")
    await set_closing(mona, threads["By age"], close_after_age="P32D")
    clock.offset += 2 * DAY
    entries = await listed(mona, state="closed")
    assert titles(entries) == ["By age", "By hand"]
    assert [entry["closing_rule"]["from"] for entry in entries] == ["thread", "moderator"]
    assert titles(await listed(mona, state="closed", limit=1)) == ["By age"]


@pytest.mark.parametrize("state", ["open", "closed"])
async def test_the_list_is_whole_page_by_page_also_where_threads_close_at_the_same_instant(
    app: FastAPI, clock: Clock, alice: Person, mona: Person, state: str
) -> None:
    at = await the_time(app)
    instants = [at + DAY, at + DAY, at + DAY, at + 2 * DAY, at + 2 * DAY]
    for number, due in enumerate(instants):
        await set_closing(mona, await a_thread(by=alice, title=f"Thread {number}"), closes_at=wire(due))
    if state == "closed":
        clock.offset += 3 * DAY
    whole = titles(await listed(mona, state=state))
    expected = [f"Thread {number}" for number in range(5)]
    assert whole == (expected if state == "open" else expected[::-1])
    path, found = f"{CLOSINGS}?state={state}&limit=2", []
    while path:
        answer = await mona.get(path)
        found += titles(answer.json()["items"])
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert found == whole


async def test_one_category_can_be_asked_for_and_what_is_hidden_or_waits_is_not_there(
    alice: Person, mona: Person, ada: Person
) -> None:
    await ada.post("/api/v1/categories", {"name": "Seminar", "visibility": "staff"})
    terms = {"close_after_age": "P2D"}
    hidden = await a_thread(by=alice, title="Hidden", closing=terms)
    await a_thread(by=alice, title="General", closing=terms)
    await a_thread(by=mona, title="Staff", category="seminar", closing=terms)
    answer = await mona.put(f"/api/v1/threads/{hidden['id']}/moderation", {"action": "hide"})
    assert answer.status_code == 200, answer.text
    assert titles(await listed(mona)) == ["General", "Staff"]
    assert titles(await listed(mona, category="seminar")) == ["Staff"]
    assert titles(await listed(mona, category="general")) == ["General"]


@pytest.mark.parametrize(
    ("name", "days", "status"), [("before", 365, 200), ("before", 367, 422), ("after", -365, 200), ("after", -367, 422)]
)
async def test_nobody_asks_for_more_than_a_year(app: FastAPI, mona: Person, name: str, days: int, status: int) -> None:
    answer = await mona.get(CLOSINGS, params={name: wire(await the_time(app) + days * DAY)})
    assert answer.status_code == status
    if status == 422:
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]
