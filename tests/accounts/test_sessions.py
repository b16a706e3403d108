"""Browser sessions: listed, ended one by one, ended by a new password, and kept alive by use."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from service.accounts.models import SignedIn, SignInFailure
from service.kit.clock import Clock
from tests.accounts.doing import sign_in
from tests.cast import PASSWORD, Person
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Browse = Callable[..., Awaitable[httpx.AsyncClient]]


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The sessions that the client's owner is shown."""
    answer = await client.get("/api/v1/sessions")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def another(browse: Browse, agent: str = "Another/1.0") -> httpx.AsyncClient:
    """Alice's other browser, signed in."""
    client = await browse(headers={"User-Agent": agent})
    assert (await sign_in(client, "alice", PASSWORD)).status_code == 201
    return client


async def test_own_sessions_are_listed_and_the_present_one_is_marked(
    browse: Browse, alice: Person, bob: Person
) -> None:
    other = await another(browse, "Mozilla/5.0 (X11; Linux)\tFirefox/140.0")
    newest, oldest = await listed(other)
    assert newest["user_agent"] == "Mozilla/5.0 (X11; Linux) Firefox/140.0"
    assert (newest["current"], oldest["current"]) == (True, False)
    assert [item["current"] for item in await listed(alice.client)] == [False, True]
    assert len(await listed(bob.client)) == 1


async def test_the_list_has_pages(browse: Browse, alice: Person) -> None:
    other = await another(browse)
    first = await other.get("/api/v1/sessions?limit=1")
    assert first.json()["items"][0]["current"] is True
    second = await other.get(f"/api/v1/sessions?limit=1&cursor={first.json()['next']}")
    assert [item["current"] for item in second.json()["items"]] == [False]
    assert second.json()["next"] is None
    assert (await other.get("/api/v1/sessions?cursor=nonsense")).status_code == 422


async def test_an_ended_session_opens_nothing_from_then_on(browse: Browse, alice: Person) -> None:
    other = await another(browse)
    (its_id,) = [item["id"] for item in await listed(alice.client) if not item["current"]]
    answer = await alice.delete(f"/api/v1/sessions/{its_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "set-cookie" not in answer.headers
    assert (await other.get("/api/v1/me")).status_code == 401
    assert (await alice.get("/api/v1/me")).status_code == 200
    assert (await alice.delete(f"/api/v1/sessions/{its_id}")).status_code == 404


async def test_ending_the_present_session_by_its_id_takes_the_cookie_too(alice: Person) -> None:
    (mine,) = await listed(alice.client)
    answer = await alice.delete(f"/api/v1/sessions/{mine['id']}")
    assert answer.headers["set-cookie"].startswith("parley=; Path=/; Max-Age=0")
    assert (await alice.get("/api/v1/me")).status_code == 401


async def test_nobody_ends_another_persons_session(alice: Person, bob: Person, client: httpx.AsyncClient) -> None:
    (mine,) = await listed(alice.client)
    assert (await bob.delete(f"/api/v1/sessions/{mine['id']}")).status_code == 404
    assert (await client.delete(f"/api/v1/sessions/{mine['id']}")).status_code == 401
    assert (await alice.get("/api/v1/me")).status_code == 200


async def test_what_is_no_id_is_not_found(alice: Person) -> None:
    for its_id in ("0", "-1", "x", "9223372036854775808", "9" * 40, "1.5"):
        assert (await alice.delete(f"/api/v1/sessions/{its_id}")).status_code == 404, its_id


async def test_signing_out_twice_needs_a_session(alice: Person) -> None:
    assert (await alice.delete("/api/v1/sessions/current")).status_code == 204
    assert (await alice.delete("/api/v1/sessions/current")).status_code == 401


async def test_guests_have_no_sessions_to_see(client: httpx.AsyncClient) -> None:
    for answer in (await client.get("/api/v1/sessions"), await client.delete("/api/v1/sessions/current")):
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


async def test_a_session_ends_after_60_days_without_use(alice: Person, clock: Clock) -> None:
    clock.offset += timedelta(days=60)
    assert (await alice.get("/api/v1/me")).status_code == 401


async def test_use_keeps_a_session_alive_and_is_noted_once_an_hour(alice: Person, clock: Clock, app: FastAPI) -> None:
    before = (await listed(alice.client))[0]["last_used_at"]
    clock.offset += timedelta(minutes=59)
    assert (await listed(alice.client))[0]["last_used_at"] == before
    for _ in range(3):
        clock.offset += timedelta(days=30)
        assert (await alice.get("/api/v1/me")).status_code == 200
        await noted(app, clock)
    clock.offset += timedelta(days=61)
    assert (await alice.get("/api/v1/me")).status_code == 401


async def noted(app: FastAPI, clock: Clock) -> None:
    """Waits until the session's last use, noted after the answer, is of today."""
    async with asyncio.timeout(5):
        while True:
            row = await app.state.database.read(lambda session: session.exec(select(SignedIn)).one())
            if clock.now() - row.last_used_at < timedelta(minutes=1):
                assert row.expires_at - row.last_used_at == timedelta(days=60)
                return
            await asyncio.sleep(0.01)


async def test_ended_sessions_and_old_failures_are_forgotten(
    alice: Person, client: httpx.AsyncClient, clock: Clock, app: FastAPI, jobs: Jobs
) -> None:
    await sign_in(client, "alice", "wrong")
    clock.offset += timedelta(days=61)
    await jobs()
    left = await app.state.database.read(
        lambda session: [*session.exec(select(SignedIn)).all(), *session.exec(select(SignInFailure)).all()]
    )
    assert left == []


async def test_times_are_rfc_3339_in_utc(alice: Person) -> None:
    (mine,) = await listed(alice.client)
    assert mine["created_at"].endswith("Z")
    lasts = datetime.fromisoformat(mine["expires_at"]) - datetime.fromisoformat(mine["created_at"])
    assert lasts == timedelta(days=60)
    assert datetime.fromisoformat(mine["created_at"]).tzinfo == UTC
