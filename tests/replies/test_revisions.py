"""The texts that a reply has had: kept at each edit, read by whoever reads the reply, redacted by moderators."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.threads.test_sources import facts_of

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


def at(reply: Json) -> str:
    """The reply's address in the API."""
    return f"/api/v1/replies/{reply['id']}"


async def revisions(reader: httpx.AsyncClient, reply: Json, **asked: Any) -> list[Json]:
    """The first page of a reply's texts."""
    answer = await reader.get(f"{at(reply)}/revisions", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def test_each_edit_keeps_what_was_there_and_who_wrote_it(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice), "One.")
    assert await revisions(client, reply) == [
        {
            "number": 1, "version": 1, "body": "One.", "author": {"username": "bob", "display_name": "bob"},
            "created_at": reply["created_at"], "is_current": True, "is_redacted": False,
        }
    ]  # fmt: skip
    await bob.patch(at(reply), {"body": "Two."})
    await mona.patch(at(reply), {"body": "Three."})
    found = await revisions(client, reply)
    assert [(each["number"], each["body"], each["author"]["username"]) for each in found] == [
        (3, "Three.", "mona"), (2, "Two.", "bob"), (1, "One.", "bob"),
    ]  # fmt: skip
    assert [each["is_current"] for each in found] == [True, False, False]


async def test_pages_of_revisions(alice: Person) -> None:
    reply = await a_reply(alice, await a_thread(by=alice))
    for number in range(2, 6):
        await alice.patch(at(reply), {"body": f"Text {number}."})
    first = await alice.get(f"{at(reply)}/revisions?limit=2")
    second = await alice.get(first.links["next"]["url"])
    assert [each["number"] for page in (first, second) for each in page.json()["items"]] == [5, 4, 3, 2]


async def test_what_a_reader_may_not_see_has_no_revisions(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    """A stub keeps its place and its children; what it said, before the edit and after it, is gone."""
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread, "A secret.")
    await bob.patch(at(reply), {"body": "Another secret."})
    await a_reply(alice, thread, "An answer.", parent=reply["id"])
    await bob.delete(at(reply))
    for reader in (client, alice.client, bob.client, mona.client):
        assert (await reader.get(f"{at(reply)}/revisions")).status_code == 404
        assert (await reader.get(f"/t/{thread['id']}/replies/1/revisions")).status_code == 404
    assert (await client.get("/api/v1/replies/999/revisions")).status_code == 404


async def test_a_moderator_redacts_an_earlier_text(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice), "My address is 1 Long Street.")
    await bob.patch(at(reply), {"body": "Write to me."})
    assert (await client.delete(f"{at(reply)}/revisions/1")).status_code == 401
    assert (await bob.delete(f"{at(reply)}/revisions/1")).status_code == 403
    for number in (2, 3):
        assert (await mona.delete(f"{at(reply)}/revisions/{number}")).status_code == 404
    assert (await mona.delete(f"{at(reply)}/revisions/1")).status_code == 204
    current, first = await revisions(client, reply)
    assert (first["body"], first["is_redacted"], first["author"]["username"]) == (None, True, "bob")
    assert current["body"] == "Write to me."
    facts = {"thread_id": reply["thread_id"], "number": 1, "version": 2, "revision": 1}
    assert await facts_of(app, "reply.redacted") == [facts]
