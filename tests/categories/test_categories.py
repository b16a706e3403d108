"""Categories at the JSON door."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.build import a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
LIST = "/api/v1/categories"


async def test_there_is_one_to_begin_with(client: httpx.AsyncClient) -> None:
    answer = await client.get(LIST)
    (general,) = answer.json()["items"]
    assert (general["slug"], general["name"], general["visibility"], general["url"]) == (
        "general", "General", "public", "/c/general",
    )  # fmt: skip
    assert answer.json()["next"] is None
    one = await client.get(f"{LIST}/general")
    assert one.json() == general
    assert (await client.get(f"{LIST}/general", headers={"If-None-Match": one.headers["etag"]})).status_code == 304


async def test_an_admin_makes_changes_and_deletes(ada: Person) -> None:
    draft = {
        "name": "Reading  list",
        "description": "Books.",
        "visibility": "members",
        "closing": {"close_after_age": "P9D"},
    }
    made = await ada.post(LIST, draft)
    category = made.json()
    assert (made.status_code, made.headers["location"]) == (201, f"{LIST}/{category['slug']}")
    assert (category["visibility"], category["description"], category["version"]) == ("members", "Books.", 1)
    assert category["closing"]["close_after_age"] == "P9D"
    path = made.headers["location"]
    terms = {"close_after_idle": "P5D", "close_after_replies": 500}
    changed = await ada.patch(path, {"slug": "books", "closing": terms})
    assert changed.json()["closing"] == {
        "closes_at": None, "close_after_age": "P9D", "reopens_at": None, "slow_mode": None, **terms,
    }  # fmt: skip
    assert (changed.json()["name"], changed.json()["version"]) == (category["name"], 2)
    assert (await ada.get(path)).status_code == 404
    stale = await ada.patch(f"{LIST}/books", {"name": "B"}, headers={"If-Match": made.headers["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "edit-conflict")
    stale = await ada.delete(f"{LIST}/books", headers={"If-Match": made.headers["etag"]})
    assert stale.status_code == 412
    assert (await ada.delete(f"{LIST}/books", headers={"If-Match": changed.headers["etag"]})).status_code == 204
    assert (await ada.get(f"{LIST}/books")).status_code == 404


async def test_the_checks_come_in_their_order(
    client: httpx.AsyncClient, alice: Person, mona: Person, ada: Person
) -> None:
    await ada.post(LIST, {"name": "Staff", "visibility": "staff"})
    wrong = {"name": ""}
    for method, path, body, expected in (
        ("POST", LIST, wrong, (401, 403, 403, 422)),
        ("PATCH", f"{LIST}/general", wrong, (401, 403, 403, 422)),
        ("PATCH", f"{LIST}/staff", wrong, (404, 404, 403, 422)),
        ("PATCH", f"{LIST}/nothing", wrong, (404, 404, 404, 404)),
        ("DELETE", f"{LIST}/staff", None, (404, 404, 403, 204)),
        ("DELETE", f"{LIST}/general", None, (401, 403, 403, 409)),
    ):
        for person, status in zip((client, alice.client, mona.client, ada.client), expected, strict=True):
            answer = await person.request(method, path, json=body)
            assert answer.status_code == status, (method, path, answer.text)


async def test_one_that_is_in_use_or_the_last_stays(alice: Person, ada: Person) -> None:
    last = await ada.delete(f"{LIST}/general")
    assert (last.status_code, last.json()["code"]) == (409, "category-in-use")
    await ada.post(LIST, {"name": "Books"})
    await a_thread(by=alice, category="books")
    used = await ada.delete(f"{LIST}/books")
    assert (used.status_code, used.json()["code"]) == (409, "category-in-use")
    assert (await ada.delete(f"{LIST}/general")).status_code == 204
    assert (await a_thread(by=alice))["category"] == "books", "a thread goes to the first one that is there"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "/name"),
    ({"name": "x" * 61}, "/name"),
    ({"name": "\u200b"}, "/name"),
    ({"slug": ""}, "/slug"),
    ({"slug": "Not A Slug"}, "/slug"),
    ({"slug": "-a"}, "/slug"),
    ({"slug": "a\n"}, "/slug"),
    ({"slug": "x" * 61}, "/slug"),
    ({"slug": "general"}, "/slug"),
    ({"description": "x" * 301}, "/description"),
    ({"visibility": "secret"}, "/visibility"),
    ({"version": 3}, "/version"),
    ({"closing": {"close_after_age": "soon"}}, "/closing/close_after_age"),
]


async def test_wrong_fields_are_refused_by_name(ada: Person) -> None:
    await ada.post(LIST, {"name": "Books"})
    for wrong, pointer in WRONG:
        for answer in (await ada.post(LIST, {"name": "New"} | wrong), await ada.patch(f"{LIST}/books", wrong)):
            assert answer.status_code == 422, wrong
            pointers = [error["pointer"] for error in answer.json()["errors"]]
            assert any(found.startswith(pointer) for found in pointers), (wrong, pointers)
    assert (await ada.post(LIST, {"name": "General!"})).json()["errors"][0]["pointer"] == "/slug"
    assert [each["slug"] for each in (await ada.get(LIST)).json()["items"]] == ["books", "general"]


async def test_a_name_of_any_length_and_script_gives_an_address(ada: Person) -> None:
    for name in ("!!!", "Вопросы и ответы", "x" * 60, "a" * 58 + " b", "ﬁ" * 60):
        made = await ada.post(LIST, {"name": name})
        assert made.status_code == 201, name
        assert (await ada.get(made.headers["location"])).json()["name"] == made.json()["name"]


async def test_two_at_once_with_one_slug_make_one(ada: Person) -> None:
    answers = await asyncio.gather(*(ada.post(LIST, {"name": "Books"}) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422, 422, 422]
    await ada.post(LIST, {"name": "Films"})
    moves = [ada.patch(f"{LIST}/{slug}", {"slug": "arts"}) for slug in ("books", "films")]
    assert sorted(answer.status_code for answer in await asyncio.gather(*moves)) == [200, 422]


async def test_two_deletions_at_once_leave_one(ada: Person) -> None:
    await ada.post(LIST, {"name": "Books"})
    await ada.post(LIST, {"name": "Films"})
    slugs = ("general", "books", "films")
    answers = await asyncio.gather(*(ada.delete(f"{LIST}/{slug}") for slug in slugs))
    assert sorted(answer.status_code for answer in answers) == [204, 204, 409]
    assert len((await ada.get(LIST)).json()["items"]) == 1


async def test_a_thread_opened_while_its_category_goes_is_there_or_refused(alice: Person, ada: Person) -> None:
    for _ in range(3):
        await ada.post(LIST, {"name": "Books"})
        draft = {"title": "T", "body": "B", "category": "books"}
        racing = [alice.post("/api/v1/threads", draft) for _ in range(4)]
        gone, *opened = await asyncio.gather(ada.delete(f"{LIST}/books"), *racing)
        statuses = [answer.status_code for answer in opened]
        assert (gone.status_code, set(statuses)) in ((204, {404}), (409, {201})), statuses
        for answer in opened:
            if answer.status_code == 201:
                await ada.delete(answer.headers["location"])
