"""Who cannot hold a stream asks for pages of events: the same envelope, in the same order."""

import httpx
import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.live.listening import Json, Listen

pytestmark = pytest.mark.anyio


async def page(client: httpx.AsyncClient, thread: Json, **asked: int) -> Json:
    """A page of the thread's events."""
    answer = await client.get(f"/api/v1/threads/{thread['id']}/events", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"].split(", ")[0] == "Accept"
    found: Json = answer.json()
    return found


async def test_a_page_without_a_position_says_where_the_end_is(
    client: httpx.AsyncClient, alice: Person, bob: Person
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    first = await page(client, thread)
    assert (first["items"], first["next"], first["reset"]) == ([], None, False)
    assert (first["thread"]["state"], first["thread"]["last_number"]) == ("open", 1)
    reply = await a_reply(bob, thread)
    (told,) = (await page(client, thread, after=first["position"]))["items"]
    assert (told["kind"], told["subject"]) == ("reply.posted", {"type": "reply", "id": reply["id"]})
    again = await page(client, thread, after=told["position"])
    assert (again["items"], again["position"]) == ([], told["position"])


async def test_a_last_event_id_is_taken_as_browsers_send_it(client: httpx.AsyncClient, alice: Person) -> None:
    thread = await a_thread(by=alice)
    for sent, status in (("", 200), ("1", 200), ("abc", 422), ("-1", 422), ("9" * 30, 422)):
        answer = await client.get(f"/api/v1/threads/{thread['id']}/events", headers={"Last-Event-ID": sent})
        assert answer.status_code == status, sent
        if status == 422:
            assert [error["pointer"] for error in answer.json()["errors"]] == ["/Last-Event-ID"]
    told = await client.get(f"/api/v1/threads/{thread['id']}/events?after=1", headers={"Last-Event-ID": "0"})
    assert [item["kind"] for item in told.json()["items"]] == ["thread.opened"]


async def test_pages_follow_each_other_without_gap_or_repeat(
    client: httpx.AsyncClient, alice: Person, bob: Person
) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice, title="Another")
    start = (await page(client, thread))["position"]
    for _ in range(7):
        await a_reply(bob, thread)
        await a_reply(bob, other)
    end = (await page(client, thread))["position"]
    numbers, after = [], start
    while after is not None:
        found = await page(client, thread, after=after, limit=3)
        assert len(found["items"]) <= 3
        numbers += [item["data"]["number"] for item in found["items"]]
        after, last = found["next"], found["position"]
    assert numbers == [1, 2, 3, 4, 5, 6, 7]
    assert last == end


async def test_a_page_holds_what_a_stream_tells(
    client: httpx.AsyncClient, listen: Listen, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    heard = await listen(thread)
    start = (await page(client, thread))["position"]
    reply = await a_reply(bob, thread)
    await bob.patch(f"/api/v1/replies/{reply['id']}", {"body": "Better words."})
    await bob.delete(f"/api/v1/replies/{reply['id']}")
    await mona.put(f"/api/v1/threads/{thread['id']}/closure", {})
    told = [(await heard.event()).said for _ in range(4)]
    assert (await page(client, thread, after=start))["items"] == told
    assert [event["kind"] for event in told] == ["reply.posted", "reply.edited", "reply.trashed", "thread.closed"]


async def test_what_is_too_far_away_is_a_reset(client: httpx.AsyncClient, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    found = await page(client, thread, after=2**62)
    assert (found["reset"], found["items"]) == (True, [])
    assert (await page(client, thread, after=found["position"]))["reset"] is False


async def test_staff_hears_of_held_replies_and_nobody_else(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    site = await ada.get("/api/v1/site")
    await ada.patch("/api/v1/site", {"hold_first_posts": 1}, headers={"If-Match": site.headers["etag"]})
    await a_reply(bob, thread)
    kinds = {
        who: [item["kind"] for item in (await page(one, thread, after=0))["items"]]
        for who, one in (("guest", client), ("bob", bob.client), ("mona", mona.client))
    }
    assert kinds == {"guest": ["thread.opened"], "bob": ["thread.opened"], "mona": ["thread.opened", "reply.held"]}


async def test_what_staff_hears_makes_no_sound_for_others(
    listen: Listen, bob: Person, mona: Person, ada: Person
) -> None:
    site = await ada.get("/api/v1/site")
    await ada.patch("/api/v1/site", {"hold_first_posts": 1}, headers={"If-Match": site.headers["etag"]})
    thread = await a_thread(by=mona)
    guest, moderator = await listen(thread), await listen(thread, by=mona)
    for one in (guest, moderator):
        greeting = await one.next()
        assert greeting is not None
        assert greeting.kind == "position"
    await a_reply(bob, thread)
    assert (await moderator.event()).kind == "reply.held"
    await a_reply(mona, thread)
    news = await guest.next()
    assert news is not None
    assert news.kind == "reply.posted"


async def test_a_decision_names_no_moderator(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    """What an author does to their own reply has their name."""
    thread = await a_thread(by=alice)
    hidden, deleted = await a_reply(bob, thread), await a_reply(bob, thread)
    assert (await mona.put(f"/api/v1/replies/{hidden['id']}/moderation", {"action": "hide"})).status_code == 200
    assert (await bob.delete(f"/api/v1/replies/{deleted['id']}")).status_code == 204
    told = (await page(client, thread, after=0))["items"][-2:]
    assert [(one["kind"], one["actor"]) for one in told] == [
        ("reply.hidden", {"id": None, "role": "moderator"}),
        ("reply.trashed", {"id": bob.id, "role": "member"}),
    ]
