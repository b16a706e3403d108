"""Tags at the JSON door: given with a thread, changed with it, found by it, and counted for each reader."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from service.kit.actor import SYSTEM
from service.kit.database import Session
from service.kit.database.rows import table_of
from service.kit.events import EventRow
from service.screening.policy import Action
from service.tags.models import TagCount, ThreadTag
from service.threads.models import Thread
from service.threads.operations import moderate_thread
from service.threads.queries import lock_thread
from tests.build import a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
LIST = "/api/v1/threads"
THREAD, THREAD_TAG, TAG_COUNT = table_of(Thread), table_of(ThreadTag), table_of(TagCount)


@pytest.fixture(autouse=True)
async def counted(app: FastAPI) -> AsyncIterator[None]:
    """After each test: what is counted of tags is what counting their threads gives."""
    yield

    def compare(session: Session) -> tuple[set[Any], set[Any]]:
        columns = TAG_COUNT.c.tag_id, TAG_COUNT.c.category_id, TAG_COUNT.c.threads
        kept = select(*columns).where(TAG_COUNT.c.threads != 0)
        key = THREAD_TAG.c.tag_id, THREAD.c.category_id
        there = select(*key, func.count()).join(THREAD, THREAD.c.id == THREAD_TAG.c.thread_id).group_by(*key)
        found = session.execute(there.where(THREAD.c.moderation == "published"))
        return {tuple(row) for row in session.execute(kept)}, {tuple(row) for row in found}

    ours, theirs = await app.state.database.read(compare)
    assert ours == theirs


async def tags(reader: httpx.AsyncClient, **asked: Any) -> dict[str, int]:
    """Slug → count, in the list's order."""
    answer = await reader.get("/api/v1/tags", params=asked)
    assert answer.status_code == 200, answer.text
    return {tag["slug"]: tag["thread_count"] for tag in answer.json()["items"]}


async def titles(reader: httpx.AsyncClient, tag: str, **asked: Any) -> list[str]:
    """The threads with this tag."""
    answer = await reader.get(LIST, params={"tag": tag, **asked})
    assert answer.status_code == 200, answer.text
    return [thread["title"] for thread in answer.json()["items"]]


async def test_a_thread_is_opened_with_tags_and_shows_them(alice: Person, client: httpx.AsyncClient) -> None:
    thread = await a_thread(by=alice, tags=["Gulag  Studies", "C++", "gulag studies", "Архив"])
    assert thread["tags"] == ["Gulag Studies", "C++", "Архив"], "two spellings are one tag; the order is the author's"
    assert (await client.get(f"{LIST}/{thread['id']}")).json()["tags"] == thread["tags"]
    assert (await client.get(LIST)).json()["items"][0]["tags"] == thread["tags"]
    listed = (await client.get("/api/v1/tags")).json()
    assert listed["next"] is None
    assert listed["items"][0] == {"name": "C++", "slug": "c-plus-plus", "thread_count": 1, "url": "/tags/c-plus-plus"}
    assert (await a_thread(by=alice))["tags"] == []


async def test_a_tag_is_called_as_it_was_first_typed(alice: Person, bob: Person) -> None:
    await a_thread(by=alice, tags=["Oral History"])
    assert (await a_thread(by=bob, tags=["ORAL-HISTORY"]))["tags"] == ["Oral History"]
    assert await tags(bob.client) == {"oral-history": 2}


async def test_editing_changes_tags_only_where_they_are_named(alice: Person) -> None:
    thread = await a_thread(by=alice, tags=["one", "two"])
    path = f"{LIST}/{thread['id']}"
    assert (await alice.patch(path, {"title": "Anew"})).json()["tags"] == ["one", "two"]
    changed = await alice.patch(path, {"tags": ["three", "two"]})
    assert (changed.json()["tags"], changed.json()["version"]) == (["three", "two"], 3)
    assert changed.json()["body"] == thread["body"]
    assert await titles(alice.client, "one") == []
    assert await titles(alice.client, "three") == ["Anew"]
    assert (await alice.patch(path, {"tags": []})).json()["tags"] == []
    assert await tags(alice.client) == {}, "what nobody uses is not listed"
    assert (await alice.patch(path, {"tags": ["One"]})).json()["tags"] == ["one"], "and keeps its name for later"


