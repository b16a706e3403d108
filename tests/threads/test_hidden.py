"""Hidden stays hidden: a category for members or for staff, at every door of threads and replies, for every verb."""

from typing import Any

import httpx
import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
SECRET = "The secret title"


def doors(thread: Json, reply: Json) -> list[tuple[str, str, Json | None]]:
    """Every door that leads to the thread: method, path, body."""
    at, one = f"/api/v1/threads/{thread['id']}", f"/api/v1/replies/{reply['id']}"
    text = {"body": "Let me in."}
    return [
        ("GET", at, None), ("PATCH", at, text), ("DELETE", at, None),
        ("GET", f"{at}/replies", None), ("POST", f"{at}/replies", text), ("POST", f"{at}/replies", {"body": 1}),
        ("GET", one, None), ("PATCH", one, text), ("DELETE", one, None),
        ("PUT", f"{at}/closure", {}), ("DELETE", f"{at}/closure", None),
        ("GET", f"{at}/closing", None), ("PUT", f"{at}/closing", {}),
        ("PUT", f"{at}/archive", None), ("DELETE", f"{at}/archive", None),
        ("GET", f"{at}/subscription", None), ("PUT", f"{at}/subscription", {"level": "watching"}),
        ("GET", thread["url"], None), ("GET", f"/t/{thread['id']}", None), ("GET", f"/t/{thread['id']}/wrong", None),
    ]  # fmt: skip


LISTS = (
    "/api/v1/threads",
    "/api/v1/threads?state=open",
    "/api/v1/threads?sort=top",
    "/api/v1/threads?author=mona",
    "/",
)


async def test_hidden_categories_are_not_there_for_those_who_may_not_see_them(
    client: httpx.AsyncClient, bob: Person, mona: Person, ada: Person
) -> None:
    made = await mona.post("/api/v1/tokens", {"name": "a writer", "scopes": ["write", "moderate"]})
    unread = {"Authorization": f"Bearer {made.json()['token']}"}
    for slug, blind in (("members", [client]), ("staff", [client, bob.client])):
        await ada.post("/api/v1/categories", {"name": slug, "visibility": slug})
        secret = f"{SECRET} of {slug}"
        thread = await a_thread(by=mona, title=secret, category=slug)
        reply = await a_reply(mona, thread)
        for browser, headers in [*((each, {}) for each in blind), (mona.client, unread)]:
            for method, path, body in doors(thread, reply):
                answer = await browser.request(method, path, json=body, headers=headers)
                assert answer.status_code == 404, (slug, method, path)
                assert secret not in answer.text
                assert thread["slug"] not in answer.headers.get("location", "")
            for path in LISTS:
                assert secret not in (await browser.get(path, headers=headers)).text, (slug, path)
            for path in (f"/api/v1/threads?category={slug}", f"/api/v1/categories/{slug}", f"/c/{slug}"):
                assert (await browser.get(path, headers=headers)).status_code == 404, path
            listed = (await browser.get("/api/v1/categories", headers=headers)).json()["items"]
            assert slug not in [category["slug"] for category in listed]
        assert (await mona.get(f"/api/v1/threads/{thread['id']}")).json()["reply_count"] == 1
        assert secret in (await mona.get("/api/v1/threads")).text
    assert [item["category"] for item in (await bob.get("/api/v1/threads")).json()["items"]] == ["members"]


async def test_what_is_hidden_later_is_gone_at_once_also_for_its_author(
    alice: Person, bob: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice, title=SECRET)
    reply = await a_reply(bob, thread)
    await ada.patch("/api/v1/categories/general", {"visibility": "staff"})
    for method, path, body in doors(thread, reply):
        for person in (alice, bob):
            assert (await person.client.request(method, path, json=body)).status_code == 404, (method, path)
    assert (await ada.get(f"/api/v1/threads/{thread['id']}")).status_code == 200
    assert (await alice.post("/api/v1/threads", {"title": "T", "body": "B"})).status_code == 404, "no category is left"
