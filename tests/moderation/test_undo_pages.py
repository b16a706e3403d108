"""The buttons that undo, pin, and take away all of a new account's posts: forms, without scripting."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import at, step

pytestmark = pytest.mark.anyio


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]+)"', html)
    assert found, name
    return found[1]


async def press(by: Person, page: httpx.Response, path: str, **fields: Any) -> httpx.Response:
    """Send one of a page's forms, and go where it leads."""
    data = {"idempotency_key": hidden(page.text, "idempotency_key"), **fields}
    return await by.client.post(path, data=data, follow_redirects=True)


async def test_a_step_is_undone_from_the_threads_page_for_ten_minutes(
    alice: Person, bob: Person, mona: Person, ada: Person, clock: Clock
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    page = await mona.get(thread["url"])
    fields = {"thread": thread["id"], "reply": reply["id"], "version": 1, "reason": "No names."}
    hid = await press(mona, page, thread["url"], do="hide", **fields)
    assert "Hidden." in hid.text
    assert 'value="undo-step"' in hid.text
    entry, where = hidden(hid.text, "event"), str(hid.url)
    assert 'value="undo-step"' not in (await ada.get(where)).text, "the button is for who decided"
    assert 'value="undo-step"' not in (await bob.get(where)).text
    clock.offset += timedelta(minutes=10)
    assert 'value="undo-step"' not in (await mona.get(where)).text
    clock.offset -= timedelta(minutes=10)
    back = await press(mona, hid, thread["url"], do="undo-step", event=entry)
    assert back.status_code == 200
    assert "Undone: it is as it was before." in back.text
    assert (await bob.get(at(reply))).json()["moderation"] == "published"
    again = await press(mona, await mona.get(thread["url"]), thread["url"], do="undo-step", event=entry)
    assert again.status_code == 409
    assert "undone already" in again.text


async def test_a_pinned_thread_stands_first_until_its_time(
    client: httpx.AsyncClient, alice: Person, mona: Person, clock: Clock
) -> None:
    threads = [await a_thread(by=alice, title=f"Thread {number}") for number in range(6)]
    first, second = threads[0], threads[1]

    async def order(path: str) -> list[int]:
        """The numbers of the threads in a list, page after page."""
        found: list[int] = []
        url: str | None = f"{path}{'&' if '?' in path else '?'}limit=2"
        while url:
            answer = await client.get(url)
            found += [int(item["title"].removeprefix("Thread ")) for item in answer.json()["items"]]
            assert len(answer.json()["items"]) <= 2
            url = answer.links["next"]["url"] if "next" in answer.links else None
        return found

    page = await mona.get(first["url"])
    pinned = await press(mona, page, first["url"], do="pin", span="7")
    assert "The thread is pinned." in pinned.text
    assert "Pinned in its category until" in pinned.text
    clock.offset += timedelta(seconds=1)
    await mona.put(f"/api/v1/threads/{second['id']}/pin", {"everywhere": True})
    assert await order("/api/v1/threads?category=general") == [1, 0, 5, 4, 3, 2]
    assert await order("/api/v1/threads") == [1, 5, 4, 3, 2, 0]
    assert await order("/api/v1/threads?sort=new") == [5, 4, 3, 2, 1, 0]
    assert (await client.get("/")).text.count(">pinned<") == 1
    assert (await client.get("/c/general")).text.count(">pinned<") == 2
    clock.offset += timedelta(days=7)
    assert await order("/api/v1/threads?category=general") == [1, 5, 4, 3, 2, 0], "it ends without a job"
    refused = [
        (alice, {}, 403), (mona, {"until": "2020-01-01T00:00:00Z"}, 422), (mona, {"order": 1}, 422),
    ]  # fmt: skip
    for who, body, status in refused:
        assert (await who.put(f"/api/v1/threads/{first['id']}/pin", body)).status_code == status
    page = await mona.get(second["url"])
    undone = await press(mona, page, second["url"], do="unpin")
    assert "not pinned any more" in undone.text
    assert 'value="undo-step"' in undone.text
    await press(mona, undone, second["url"], do="undo-step", event=hidden(undone.text, "event"))
    assert (await client.get(f"/api/v1/threads/{second['id']}")).json()["pinned"] is True


async def test_all_that_a_new_account_posted_is_taken_away_and_brought_back_as_one(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    spam = [await a_reply(bob, thread), await a_thread(by=bob), await a_reply(bob, thread)]
    await step(mona, spam[2], "hide")
    path = "/api/v1/accounts/bob/removal"
    seen = (await mona.post(path, {"preview": True})).json()
    assert (seen["removed"], seen["event_id"]) == (2, None)
    assert [(each["kind"], each["count"]) for each in seen["counts"]] == [("reply", 1), ("thread", 1)]
    assert (await charlie.post(path, {})).status_code == 403
    assert (await mona.post("/api/v1/accounts/ada/removal", {})).status_code == 403
    page = await mona.get("/u/bob")
    assert "1 reply and 1 thread of it can be read" in page.text
    assert "Move 2 posts to the spam" in page.text
    done = await press(mona, page, "/u/bob", do="remove-posts", reason="Spam.", silence="on")
    assert "2 posts are in the spam" in done.text
    for post in spam[:2]:
        assert (await mona.get(at(post))).json()["moderation"] == "spam"
    assert (await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "Why?"})).json()["code"] == "silenced"
    back = await press(mona, done, "/u/bob", do="undo", event=hidden(done.text, "event"))
    assert "Everything is back" in back.text
    for post, state in zip(spam, ("published", "published", "hidden"), strict=True):
        assert (await mona.get(at(post))).json()["moderation"] == state
    assert (await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "Thank you."})).status_code == 201