WRONG: list[tuple[list[Any], str]] = [
    (["a", "b", "!!!"], "/tags/2"),
    (["a", ""], "/tags/1"),
    (["x" * 31], "/tags/0"),
    (["\ufb03" * 30], "/tags/0"),
    (["a,b"], "/tags/0"),
    (["a\nb"], "/tags/0"),
    (["a\u202eb"], "/tags/0"),
    (["\u200b"], "/tags/0"),
    ([1], "/tags/0"),
    ([["a"]], "/tags/0"),
    (["a\x00"], "/tags/0"),
    (list("abcdef"), "/tags"),
]


async def test_wrong_tags_are_refused_by_name_at_opening_and_editing(alice: Person) -> None:
    thread = await a_thread(by=alice, tags=["kept"])
    for wrong, pointer in WRONG:
        for answer in (
            await alice.post(LIST, {"title": "T", "body": "B", "tags": wrong}),
            await alice.patch(f"{LIST}/{thread['id']}", {"tags": wrong}),
        ):
            assert answer.status_code == 422, wrong
            (error,) = answer.json()["errors"]
            assert (error["pointer"], bool(error["detail"])) == (pointer, True), wrong
    assert await tags(alice.client) == {"kept": 1}


async def test_a_tag_filters_with_everything_else(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    await ada.post("/api/v1/categories", {"name": "Books"})
    first = await a_thread(by=alice, title="First", tags=["Reading list"])
    await a_thread(by=bob, title="Second", tags=["reading list", "other"], category="books")
    await a_thread(by=alice, title="Third", tags=["other"])
    await bob.post(f"{LIST}/{first['id']}/replies", {"body": "Up."})
    reader = bob.client
    for spelling in ("reading-list", "Reading list", "READING LIST", "#reading list"):
        assert await titles(reader, spelling) == ["First", "Second"]
    assert await titles(reader, "reading-list", sort="new") == ["Second", "First"]
    assert await titles(reader, "reading-list", sort="top") == ["First", "Second"]
    assert await titles(reader, "reading-list", category="books") == ["Second"]
    assert await titles(reader, "reading-list", author="alice") == ["First"]
    await mona.put(f"{LIST}/{first['id']}/closure")
    assert await titles(reader, "reading-list", state="closed") == ["First"]
    assert await titles(reader, "reading-list", state="open") == ["Second"]
    assert await titles(reader, "never heard of") == []
    assert await titles(reader, "!!!") == [], "what can be no tag is none, and no other one"
    assert (await reader.get(LIST, params={"tag": "x" * 81})).status_code == 422


@pytest.mark.parametrize("sort", ["active", "new", "top"])
async def test_a_tags_threads_page_by_key_without_losing_or_repeating(alice: Person, sort: str) -> None:
    for number in range(7):
        await a_thread(by=alice, title=f"T{number}", tags=["even" if number % 2 == 0 else "odd"])
    found: list[str] = []
    path: str | None = f"{LIST}?tag=even&sort={sort}&limit=2"
    while path:
        answer = await alice.get(path)
        found += [thread["title"] for thread in answer.json()["items"]]
        link = answer.headers.get("link")
        path = link[1 : link.index(">")] if link else None
    assert found == ["T6", "T4", "T2", "T0"]


async def test_tags_are_listed_by_use_and_page_by_key(alice: Person) -> None:
    for names in (["law", "memory"], ["memory", "camps"], ["memory", "law", "sources"], ["2023"]):
        await a_thread(by=alice, tags=names)
    everything = await tags(alice.client)
    assert list(everything.items()) == [("memory", 3), ("law", 2), ("camps", 1), ("sources", 1), ("2023", 1)]
    found, path = [], "/api/v1/tags?limit=2"
    while path:
        answer = await alice.get(path)
        found += [tag["slug"] for tag in answer.json()["items"]]
        link = answer.headers.get("link")
        path = link[1 : link.index(">")] if link else ""
    assert found == list(everything)
    assert (await alice.get("/api/v1/tags?cursor=rubbish")).status_code == 422


async def test_tags_are_suggested_by_their_beginning(alice: Person) -> None:
    await a_thread(by=alice, tags=["Reading list", "Reading room", "Readers", "C++", "C"])
    assert set(await tags(alice.client, q="READING ")) == {"reading-list", "reading-room"}
    assert set(await tags(alice.client, q="reading l")) == {"reading-list"}
    assert set(await tags(alice.client, q="c+")) == {"c-plus-plus"}
    assert await tags(alice.client, q="%") == {}
    assert await tags(alice.client, q="_eading") == {}
    assert len(await tags(alice.client, q="")) == 5


async def test_counts_and_names_tell_nobody_of_what_they_may_not_see(
    client: httpx.AsyncClient, alice: Person, mona: Person, ada: Person
) -> None:
    for name in ("members", "staff"):
        await ada.post("/api/v1/categories", {"name": name, "visibility": name})
    await a_thread(by=alice, tags=["shared"])
    await a_thread(by=alice, tags=["shared", "for members"], category="members")
    await a_thread(by=ada, tags=["shared", "for staff"], category="staff")
    gone = await a_thread(by=alice, tags=["shared", "in the trash"])
    assert (await mona.delete(f"{LIST}/{gone['id']}")).status_code == 204
    assert await tags(client) == {"shared": 1}
    assert await tags(alice.client) == {"shared": 2, "for-members": 1}
    assert await tags(mona.client) == {"shared": 3, "for-members": 1, "for-staff": 1}
    for hidden in ("for members", "for staff", "in the trash"):
        assert await titles(client, hidden) == await titles(client, "nonsense") == []
        assert await tags(client, q=hidden[:5]) == {}


async def test_a_held_or_hidden_thread_has_its_tags_for_itself(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await a_thread(by=mona, tags=["shared"])
    site = await ada.get("/api/v1/site")
    held = await ada.patch("/api/v1/site", {"hold_first_posts": 1}, headers={"If-Match": site.headers["etag"]})
    assert held.status_code == 200
    waiting = await a_thread(by=alice, tags=["shared", "waiting"])
    assert waiting["moderation"] == "pending"

    async def moderate(action: Action) -> None:
        def work(session: Session) -> None:
            actor = replace(SYSTEM, account_id=mona.id, username="mona", role="moderator")
            moderate_thread(session, actor, lock_thread(session, actor, waiting["id"]), action)

        await app.state.database.write(work)

    both, one = {"shared": 2, "waiting": 1}, {"shared": 1}
    for reader, expected in ((client, one), (bob.client, one), (alice.client, both), (mona.client, both)):
        assert await tags(reader) == expected, "pending"
    await moderate("approve")
    assert await tags(client) == await tags(bob.client) == both
    await moderate("hide")
    for reader in (client, bob.client, alice.client):
        assert await tags(reader) == one, "hidden"
        assert await titles(reader, "waiting") == []
    await moderate("restore")
    assert await tags(client) == both
    path = f"{LIST}/{waiting['id']}"
    for names, expected in ((["waiting"], {"shared": 1, "waiting": 1}), (["shared"], {"shared": 2})):
        assert (await mona.patch(path, {"tags": names})).status_code == 200
        assert await tags(client) == expected


async def test_many_at_once_make_a_tag_once(alice: Person, bob: Person) -> None:
    """Each names the same new tags in another order, which must neither lock one another out nor double a tag."""
    names = ["aleph", "beth", "gimel", "daleth", "he"]

    async def open_one(number: int) -> httpx.Response:
        turned = names[number % 5 :] + names[: number % 5]
        person = alice if number % 2 else bob
        return await person.post(LIST, {"title": f"T{number}", "body": "B", "tags": turned})

    answers = await asyncio.gather(*(open_one(number) for number in range(20)))
    assert [answer.status_code for answer in answers] == [201] * 20
    assert await tags(alice.client) == dict.fromkeys(names, 20)


async def test_two_edits_at_once_leave_what_the_row_says(alice: Person, client: httpx.AsyncClient) -> None:
    thread = await a_thread(by=alice, tags=["a"])
    path = f"{LIST}/{thread['id']}"
    sets = [["a", "b"], ["c"], ["b", "d"], []]
    await asyncio.gather(*(alice.patch(path, {"tags": each}) for each in sets))
    left = (await client.get(path)).json()["tags"]
    assert left in sets
    assert sorted(await tags(client)) == sorted(left), "the thread's row and the table behind the filter agree"


async def test_events_say_that_tags_changed_and_not_which(alice: Person, app: FastAPI) -> None:
    thread = await a_thread(by=alice, tags=["zygomorphic"])
    await alice.patch(f"{LIST}/{thread['id']}", {"tags": ["actinomorphic"]})

    def recorded(session: Session) -> str:
        return repr(session.execute(select(EventRow)).scalars().all())

    said = await app.state.database.read(recorded)
    assert "'tags'" in said
    assert "morphic" not in said
