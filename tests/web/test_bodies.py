"""Bad bodies: a problem that names the field, never a fault, nothing stored."""

import json
import time
import tracemalloc
from typing import Any

import httpx
import pytest

from service.kit.errors import Invalid
from service.web.bodies import StrictRequest, find_unstorable
from tests.build import a_reply, a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
JSON = {"content-type": "application/json"}
GOOD = {"title": "A title", "body": "A text."}
FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "/title"),
    ({"title": " \n "}, "/title"),
    ({"title": "x" * 201}, "/title"),
    ({"title": "two\nlines"}, "/title"),
    ({"title": "a\x00b"}, "/title"),
    ({"title": 5}, "/title"),
    ({"title": ["A title"]}, "/title"),
    ({"title": None}, "/title"),
    ({"body": ""}, "/body"),
    ({"body": "\u200b"}, "/body"),
    ({"body": "x" * 32_001}, "/body"),
    ({"body": "\x07"}, "/body"),
    ({"body": {"text": "A text."}}, "/body"),
    ({"category": 5}, "/category"),
    ({"category": "x" * 61}, "/category"),
    ({"closing": "off"}, "/closing"),
    ({"closing": {"close_after_days": 14}}, "/closing/close_after_days"),
    ({"colour": "red"}, "/colour"),
    ({"a/b~c": 1}, "/a~1b~0c"),
    ({"author": "mona"}, "/author"),
    ({"moderation": "published"}, "/moderation"),
]


async def test_each_wrong_field_is_named_and_nothing_is_stored(alice: Person) -> None:
    for wrong, pointer in FIELDS:
        answer = await alice.post("/api/v1/threads", GOOD | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], wrong
        assert all(error["detail"] for error in answer.json()["errors"])
    for absent in ("title", "body"):
        answer = await alice.post("/api/v1/threads", {key: GOOD[key] for key in GOOD if key != absent})
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{absent}"]
    assert (await alice.get("/api/v1/threads")).json()["items"] == []


async def test_limits_are_reached_and_not_passed(alice: Person) -> None:
    answer = await alice.post("/api/v1/threads", {"title": "é" * 200, "body": "𝒙" * 32_000})
    assert answer.status_code == 201
    assert (len(answer.json()["title"]), len(answer.json()["body"])) == (200, 32_000)
    thread = answer.json()
    for body, status in (("y" * 32_000, 201), ("y" * 32_001, 422)):
        assert (await alice.post(f"/api/v1/threads/{thread['id']}/replies", {"body": body})).status_code == status


BROKEN = [
    b"",
    b"{",
    b"nonsense",
    b"null",
    b"[]",
    b"5",
    b'"text"',
    b'{"title": "T", "body": "\xff\xfe"}',
    b'{"title": "T", "body": "\\ud800"}',
    b'{"title": "T", "body": "\\u0000"}',
    b'{"title": "T", "body": "B", "x\\u0000": 1}',
    b'{"title": "T", "body": "B", "\\udfff": 1}',
    b'{"title": "T", "body": "B"} trailing',
    b'{"title": "T", "body": NaN}',
    b'{"title": "T", "body": 1e999}',
    b'{"title": "T", "body": ' + b"9" * 5000 + b"}",
    b"[" * 10_000 + b"]" * 10_000,
    b'{"title":' * 10_000 + b"1" + b"}" * 10_000,
]


async def test_broken_json_is_a_problem_and_in_its_turn(client: httpx.AsyncClient, alice: Person) -> None:
    thread = await a_thread(by=alice)
    for content in BROKEN:
        refused = await alice.client.post("/api/v1/threads", content=content, headers=JSON)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), content[:60]
        for path in (f"/api/v1/threads/{thread['id']}/replies", f"/api/v1/threads/{thread['id']}/closure"):
            guest = await client.request("POST" if "replies" in path else "PUT", path, content=content, headers=JSON)
            assert guest.status_code == 401, (path, content[:60])
        assert (await client.post("/api/v1/threads", content=content)).status_code == 401, "also without a type"
        unseen = await client.post("/api/v1/threads/999/replies", content=content, headers=JSON)
        assert unseen.status_code == 404, content[:60]
    form = await alice.client.post("/api/v1/threads", data={"title": "T", "body": "B"})
    assert form.status_code == 422, "a form of another site could send this without asking"
    assert len((await alice.get("/api/v1/threads")).json()["items"]) == 1


async def test_a_hundred_thousand_wrong_fields_are_answered_soon_and_shortly(alice: Person) -> None:
    started = time.monotonic()
    for many, named in ((900, 20), (50_000, 1)):
        wrong = {f"field{number}": 1 for number in range(many)}
        for body in (wrong, GOOD | {"closing": wrong}):
            answer = await alice.post("/api/v1/threads", body)
            assert answer.status_code == 422
            assert len(answer.content) < 10_000
            assert len(answer.json()["errors"]) == named
    assert time.monotonic() - started < 10


@pytest.mark.no_database
def test_a_deep_and_wide_document_takes_little_memory() -> None:
    """Every member of the innermost list stands nine hundred levels deep; a path for each took 2 GB."""
    inner: Any = [""] * 300_000
    for _ in range(900):
        inner = [inner]
    tracemalloc.start()
    try:
        assert find_unstorable(inner) is None
        inner[0] = ["\x00"]
        refusal = find_unstorable(inner)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 100_000_000
    assert refusal is not None
    assert refusal.errors[0].pointer == "/0/0"


@pytest.mark.no_database
async def test_a_body_is_read_once_and_strictly() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b'{"a": [1, {"b": "x\\u0000"}]}', "more_body": False}

    found = await StrictRequest({"type": "http", "method": "POST", "headers": []}, receive).json()
    assert [error.pointer for error in found.errors] == ["/a/1/b"]


@pytest.mark.no_database
async def test_every_way_to_spell_what_is_unstorable_is_found() -> None:
    async def read(body: bytes) -> Any:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        return await StrictRequest({"type": "http", "method": "POST", "headers": []}, receive).json()

    for escape in ("\\u0000", "\\ud800", "\\uDBff", "\\uDc00", "\\udfff", "\\ud83dx\\ude00", "\\\\\\u0000"):
        assert isinstance(await read(f'{{"body": "a{escape}b"}}'.encode()), Invalid), escape
    for sound in ("\\u0001", "\\ud83d\\ude00", "\\\\u0000", "\\ud7ff\\ue000"):
        assert await read(f'{{"body": "{sound}"}}'.encode()) == {"body": json.loads(f'"{sound}"')}, sound


async def test_a_reply_is_read_as_strictly(alice: Person) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(alice, thread)
    parents: tuple[Any, ...] = ("1", True, 0, -1, 2**63, 1.5, [1])
    wrongs: list[dict[str, Any]] = [{"body": "x", "parent": parent} for parent in parents]
    wrongs += [{"body": 1}, {"body": ""}, {"body": "x", "number": 7}, {}]
    for wrong in wrongs:
        assert (await alice.post(f"/api/v1/threads/{thread['id']}/replies", wrong)).status_code == 422, wrong
    wrongs = [{}, {"body": ""}, {"body": "x", "parent": 1}]
    for wrong in wrongs:
        assert (await alice.patch(f"/api/v1/replies/{reply['id']}", wrong)).status_code == 422, wrong
