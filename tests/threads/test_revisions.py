"""The texts that a thread has had: kept at each edit, read by whoever reads the thread, redacted by moderators."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.build import a_thread
from tests.cast import Person
from tests.threads.test_sources import BARE, at, facts_of

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def revisions(reader: httpx.AsyncClient, thread: Json, **asked: Any) -> list[Json]:
    """The first page of a thread's texts."""
    answer = await reader.get(f"{at(thread)}/revisions", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def test_a_thread_that_nobody_edited_has_one(client: httpx.AsyncClient, alice: Person) -> None:
    thread = await a_thread(by=alice, sources=[{"title": "A map"}])
    assert await revisions(client, thread) == [
        {
            "number": 1, "version": 1, "title": thread["title"], "body": thread["body"], "sources": [BARE],
            "author": {"username": "alice", "display_name": "alice"}, "created_at": thread["created_at"],
            "is_current": True, "is_redacted": False,
        }
    ]  # fmt: skip


async def test_each_edit_keeps_what_was_there_and_who_wrote_it(
    client: httpx.AsyncClient, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, title="First")
    second = (await alice.patch(at(thread), {"title": "Second", "body": "Two."})).json()
    third = (await mona.patch(at(thread), {"body": "Three."})).json()
    found = await revisions(client, thread)
    assert [(each["number"], each["version"], each["title"], each["body"]) for each in found] == [
        (3, 3, "Second", "Three."), (2, 2, "Second", "Two."), (1, 1, "First", thread["body"]),
    ]  # fmt: skip
    assert [each["author"]["username"] for each in found] == ["mona", "alice", "alice"]
    assert [each["created_at"] for each in found] == [third["edited_at"], second["edited_at"], thread["created_at"]]
    assert [each["is_current"] for each in found] == [True, False, False]


async def test_what_is_no_edit_makes_no_revision(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await mona.put(f"{at(thread)}/closing", {"close_after_age": "P14D"})
    assert (await alice.patch(at(thread), {"body": " "})).status_code == 422
    assert (await mona.patch(at(thread), {"tags": ["maps"]})).json()["edited_at"] is None
    (only,) = await revisions(alice.client, thread)
    assert (only["number"], only["is_current"], only["body"]) == (1, True, thread["body"])


async def test_pages_of_revisions_repeat_and_skip_none(alice: Person) -> None:
    thread = await a_thread(by=alice)
    for number in range(2, 8):
        await alice.patch(at(thread), {"body": f"Text {number}."})
    found, url = [], f"{at(thread)}/revisions?limit=3"
    while url:
        answer = await alice.get(url)
        found += [each["number"] for each in answer.json()["items"]]
        await alice.patch(at(thread), {"body": "One more, while somebody reads."})
        url = answer.links["next"]["url"] if "next" in answer.links else ""
    assert found == [7, 6, 5, 4, 3, 2, 1]


async def test_odd_cursors_are_refused_or_empty(alice: Person) -> None:
    thread = await a_thread(by=alice)
    for cursor, status, count in (
        ("W10", 422, 0),
        ("WzFd", 200, 0),
        ("Wy01XQ", 200, 0),
        ("Wzk5OTk5OTk5OTk5XQ", 200, 1),
    ):
        answer = await alice.get(f"{at(thread)}/revisions", params={"cursor": cursor})
        assert answer.status_code == status, cursor
        assert len(answer.json().get("items", [])) == count
    assert (await alice.get(f"{at(thread)}/revisions?limit=0")).status_code == 422


async def test_who_may_not_see_the_thread_finds_no_revisions(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await ada.post("/api/v1/categories", {"name": "Staff", "visibility": "staff"})
    hidden = await a_thread(by=mona, category="staff")
    trashed = await a_thread(by=alice)
    await mona.delete(at(trashed))
    for thread, readers in ((hidden, (client, bob.client)), (trashed, (client, bob.client, alice.client))):
        for reader in readers:
            assert (await reader.get(f"{at(thread)}/revisions")).status_code == 404
            assert (await reader.delete(f"{at(thread)}/revisions/1")).status_code == 404
    assert len(await revisions(mona.client, hidden)) == 1


async def test_a_moderator_redacts_an_earlier_text(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, mona: Person
) -> None:
    thread = await a_thread(
        by=alice, title="Her telephone number", body="It is 555-0100.", sources=[{"title": "A map"}]
    )
    await alice.patch(at(thread), {"title": "A question", "body": "Who knows?"})
    for _ in range(2):  # the second time there is nothing left to do
        assert (await mona.delete(f"{at(thread)}/revisions/1")).status_code == 204
    current, first = await revisions(client, thread)
    assert (first["title"], first["body"], first["sources"], first["is_redacted"]) == (None, None, [], True)
    assert (first["author"]["username"], first["created_at"]) == ("alice", thread["created_at"])
    assert (current["body"], current["is_redacted"], current["version"]) == ("Who knows?", False, 2)
    for page in (f"{at(thread)}/revisions", f"{thread['url']}/revisions"):
        assert "555-0100" not in (await mona.get(page)).text
    assert await facts_of(app, "thread.redacted") == [{"version": 2, "revision": 1}]


async def test_only_moderators_redact_and_only_earlier_texts(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await alice.patch(at(thread), {"body": "Two."})
    assert (await client.delete(f"{at(thread)}/revisions/1")).status_code == 401
    for person in (alice, bob):
        assert (await person.delete(f"{at(thread)}/revisions/1")).status_code == 403
    for number, status in ((2, 404), (3, 404), (2**31 - 1, 404), (0, 404), (2**31, 404)):
        assert (await mona.delete(f"{at(thread)}/revisions/{number}")).status_code == status
    assert [each["is_redacted"] for each in await revisions(client, thread)] == [False, False]
