"""Threads at the JSON door: open, read, edit, delete."""

from typing import Any

import httpx
import pytest

from tests.build import ESSAY, a_reply, a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


def at(thread: Json) -> str:
    """The thread's address in the API."""
    return f"/api/v1/threads/{thread['id']}"


async def test_an_opened_thread_is_answered_whole_and_read_by_everybody(
    client: httpx.AsyncClient, alice: Person
) -> None:
    answer = await alice.post(
        "/api/v1/threads", {"title": "  What the amnesty left out ", "body": f"{ESSAY}\r\n\r\n*Who?*"}
    )
    thread = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == at(thread)
    read = await client.get(at(thread))
    assert read.json() | {"can_reply": True, "cannot_reply_code": None} == thread
    assert read.headers["etag"].startswith('"v1-')
    assert (thread["title"], thread["slug"]) == ("What the amnesty left out", "what-the-amnesty-left-out")
    assert thread["url"] == f"/t/{thread['id']}/{thread['slug']}"
    assert thread["body"] == f"{ESSAY}\n\n*Who?*"
    assert "<em>Who?</em>" in thread["body_html"]
    assert thread["author"] == {"username": "alice", "display_name": "alice"}
    assert (thread["category"], thread["tags"], thread["sources"], thread["pinned"]) == ("general", [], [], False)
    assert (thread["state"], thread["moderation"], thread["reply_count"]) == ("open", "published", 0)
    assert (thread["last_reply_at"], thread["edited_at"], thread["version"]) == (None, None, 1)
    assert thread["created_at"].endswith("Z")


async def test_a_title_in_any_script_has_an_address(alice: Person, ada: Person) -> None:
    thread = await a_thread(by=alice, title="Что пропустила амнистия?")
    assert thread["slug"] == "что-пропустила-амнистия"
    assert (await alice.get(thread["url"])).status_code == 200
    moved = await alice.get(f"/t/{thread['id']}/wrong")
    assert moved.status_code == 301
    assert moved.headers["location"].isascii()
    form = {"do": "reply", "body": "И ещё."}
    posted = await alice.client.post(thread["url"], data=form)
    assert posted.status_code == 303
    assert posted.headers["location"].isascii()
    made = await ada.post("/api/v1/categories", {"name": "Вопросы"})
    assert made.status_code == 201
    assert (await alice.get(made.headers["location"])).json()["name"] == "Вопросы"
    inside = await a_thread(by=alice, category=made.json()["slug"])
    await a_thread(by=alice, category=made.json()["slug"])
    listed = await alice.get("/api/v1/threads", params={"category": inside["category"], "limit": 1})
    assert (await alice.get(listed.links["next"]["url"])).json()["items"][0]["id"] == inside["id"]


async def test_the_checks_come_in_their_order(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await ada.post("/api/v1/categories", {"name": "Staff", "visibility": "staff"})
    hidden = await a_thread(by=mona, category="staff")
    thread = await a_thread(by=alice)
    wrong, stale = {"title": ""}, {"If-Match": '"v9-old"'}
    for verb, body in (("PATCH", wrong), ("DELETE", None)):
        for browser, address, status in (
            (client, "/api/v1/threads/999", 404),
            (client, at(hidden), 404),
            (bob.client, at(hidden), 404),
            (client, at(thread), 401),
            (bob.client, at(thread), 403),
        ):
            answer = await browser.request(verb, address, json=body, headers=stale)
            assert answer.status_code == status, (verb, address)
    assert (await alice.patch(at(thread), wrong, headers=stale)).status_code == 422
    assert (await alice.patch(at(thread), {"title": "New"}, headers=stale)).status_code == 412
    assert (await alice.delete(at(thread), headers=stale)).status_code == 412
    unseen = {"title": "T", "body": "B", "category": "staff"}
    for person, draft, status in (
        (client, unseen, 404),
        (bob.client, unseen, 404),
        (bob.client, unseen | {"category": "no-such"}, 404),
        (client, {"title": "T", "body": "B"}, 401),
        (bob.client, {"title": "T"}, 422),
        (mona.client, unseen, 201),
    ):
        assert (await person.post("/api/v1/threads", json=draft)).status_code == status, draft


async def test_its_author_and_moderators_edit(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    edited = (await alice.patch(at(thread), {"title": "What it left in"})).json()
    assert (edited["title"], edited["slug"], edited["body"]) == ("What it left in", "what-it-left-in", ESSAY)
    assert (edited["version"], edited["edited_at"] > edited["created_at"]) == (2, True)
    mended = (await mona.patch(at(thread), {"body": "Nothing."})).json()
    assert (mended["title"], mended["body"], mended["version"]) == ("What it left in", "Nothing.", 3)
    assert mended["author"]["username"] == "alice"
    assert (await alice.get(thread["url"])).status_code == 301, "the old address leads to the new one"


async def test_a_new_reply_does_not_break_an_edit_and_another_edit_does(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    tag = (await alice.get(at(thread))).headers["etag"]
    await a_reply(bob, thread)
    assert (await alice.get(at(thread), headers={"If-None-Match": tag})).status_code == 200, "there is something new"
    first = await alice.patch(at(thread), {"body": "Mine."}, headers={"If-Match": tag})
    assert first.status_code == 200
    assert (await alice.get(at(thread), headers={"If-None-Match": first.headers["etag"]})).status_code == 304
    second = await mona.patch(at(thread), {"body": "No, mine."}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["code"], second.json()["version"]) == (412, "edit-conflict", 2)
    assert (await alice.get(at(thread))).json()["body"] == "Mine."
    for wrong, status in (("v1", 422), ('"other"', 412), ("*", 200), (f'"other", {first.headers["etag"]}', 412)):
        answer = await alice.patch(at(thread), {"body": "Mine."}, headers={"If-Match": wrong})
        assert answer.status_code == status, wrong


async def test_the_etag_tells_of_what_time_and_the_reader_change(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    tag = (await bob.get(at(thread))).headers["etag"]
    assert (await bob.get(at(thread), headers={"If-None-Match": tag})).status_code == 304
    await mona.put(f"{at(thread)}/closure")
    assert (await bob.get(at(thread), headers={"If-None-Match": tag})).status_code == 200
    assert (await bob.get(at(thread))).headers["etag"] != (await mona.get(at(thread))).headers["etag"]


async def test_its_author_deletes_a_thread_while_nobody_has_replied(alice: Person, bob: Person, mona: Person) -> None:
    lonely, answered = await a_thread(by=alice), await a_thread(by=alice)
    reply = await a_reply(bob, answered)
    refused = await alice.delete(at(answered))
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    for person, thread in ((alice, lonely), (mona, answered)):
        assert (await person.delete(at(thread))).status_code == 204
        for answer in (await person.get(at(thread)), await person.delete(at(thread)), await person.get(thread["url"])):
            assert answer.status_code == 404
    assert (await bob.get(f"/api/v1/replies/{reply['id']}")).status_code == 404
    assert (await alice.get("/api/v1/threads")).json()["items"] == []


async def test_the_category_must_still_be_there(alice: Person, ada: Person) -> None:
    await ada.post("/api/v1/categories", {"name": "Short-lived"})
    assert (await ada.delete("/api/v1/categories/short-lived")).status_code == 204
    answer = await alice.post("/api/v1/threads", {"title": "T", "body": "B", "category": "short-lived"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_an_edit_that_brings_nothing_changes_nothing(alice: Person) -> None:
    thread = await a_thread(by=alice)
    answer = await alice.patch(at(thread), {})
    assert (answer.status_code, answer.json()) == (200, thread)
