"""A stream tells what happens, in order, with no gap and no repeat, and says where it begins."""

import asyncio

import pytest
from fastapi import FastAPI

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.live.listening import Listen, Listener

pytestmark = pytest.mark.anyio


async def test_a_stream_begins_at_the_end_and_says_where_that_is(listen: Listen, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    heard = await listen(thread)
    assert heard.status == 200
    assert heard.head["content-type"].startswith("text/event-stream")
    assert heard.head["cache-control"] == "no-store"
    assert heard.head["x-accel-buffering"] == "no"
    assert "content-security-policy" in heard.head
    first = await heard.next()
    assert first is not None
    assert (first.kind, first.id) == ("position", first.said["position"])
    assert first.said["thread"]["state"] == "open"
    assert (first.said["thread"]["reply_count"], first.said["thread"]["last_number"]) == (1, 1)
    assert heard.retry is not None
    assert heard.retry >= 1000

    reply = await a_reply(bob, thread, "Nobody hears these words.")
    event = await heard.event()
    assert event.kind == "reply.posted"
    assert event.id is not None
    assert first.id is not None
    assert event.id > first.id
    assert event.said == {
        "position": event.id, "id": event.said["id"], "kind": "reply.posted", "schema_version": 1,
        "at": reply["created_at"], "actor": {"id": bob.id, "role": "member"},
        "subject": {"type": "reply", "id": reply["id"]},
        "data": {"thread_id": thread["id"], "number": 2, "version": 1},
    }  # fmt: skip
    state = await heard.next()
    assert state is not None
    assert (state.kind, state.id, state.said["thread"]["reply_count"]) == ("state", None, 2)


async def test_one_who_resumes_is_told_what_was_missed(listen: Listen, alice: Person, bob: Person) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice, title="Another")
    heard = await listen(thread)
    start = (await heard.next()).id  # type: ignore[union-attr]
    for number in range(1, 6):
        await a_reply(bob, thread, f"Number {number}.")
        await a_reply(bob, other)
    first = await heard.event()
    heard.writer.close()
    for resumed in (
        await listen(thread, since=first.id),
        await listen(thread, after=first.id),
        await listen(thread, after=0, since=first.id),
    ):
        greeting = await resumed.next()
        assert greeting is not None
        assert (greeting.kind, greeting.id) == ("position", first.id)
        assert [(await resumed.event()).said["data"]["number"] for _ in range(4)] == [2, 3, 4, 5]
    again = await listen(thread, since=start)
    await a_reply(alice, thread)
    assert [(await again.event()).said["data"]["number"] for _ in range(6)] == [1, 2, 3, 4, 5, 6]


