"""Lists of threads and of replies: keyset pages, stable while others write; filters and orders."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from service.kit.clock import Clock
from service.web.paging import to_cursor
from tests.build import a_reply, a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def page(by: Person, path: str) -> tuple[list[Json], str | None]:
    """The items of a page, and the address of the next one, which header and body agree about."""
    answer = await by.get(path)
    assert answer.status_code == 200, answer.text
    following = answer.links.get("next", {}).get("url")
    assert (following is None) == (answer.json()["next"] is None)
    if following:
        assert httpx.URL(following).params["cursor"] == answer.json()["next"]
    return answer.json()["items"], following


async def all_pages(by: Person, path: str | None) -> list[list[Json]]:
    """Every page from this one on."""
    pages = []
    while path:
        items, path = await page(by, path)
        pages.append(items)
    return pages


async def test_pages_of_replies_show_each_once_whatever_happens_meanwhile(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}/replies"
    made = [await a_reply(bob, thread) for _ in range(7)]
    first, following = await page(alice, f"{path}?limit=3")
    await bob.delete(f"/api/v1/replies/{made[2]['id']}")  # the last one shown
    await bob.delete(f"/api/v1/replies/{made[4]['id']}")  # one to come
    await a_reply(bob, thread)
    rest = await all_pages(alice, following)
    assert [reply["number"] for reply in first] == [1, 2, 3]
    assert [[reply["number"] for reply in each] for each in rest] == [[4, 6, 7], [8]]
    newest = await all_pages(alice, f"{path}?order=newest&limit=4")
    assert [[reply["number"] for reply in each] for each in newest] == [[8, 7, 6, 4], [2, 1]]
    for query, numbers in (
        ("after=6", [7, 8]),
        ("after=8", []),
        ("after=7&order=newest", [6, 4, 2, 1]),
        ("after=0&limit=1", [1]),
    ):
        assert [reply["number"] for reply in (await page(alice, f"{path}?{query}"))[0]] == numbers, query


async def test_pages_of_threads_show_each_once_whatever_happens_meanwhile(
    clock: Clock, alice: Person, bob: Person
) -> None:
    made = []
    for number in range(7):
        made.append(await a_thread(by=alice, title=f"Thread {number}"))
        clock.offset += timedelta(seconds=1)
    ids = [thread["id"] for thread in made]
    first, following = await page(alice, "/api/v1/threads?limit=3&sort=new")
    await a_thread(by=alice, title="Newer")
    await alice.delete(f"/api/v1/threads/{first[-1]['id']}")
    await alice.delete(f"/api/v1/threads/{ids[2]}")
    rest = await all_pages(alice, following)
    assert [thread["id"] for thread in first] == [ids[6], ids[5], ids[4]]
    assert [thread["id"] for each in rest for thread in each] == [ids[3], ids[1], ids[0]]
    await a_reply(bob, made[0])
    await a_reply(bob, made[1])
    await a_reply(bob, made[1])
    order = {
        sort: [row["id"] for row in (await page(bob, f"/api/v1/threads?sort={sort}"))[0]] for sort in ("active", "top")
    }
    assert order["active"][:3] == [ids[1], ids[0], max(order["active"])]
    assert order["top"][:2] == [ids[1], ids[0]]


async def test_threads_that_share_a_key_are_still_shown_once(alice: Person, ada: Person) -> None:
    for number in range(5):
        await a_thread(by=alice, title=f"Thread {number}")
    for sort in ("active", "new", "top"):
        pages = await all_pages(alice, f"/api/v1/threads?sort={sort}&limit=2")
        assert [len(each) for each in pages] == [2, 2, 1]
        assert len({thread["id"] for each in pages for thread in each}) == 5, sort


async def test_filters(clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    await ada.post("/api/v1/categories", {"name": "Seminar"})
    by_alice, by_bob = await a_thread(by=alice), await a_thread(by=bob, category="seminar")
    aged = await a_thread(by=bob, closing={"close_after_age": "PT1H"})
    archived = await a_thread(by=alice)
    await mona.put(f"/api/v1/threads/{by_alice['id']}/closure")
    await mona.put(f"/api/v1/threads/{archived['id']}/archive")
    clock.offset += timedelta(hours=2)
    for query, expected in (
        ("category=seminar", {by_bob["id"]}),
        ("author=bob", {by_bob["id"], aged["id"]}),
        ("author=nobody", set()),
        ("state=open", {by_bob["id"]}),
        ("state=closed", {by_alice["id"], aged["id"]}),
        ("state=archived", {archived["id"]}),
        ("state=closed&author=bob&category=general", {aged["id"]}),
        ("author=a%26sort%3Dnew%0d%0aX: y", set()),
    ):
        items, _ = await page(alice, f"/api/v1/threads?{query}")
        assert {thread["id"] for thread in items} == expected, query
    _, following = await page(alice, "/api/v1/threads?state=closed&sort=new&limit=1")
    assert following is not None
    assert {"state=closed", "sort=new", "limit=1"} < set(following.partition("?")[2].split("&"))
    assert [thread["id"] for thread in (await page(alice, following))[0]] == [by_alice["id"]]


async def test_odd_paging_is_refused_or_harmless(alice: Person) -> None:
    thread = await a_thread(by=alice)
    await a_reply(alice, thread)
    replies = f"/api/v1/threads/{thread['id']}/replies"
    wrong = ["x", "%00", "W10", "bnVsbA", "W251bGxd", "é", "=" * 10, "A" * 200, "A" * 5000, "[" * 150,
             to_cursor([2**70]), to_cursor([1, 2, 3]), "WzEuNV0", "W3RydWVd", "WyIxIl0"]  # fmt: skip
    for path in ("/api/v1/threads", replies):
        for cursor in wrong:
            answer = await alice.get(path, params={"cursor": cursor})
            assert answer.status_code == 422, (path, cursor)
        for limit in ("0", "101", "-1", "ten", "1e3", "9" * 30, ""):
            answer = await alice.get(path, params={"limit": limit})
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/limit"), limit
    for cursor in wrong[:-3]:
        assert (await alice.get("/", params={"before": cursor})).status_code in (200, 422), cursor
    for number in (2**62, -(2**62), 2**31, 0):
        for order in ("oldest", "newest"):
            answer = await alice.get(replies, params={"cursor": to_cursor([number]), "order": order})
            assert answer.status_code == 200, number
        assert (await alice.get("/api/v1/threads", params={"cursor": to_cursor([number, number])})).status_code == 200
    for query in ("after=-1", "after=9999999999", "order=best", "after=x"):
        assert (await alice.get(f"{replies}?{query}")).status_code == 422, query
    for query in ("state=gone", "sort=best", f"author={'x' * 31}"):
        assert (await alice.get(f"/api/v1/threads?{query}")).status_code == 422, query
