"""The sources of a thread at the JSON door: taken whole, given back whole, and changed as its text is."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from service.kit.events import EventRow
from tests.build import a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

WHOLE: Json = {
    "author": "Marchetti, Ilse",
    "title": "Letters to a Closed Town: “Amnesty” & what came after",
    "container": "Journal of Small Archives 12",
    "year": "2009",
    "url": "https://www.example.org/books/cold-summer?page=1#reviews",
    "accessed": "2026-11-03",
    "note": "Chapter 4, on letters.",
}
BARE: Json = dict.fromkeys(("author", "container", "year", "url", "accessed", "note")) | {"title": "A map"}


def at(thread: Json) -> str:
    """The thread's address in the API."""
    return f"/api/v1/threads/{thread['id']}"


async def facts_of(app: FastAPI, kind: str) -> list[Json]:
    """What the events of a kind have told."""

    def read(session: Session) -> Sequence[EventRow]:
        return session.exec(select(EventRow).where(EventRow.kind == kind).order_by("id")).all()

    return [row.facts for row in await app.state.database.read(read)]


async def test_sources_are_given_back_whole_and_in_their_order(client: httpx.AsyncClient, alice: Person) -> None:
    thread = await a_thread(by=alice, sources=[WHOLE, {"title": " A map "}])
    assert thread["sources"] == [WHOLE, BARE]
    assert (await client.get(at(thread))).json()["sources"] == [WHOLE, BARE]
    listed = (await client.get("/api/v1/threads")).json()["items"][0]
    assert listed["sources"] == [WHOLE, BARE]
    assert (await a_thread(by=alice))["sources"] == []


@pytest.mark.parametrize(
    ("member", "given", "kept"),
    [
        ("year", 1956, "1956"),
        ("year", -44, "-44"),
        ("year", " n.d. ", "n.d."),
        ("year", "", None),
        ("author", "  ", None),
        ("url", "", None),
        ("url", "HTTP://example.org", "HTTP://example.org"),
        ("url", "https://example.org/Ж?q=ж&a='b'", "https://example.org/Ж?q=ж&a='b'"),
        ("url", "http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("accessed", "2024-02-29", "2024-02-29"),
        ("accessed", None, None),
        ("title", "Cafe\u0301", "Café"),
        ("note", "n" * 500, "n" * 500),
    ],
)
async def test_what_is_taken(alice: Person, member: str, given: Any, kept: Any) -> None:
    thread = await a_thread(by=alice, sources=[{"title": "A map", member: given}])
    assert thread["sources"][0] == BARE | {member: kept}


BAD = [
    ("title", "", "at least 1"),
    ("title", " ", "must not be empty"),
    ("title", "\u200b", "nothing that can be seen"),
    ("title", None, "valid string"),
    ("title", "t" * 301, "300"),
    ("title", ["a"], "valid string"),
    ("title", "a\nb", "U+000A"),
    ("title", "a\u202eb", "U+202E"),
    ("author", "a" * 201, "200"),
    ("author", 7, "valid string"),
    ("author", {"family": "x"}, "valid string"),
    ("container", "c" * 201, "200"),
    ("year", "y" * 21, "20"),
    ("year", 10_000, "four digits"),
    ("year", True, "valid string"),
    ("year", 19.5, "valid string"),
    ("year", 10**400, "four digits"),
    ("url", "javascript:alert(1)", "http"),
    ("url", "//example.org/x", "http"),
    ("url", "ftp://example.org/x", "http"),
    ("url", "https://", "http"),
    ("url", "https:///x", "http"),
    ("url", "https://bank.example@evil.example/", "http"),
    ("url", "https:\\\\example.org", "http"),
    ("url", "https://exa mple.org", "http"),
    ("url", 'https://example.org/"onclick="x', "http"),
    ("url", "http://[", "http"),
    ("url", "https://example.org/" + "x" * 2_000, "2000"),
    ("accessed", "3 May 2024", "date"),
    ("accessed", "2024-02-30", "date"),
    ("accessed", "20240229", "date"),
    ("accessed", "2024-02-29T10:00:00Z", "10"),
    ("accessed", "２０２４-02-29", "date"),
    ("accessed", 20240229, "valid string"),
    ("note", "n" * 501, "500"),
    ("publisher", "x", "not permitted"),
]


@pytest.mark.parametrize(("member", "value", "rule"), BAD, ids=[f"{member}-{rule}" for member, _, rule in BAD])
async def test_what_breaks_a_rule_is_named(alice: Person, member: str, value: Any, rule: str) -> None:
    thread = await a_thread(by=alice)
    sources = [{"title": "A map"}] * 3 + [{"title": "A map", member: value}]
    for answer in (
        await alice.post("/api/v1/threads", {"title": "t", "body": "b", "sources": sources}),
        await alice.patch(at(thread), {"sources": sources}),
    ):
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert error["pointer"] == f"/sources/3/{member}"
        assert rule in error["detail"]
    assert (await alice.get(at(thread))).json() | {"version": 1} == thread


@pytest.mark.parametrize(
    ("sources", "pointer"),
    [
        ([{"title": "A map"}] * 51, "/sources"),
        ("A map", "/sources"),
        ({"title": "A map"}, "/sources"),
        (["A map"], "/sources/0"),
        ([None], "/sources/0"),
        ([{}], "/sources/0/title"),
    ],
    ids=["51", "text", "object", "texts", "null", "untitled"],
)
async def test_what_is_no_list_of_sources_is_refused(alice: Person, sources: Any, pointer: str) -> None:
    answer = await alice.post("/api/v1/threads", {"title": "t", "body": "b", "sources": sources})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_fifty_sources_are_taken(alice: Person) -> None:
    assert len((await a_thread(by=alice, sources=[WHOLE] * 50))["sources"]) == 50


async def test_changing_them_is_an_edit(app: FastAPI, alice: Person) -> None:
    thread = await a_thread(by=alice, sources=[WHOLE])
    answer = await alice.patch(at(thread), {"sources": [{"title": "A map"}]}, headers={"If-Match": '"v1-x"'})
    changed = answer.json()
    assert (changed["sources"], changed["version"], changed["body"]) == ([BARE], 2, thread["body"])
    assert changed["edited_at"] is not None
    assert (await facts_of(app, "thread.edited"))[-1] == {"version": 2, "fields": ["sources"]}
    stale = await alice.patch(at(thread), {"sources": []}, headers={"If-Match": '"v1-x"'})
    assert stale.status_code == 412
    assert (await alice.patch(at(thread), {"title": "A new one"})).json()["sources"] == [BARE]
    assert (await alice.patch(at(thread), {"sources": []})).json()["sources"] == []
    earlier = (await alice.get(f"{at(thread)}/revisions")).json()["items"]
    assert [each["sources"] for each in earlier] == [[], [BARE], [BARE], [WHOLE]]


async def test_only_the_author_and_moderators_change_them(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    body = {"sources": [WHOLE]}
    assert (await client.patch(at(thread), json=body)).status_code == 401
    assert (await bob.patch(at(thread), body)).status_code == 403
    assert (await mona.patch(at(thread), body)).status_code == 200
