"""Idempotency-Key: at most one effect, the same answer again, for the API and for forms."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from service.app import create_app
from service.kit.clock import Clock
from service.kit.database import Session
from service.kit.queue import enqueue
from service.settings import Settings
from tests.build import a_thread
from tests.cast import Person
from tests.working import Jobs

pytestmark = pytest.mark.anyio
REPLY = {"body": "Only once, please."}


def keyed(key: str = "k-1") -> dict[str, str]:
    """The header."""
    return {"Idempotency-Key": key}


def kept(session: Session) -> int:
    """How many keys are kept."""
    return int(session.scalar(text("SELECT count(*) FROM idempotency_key")) or 0)


async def count(by: Person, thread: dict[str, Any]) -> int:
    """The thread's replies."""
    number: int = (await by.get(f"/api/v1/threads/{thread['id']}")).json()["reply_count"]
    return number


async def test_the_same_key_and_body_replay_the_first_answer(alice: Person) -> None:
    thread = await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}/replies"
    first = await alice.post(path, REPLY, headers=keyed())
    again = [await alice.post(path, REPLY, headers=keyed()) for _ in range(2)]
    assert first.status_code == 201
    assert "idempotent-replayed" not in first.headers
    for answer in again:
        assert (answer.status_code, answer.content) == (201, first.content)
        assert answer.headers["idempotent-replayed"] == "true"
        for name in ("location", "etag", "content-type"):
            assert answer.headers[name] == first.headers[name]
    assert await count(alice, thread) == 1
    assert (await alice.post(path, {"body": "Another."}, headers=keyed("k-2"))).json()["number"] == 2
    twice = await alice.post(path, REPLY, headers=keyed("k-3"))
    assert (twice.status_code, twice.json()["code"], twice.json()["url"]) == (409, "duplicate", first.json()["url"])


async def test_every_unsafe_method_takes_a_key(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}"
    for method, where, body in (
        ("PATCH", path, {"title": "New"}),
        ("PUT", f"{path}/closure", None),
        ("DELETE", path, None),
    ):
        first = await mona.client.request(method, where, json=body, headers=keyed(method))
        second = await mona.client.request(method, where, json=body, headers=keyed(method))
        assert first.status_code in (200, 204)
        assert (second.status_code, second.content) == (first.status_code, first.content)
        assert second.headers["idempotent-replayed"] == "true"


async def test_another_request_with_the_key_is_refused(alice: Person) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}/replies"
    await alice.post(path, REPLY, headers=keyed())
    for where, body in (
        (path, {"body": "Something else."}),
        (f"/api/v1/threads/{other['id']}/replies", REPLY),
        (f"{path}?x=1", REPLY),
    ):
        refused = await alice.post(where, body, headers=keyed())
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency-conflict")
    assert (await count(alice, thread), await count(alice, other)) == (1, 0)


async def test_errors_release_the_key(app: FastAPI, alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}/replies"
    assert (await alice.post(path, {"body": ""}, headers=keyed())).status_code == 422
    await mona.put(f"/api/v1/threads/{thread['id']}/closure")
    assert (await alice.post(path, REPLY, headers=keyed())).status_code == 409
    assert await app.state.database.read(kept) == 0
    await mona.delete(f"/api/v1/threads/{thread['id']}/closure")
    posted = await alice.post(path, REPLY, headers=keyed())
    assert (posted.status_code, "idempotent-replayed" in posted.headers) == (201, False)


async def test_keys_belong_to_who_sends_them(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}/replies"
    made = await alice.post("/api/v1/tokens", {"name": "a program", "scopes": ["read", "write"]})
    token = {"Authorization": f"Bearer {made.json()['token']}"}
    numbers = [
        (await person.post(path, {"body": body}, headers=keyed() | more)).json()["number"]
        for person, more, body in (
            (alice, {}, "Once."),
            (bob, {}, "Once."),
            (alice, token, "By a program."),
            (bob, {}, "Once."),
            (alice, token, "By a program."),
        )
    ]
    assert numbers == [1, 2, 3, 2, 3]