async def test_closing_and_reopening_are_told_with_how_the_thread_stands(
    listen: Listen, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    heard = await listen(thread, by=alice)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure", {"reason": "Settled."})
    closed = await heard.event()
    state = await heard.next()
    assert (closed.kind, closed.said["data"]["reason"]) == ("thread.closed", "manual")
    assert "Settled" not in str(closed.said)
    assert state is not None
    assert (state.said["thread"]["state"], state.said["thread"]["closed_at"]) == (
        "closed",
        closed.said["data"]["closed_at"],
    )
    await mona.delete(f"/api/v1/threads/{thread['id']}/closure")
    assert (await heard.event()).kind == "thread.reopened"


async def test_a_changed_policy_of_the_site_is_told_as_how_the_thread_stands(
    listen: Listen, alice: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    heard = await listen(thread)
    first = await heard.next()
    assert first is not None
    assert first.said["thread"]["closes_at"] is None
    site = await ada.get("/api/v1/site")
    answer = await ada.patch(
        "/api/v1/site", {"closing": {"close_after_age": "P14D"}}, headers={"If-Match": site.headers["etag"]}
    )
    assert answer.status_code == 200, answer.text
    state = await heard.next()
    assert state is not None
    shown = (await alice.get(f"/api/v1/threads/{thread['id']}")).json()
    assert (state.kind, state.said["thread"]["closes_at"]) == ("state", shown["closes_at"])


async def test_no_gap_and_no_repeat_while_many_post_and_readers_come_and_go(
    port: int, alice: Person, bob: Person, charlie: Person
) -> None:
    """Readers that resume again and again while posts come in have each heard every number once, in order."""
    thread, count = await a_thread(by=alice), 60
    done = asyncio.Event()
    begin = await begin_of(port, thread)

    async def post(person: Person) -> None:
        for _ in range(count // 3):
            await a_reply(person, thread)

    async def follow(stay: int) -> list[int]:
        """Listen, go away after `stay` events, come back; until the end."""
        heard: list[int] = []
        position = begin
        while len(heard) < count:
            async with await Listener.open(port, thread, since=position) as listener:
                for _ in range(min(stay, count - len(heard))):
                    event = await listener.event()
                    assert event.id is not None
                    assert event.id > position
                    position = event.id
                    heard.append(event.said["data"]["number"])
        done.set()
        return heard

    following = [asyncio.create_task(follow(stay)) for stay in (1, 2, 3, 7, 60)]
    await asyncio.gather(*(post(person) for person in (alice, bob, charlie)))
    for heard in await asyncio.gather(*following):
        assert heard == list(range(1, count + 1))


async def begin_of(port: int, thread: dict[str, object]) -> int:
    """The position at which a stream would begin now."""
    async with await Listener.open(port, thread) as listener:
        first = await listener.next()
        assert first is not None
        assert first.id is not None
        return first.id


async def test_one_too_far_behind_is_told_to_look_afresh(
    listen: Listen, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await a_thread(by=alice)
    for _ in range(4):
        await a_reply(bob, thread)
    monkeypatch.setattr("service.live.queries.history.MOST_MISSED", 3)
    assert (await first_kind(listen, thread, 0)) == "reset"
    monkeypatch.setattr("service.live.queries.history.MOST_MISSED", 1000)
    assert (await first_kind(listen, thread, 0)) == "position"
    assert (await first_kind(listen, thread, 2**62)) == "reset", "a position that was never given out"
    monkeypatch.setattr("service.live.queries.history.MOST_MISSED", 3)
    heard = await listen(thread, since=0)
    reset = await heard.next()
    await a_reply(bob, thread)
    event = await heard.event()
    assert reset is not None
    assert reset.id is not None
    assert (event.id, event.said["data"]["number"]) == (reset.id + 1, 5)
    assert reset.said["thread"]["last_number"] == 4


async def first_kind(listen: Listen, thread: dict[str, object], since: int) -> str:
    first = await (await listen(thread, since=since)).next()
    assert first is not None
    return str(first.kind)


async def test_a_stream_that_has_nothing_to_tell_says_that_it_lives(
    listen: Listen, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.kit.broadcast.HEARTBEAT", 0.05)
    monkeypatch.setattr("service.kit.broadcast.BEAT", 0.05)
    thread = await a_thread(by=alice)
    heard = await listen(thread)
    await heard.next()
    await asyncio.sleep(0.5)
    await a_reply(bob, thread)
    assert (await heard.event()).kind == "reply.posted"
    assert heard.comments >= 1


async def test_nobody_listening_nothing_is_read(app: FastAPI, listen: Listen, alice: Person, bob: Person) -> None:
    live, thread = app.state.live, await a_thread(by=alice)
    await a_reply(bob, thread)
    await asyncio.sleep(0.1)
    assert live.looks == 0
    heard = await listen(thread)
    await a_reply(bob, thread)
    await heard.event()
    assert live.looks >= 1
    heard.writer.close()
    async with asyncio.timeout(60):
        while live.open_streams:
            await asyncio.sleep(0.01)
    await asyncio.sleep(1.5)
    before = live.looks
    await a_reply(bob, thread)
    await asyncio.sleep(1.5)
    assert live.looks == before
