"""Posting a reply at the JSON door: what is stored, what is refused, in which order."""

from typing import Any

import httpx
import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import set_site

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def replies_of(by: Person, thread: Json, query: str = "") -> list[Json]:
    """The replies in the list."""
    answer = await by.get(f"/api/v1/threads/{thread['id']}/replies{query}")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def test_replies_are_numbered_from_one_in_order(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    first, second = await a_reply(bob, thread), await a_reply(alice, thread, "Thank you.")
    assert (first["number"], second["number"]) == (1, 2)
    assert first["url"] == f"/t/{thread['id']}/{thread['slug']}#reply-1"
    assert [reply["number"] for reply in await replies_of(bob, thread)] == [1, 2]


async def test_a_reply_is_answered_whole_and_moves_the_threads_counters(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    answer = await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "So *many*  \r\nnumbers."})
    reply = answer.json()
    assert answer.headers["location"] == f"/api/v1/replies/{reply['id']}"
    assert reply == (await alice.get(answer.headers["location"])).json()
    assert reply["author"] == {"username": "bob", "display_name": "bob"}
    assert reply["body"] == "So *many*  \nnumbers."
    assert "<em>many</em>" in reply["body_html"]
    assert (reply["thread_id"], reply["parent"], reply["in_reply_to"], reply["depth"]) == (thread["id"], None, None, 0)
    assert (reply["moderation"], reply["posted_while_closed"], reply["reactions"]) == ("published", False, {})
    assert (reply["edited_at"], reply["version"]) == (None, 1)
    seen = (await alice.get(f"/api/v1/threads/{thread['id']}")).json()
    assert (seen["reply_count"], seen["last_reply_at"], seen["version"]) == (1, reply["created_at"], 1)


async def test_the_checks_come_in_their_order(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    """404 before 401 before 403 before 422 before 409."""
    await ada.post("/api/v1/categories", {"name": "Staff", "visibility": "staff"})
    hidden = await a_thread(by=mona, category="staff")
    closed = await a_thread(by=alice)
    await mona.put(f"/api/v1/threads/{closed['id']}/closure")
    made = await alice.post("/api/v1/tokens", {"name": "a reader", "scopes": ["read"]})
    reader = {"Authorization": f"Bearer {made.json()['token']}"}
    wrong, gone = {"body": ""}, {"body": "Hello.", "parent": 99}
    cases: list[tuple[httpx.AsyncClient, int, Json, dict[str, str], int, str]] = [
        (client, 999, wrong, {}, 404, "not-found"),
        (client, hidden["id"], wrong, {}, 404, "not-found"),
        (bob.client, hidden["id"], wrong, {}, 404, "not-found"),
        (client, closed["id"], wrong, {}, 401, "not-signed-in"),
        (alice.client, closed["id"], wrong, reader, 403, "not-allowed"),
        (alice.client, closed["id"], wrong, {}, 422, "invalid"),
        (alice.client, closed["id"], gone, {}, 409, "thread-closed"),
        (mona.client, closed["id"], gone, {}, 409, "parent-not-available"),
        (mona.client, closed["id"], {"body": "Hello."}, {}, 201, ""),
    ]
    for browser, thread_id, body, headers, status, code in cases:
        answer = await browser.post(f"/api/v1/threads/{thread_id}/replies", json=body, headers=headers)
        assert (answer.status_code, answer.json().get("code", "")) == (status, code), (thread_id, body)
    shown = (await alice.get(f"/api/v1/threads/{closed['id']}", headers=reader)).json()
    assert (shown["can_reply"], shown["cannot_reply_code"]) == (False, "not-allowed"), "the same order decides this"
    guest = (await client.get(f"/api/v1/threads/{closed['id']}")).json()
    assert (guest["can_reply"], guest["cannot_reply_code"]) == (False, "not-signed-in")


async def test_replies_nest_to_the_last_level_and_then_under_its_parent(alice: Person, bob: Person) -> None:
    """Five levels: depth 0 to 4. Whoever answers depth 4 stands beside it, and `in_reply_to` says whom."""
    thread = await a_thread(by=alice)
    chain = [await a_reply(bob, thread)]
    for _ in range(4):
        chain.append(await a_reply(alice, thread, parent=chain[-1]["id"]))
    assert [reply["depth"] for reply in chain] == [0, 1, 2, 3, 4]
    assert [reply["parent"] for reply in chain] == [None, *(reply["id"] for reply in chain[:-1])]
    deeper = await a_reply(bob, thread, parent=chain[-1]["id"])
    assert (deeper["depth"], deeper["parent"], deeper["in_reply_to"]) == (4, chain[3]["id"], chain[4]["id"])
    deepest = await a_reply(bob, thread, parent=deeper["id"])
    assert (deepest["depth"], deepest["parent"], deepest["in_reply_to"]) == (4, chain[3]["id"], deeper["id"])
    assert [reply["number"] for reply in await replies_of(bob, thread)] == list(range(1, 8))


async def test_the_site_says_how_many_levels_there_are(alice: Person, bob: Person, ada: Person) -> None:
    thread = await a_thread(by=alice)
    await set_site(ada, max_depth=10)
    chain = [await a_reply(bob, thread)]
    for _ in range(9):
        chain.append(await a_reply(bob, thread, parent=chain[-1]["id"]))
    assert chain[-1]["depth"] == 9
    await set_site(ada, max_depth=2)
    reply = await a_reply(bob, thread, parent=chain[-1]["id"])
    assert (reply["depth"], reply["parent"], reply["in_reply_to"]) == (1, chain[0]["id"], chain[-1]["id"])
    await set_site(ada, max_depth=1)
    reply = await a_reply(bob, thread, parent=chain[-1]["id"])
    assert (reply["depth"], reply["parent"], reply["in_reply_to"]) == (0, None, chain[-1]["id"])


async def test_only_a_reply_that_stands_in_the_thread_can_be_answered(alice: Person, bob: Person) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    foreign, gone, stub = await a_reply(bob, other), await a_reply(bob, thread), await a_reply(bob, thread)
    await a_reply(alice, thread, parent=stub["id"])
    for reply in (gone, stub):
        await bob.delete(f"/api/v1/replies/{reply['id']}")
    for parent in (foreign["id"], gone["id"], stub["id"], 999_999):
        answer = await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "To whom?", "parent": parent})
        assert (answer.status_code, answer.json()["code"]) == (409, "parent-not-available")
    seen = (await bob.get(f"/api/v1/threads/{thread['id']}")).json()
    assert seen["reply_count"] == 1
    assert (await a_reply(bob, thread))["number"] == 4, "a refusal takes no number"


async def test_nothing_is_posted_to_a_deleted_thread(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(alice, thread)
    await mona.delete(f"/api/v1/threads/{thread['id']}")
    assert (await mona.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "Hello?"})).status_code == 404
    assert (await mona.get(f"/api/v1/replies/{reply['id']}")).status_code == 404
    assert (await mona.get(f"/api/v1/threads/{thread['id']}/replies")).status_code == 404