async def test_odd_keys_are_refused(alice: Person) -> None:
    thread = await a_thread(by=alice)
    for key in ("", " ", "a b", "x" * 201, "\x7f"):
        answer = await alice.post(f"/api/v1/threads/{thread['id']}/replies", REPLY, headers=keyed(key))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/Idempotency-Key"), repr(key)
    long = await alice.post(f"/api/v1/threads/{thread['id']}/replies", REPLY, headers=keyed("x" * 200))
    assert long.status_code == 201


async def test_simultaneous_ones_have_one_effect(alice: Person) -> None:
    thread = await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}/replies"
    answers = await asyncio.gather(*(alice.post(path, REPLY, headers=keyed()) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 7
    assert await count(alice, thread) == 1


@pytest.mark.postgresql_only("on SQLite the second waits for the writer's turn, which always comes")
async def test_a_second_that_waits_too_long_is_told_so(app: FastAPI, alice: Person) -> None:
    """The first holds the key for longer than a lock is waited for."""
    thread = await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}/replies"
    await alice.post(path, REPLY, headers=keyed())
    held, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with app.state.database.engine.begin() as connection:
            await connection.execute(text("UPDATE idempotency_key SET key = 'k-2'"))
            held.set()
            await release.wait()

    holding = asyncio.create_task(hold())
    await held.wait()
    second = await alice.post(path, REPLY, headers=keyed("k-2"))
    release.set()
    await holding
    assert (second.status_code, second.json()["code"]) == (409, "in-progress")
    assert int(second.headers["retry-after"]) > 0
    assert await count(alice, thread) == 1


async def test_keys_survive_a_restart_and_are_forgotten_after_a_day_at_the_earliest(
    app: FastAPI, clock: Clock, settings: Settings, jobs: Jobs, alice: Person
) -> None:
    thread = await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}/replies"
    first = await alice.post(path, REPLY, headers=keyed())
    restarted = create_app(settings, clock=clock, worker=False)
    async with restarted.router.lifespan_context(restarted):
        transport = httpx.ASGITransport(restarted)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://forum.example", cookies=dict(alice.client.cookies)
        ) as later:
            again = await later.post(path, json=REPLY, headers=keyed())
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    clock.offset += timedelta(hours=25)
    await app.state.database.write(enqueue, "web.forget_old", {})
    await jobs()
    assert "idempotent-replayed" in (await alice.post(path, REPLY, headers=keyed())).headers
    clock.offset += timedelta(hours=24)
    await app.state.database.write(enqueue, "web.forget_old", {})
    await jobs()
    assert (await alice.post(path, REPLY, headers=keyed())).json()["number"] == 2


async def test_an_answer_with_a_secret_is_replayed_without_it(alice: Person) -> None:
    draft = {"name": "a program", "scopes": ["read"]}
    first = await alice.post("/api/v1/tokens", draft, headers=keyed())
    again = await alice.post("/api/v1/tokens", draft, headers=keyed())
    assert first.json()["token"].startswith("parley_")
    assert "token" not in again.json()
    assert again.json()["id"] == first.json()["id"]


async def test_a_guest_uses_a_key_by_address_and_route(
    app: FastAPI, browse: Callable[..., Awaitable[httpx.AsyncClient]], client: httpx.AsyncClient
) -> None:
    draft = {"username": "newcomer", "email": "newcomer@example.org", "password": "a long password"}
    first = await client.post("/api/v1/accounts", json=draft, headers=keyed())
    again = await (await browse()).post("/api/v1/accounts", json=draft, headers=keyed())
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    assert "set-cookie" not in again.headers, "a replay signs nobody in"


async def test_a_form_carries_its_key_hidden(alice: Person) -> None:
    thread = await a_thread(by=alice)
    form = {"do": "reply", "body": "Pressed twice.", "idempotency_key": "from-the-form"}
    answers = [await alice.client.post(thread["url"], data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await count(alice, thread) == 1
