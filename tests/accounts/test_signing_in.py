"""Signing in: three failures that look and cost the same, the limit, the lock-out, and the cookie."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from service.accounts.models import SignedIn, SignInFailure
from service.kit import credentials
from service.kit.clock import Clock
from service.kit.credentials import hash_secret
from service.settings import Settings
from service.web.limits import RateCount
from tests.accounts.doing import Derivations, sign_in
from tests.cast import PASSWORD, Person

pytestmark = pytest.mark.anyio
Browse = Callable[..., Awaitable[httpx.AsyncClient]]
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def derivations(monkeypatch: pytest.MonkeyPatch) -> Derivations:
    """Counts the comparisons of passwords."""
    counting = Derivations()
    monkeypatch.setattr(credentials, "compare", counting)
    return counting


async def fail_often(client: httpx.AsyncClient, clock: Clock, login: str, times: int = 10) -> None:
    """Wrong passwords, slowly enough for the limit."""
    for _ in range(times):
        assert (await sign_in(client, login, "wrong")).status_code == 401
        clock.offset += timedelta(seconds=10)
    clock.offset += A_MINUTE


async def test_signing_in_by_name_or_address_opens_a_session(client: httpx.AsyncClient, alice: Person) -> None:
    for login in ("alice", "ALICE", "alice@example.org", "Alice@Example.ORG"):
        client.cookies.clear()
        answer = await sign_in(client, login, PASSWORD)
        assert answer.status_code == 201, answer.text
        assert answer.json()["account"]["username"] == "alice"
        assert answer.json()["session"]["current"] is True
        assert (await client.get("/api/v1/me")).json()["email"] == "alice@example.org"


async def test_the_session_is_kept_hashed(client: httpx.AsyncClient, alice: Person, app: FastAPI) -> None:
    answer = await sign_in(client, "alice", PASSWORD)
    secret = client.cookies["parley"]
    assert len(secret) >= 43
    assert secret not in answer.text
    hashes = await app.state.database.read(lambda session: session.exec(select(SignedIn.secret_hash)).all())
    assert hash_secret(secret) in hashes
    assert secret not in hashes


async def test_the_three_failures_are_alike(
    browse: Browse, clock: Clock, alice: Person, bob: Person, derivations: Derivations
) -> None:
    client = await browse()
    await fail_often(client, clock, "bob")
    derivations.compared.clear()
    answers = []
    for login, password in (("alice", "wrong"), ("nobody-here", "wrong"), ("bob", PASSWORD)):
        answers.append(await sign_in(client, login, password))
        assert len(derivations.compared) == len(answers)
    wrong, unknown, locked = answers
    assert wrong.status_code == unknown.status_code == locked.status_code == 401
    assert wrong.content == unknown.content == locked.content
    assert wrong.json()["code"] == "not-signed-in"
    for answer in (wrong, unknown, locked):
        del answer.headers["x-request-id"]
    assert wrong.headers == unknown.headers == locked.headers
    assert "www-authenticate" in wrong.headers
    assert derivations.compared[1] == credentials.NOBODYS


def test_nobodys_hash_costs_what_a_real_one_does() -> None:
    assert credentials.NOBODYS.split("$")[:4] == credentials.derive("any password").split("$")[:4]


async def test_ten_wrong_passwords_lock_out_and_a_quarter_of_an_hour_unlocks(
    client: httpx.AsyncClient, clock: Clock, alice: Person
) -> None:
    await fail_often(client, clock, "alice", 9)
    await fail_often(client, clock, "alice@example.org", 1)
    assert (await sign_in(client, "alice", PASSWORD)).status_code == 401
    clock.offset += timedelta(minutes=11)
    assert (await sign_in(client, "alice", PASSWORD)).status_code == 401
    clock.offset += timedelta(minutes=2)
    assert (await sign_in(client, "alice", PASSWORD)).status_code == 201


async def test_the_right_password_forgets_the_wrong_ones(
    client: httpx.AsyncClient, clock: Clock, alice: Person
) -> None:
    await fail_often(client, clock, "alice", 9)
    assert (await sign_in(client, "alice", PASSWORD)).status_code == 201
    await fail_often(client, clock, "alice", 9)
    assert (await sign_in(client, "alice", PASSWORD)).status_code == 201


async def test_a_lock_out_holds_for_its_own_address_only(
    app: FastAPI, client: httpx.AsyncClient, clock: Clock, alice: Person
) -> None:
    await fail_often(client, clock, "alice")
    assert (await sign_in(client, "alice", PASSWORD)).status_code == 401
    elsewhere = httpx.ASGITransport(app, client=("203.0.113.9", 4711))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://forum.example") as other:
        assert (await sign_in(other, "alice", PASSWORD)).status_code == 201


async def test_a_wrong_password_is_kept_though_it_is_refused(
    client: httpx.AsyncClient, alice: Person, app: FastAPI
) -> None:
    await sign_in(client, "alice", "wrong")

    def look(session: Session) -> list[str]:
        return [*session.exec(select(SignInFailure.key)).all(), *session.exec(select(RateCount.key)).all()]

    kept = await app.state.database.read(look)
    assert len(kept) == 2
    assert all(len(key) == 64 and "alice" not in key for key in kept)


async def test_the_eleventh_attempt_in_a_minute_waits(client: httpx.AsyncClient, clock: Clock, alice: Person) -> None:
    for _ in range(10):
        assert (await sign_in(client, "alice", "wrong")).status_code == 401
    answer = await sign_in(client, "alice", PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate-limited")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-policy"] == '"sign-in";q=10;w=60'
    assert answer.headers["ratelimit"].startswith('"sign-in";r=0;t=')
    assert (await sign_in(client, "bob", "wrong")).status_code == 401
    clock.offset += A_MINUTE + timedelta(minutes=15)
    answer = await sign_in(client, "alice", PASSWORD)
    assert answer.status_code == 201
    assert answer.headers["ratelimit"].startswith('"sign-in";r=9;t=')


async def test_the_limit_tells_nobody_whose_address_it_is(client: httpx.AsyncClient, alice: Person) -> None:
    for _ in range(10):
        await sign_in(client, "alice", "wrong")
    assert (await sign_in(client, "alice", "wrong")).status_code == 429
    assert (await sign_in(client, "alice@example.org", "wrong")).status_code == 401


@pytest.mark.parametrize("rate_limits", ["off"])
async def test_limits_that_are_off_limit_nothing(client: httpx.AsyncClient, alice: Person, rate_limits: str) -> None:
    answers = [await sign_in(client, "alice", "wrong") for _ in range(12)]
    assert {answer.status_code for answer in answers} == {401}


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The usual settings, with what the test's parameters say."""
    parameters = getattr(getattr(request.node, "callspec", None), "params", {})
    changed = {name: value for name, value in parameters.items() if name in Settings.model_fields}
    return settings.model_copy(update=changed)


@pytest.mark.parametrize(
    ("base_url", "name", "secure"),
    [("http://forum.example", "parley", False), ("https://forum.example", "__Host-parley", True)],
)
async def test_the_cookie_is_kept_from_scripts_and_other_sites(
    app: FastAPI, alice: Person, base_url: str, name: str, secure: bool
) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url) as client:
        answer = await sign_in(client, "alice", PASSWORD)
        pair, *attributes = answer.headers["set-cookie"].split("; ")
        assert pair.startswith(f"{name}=")
        expected = {"Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=34560000"} | ({"Secure"} if secure else set())
        assert set(attributes) == expected
        assert answer.headers["cache-control"] == "no-store"
        assert (await client.get("/api/v1/me")).status_code == 200
        gone = await client.delete("/api/v1/sessions/current")
        assert gone.status_code == 204
        assert gone.headers["set-cookie"].startswith(f"{name}=; Path=/; Max-Age=0")
        assert (await client.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("base_url", ["https://forum.example"])
async def test_over_https_the_plain_cookie_opens_nothing(
    client: httpx.AsyncClient, app: FastAPI, base_url: str, alice: Person
) -> None:
    secret = alice.client.cookies["parley"]
    assert (await client.get("/api/v1/me", headers={"Cookie": f"parley={secret}"})).status_code == 401
    assert (await client.get("/api/v1/me", headers={"Cookie": f"__Host-parley={secret}"})).status_code == 200


async def test_another_site_can_neither_sign_in_nor_out(client: httpx.AsyncClient, alice: Person) -> None:
    body = {"login": "alice", "password": PASSWORD}
    for name, value in (
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ):
        refused = await client.post("/api/v1/sessions", json=body, headers={name: value})
        assert (refused.status_code, refused.json()["code"]) == (403, "cross-origin"), value
        assert "set-cookie" not in refused.headers
        assert (await alice.delete("/api/v1/sessions/current", headers={name: value})).status_code == 403
    assert (await alice.get("/api/v1/me")).status_code == 200


async def test_the_site_itself_and_programs_may(client: httpx.AsyncClient, alice: Person) -> None:
    body = {"login": "alice", "password": PASSWORD}
    its_own: tuple[dict[str, str], ...] = (
        {"Origin": "http://forum.example"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {},
    )
    for headers in its_own:
        assert (await client.post("/api/v1/sessions", json=body, headers=headers)).status_code == 201


async def test_what_is_no_sign_in_is_refused_and_costs_nothing(
    client: httpx.AsyncClient, derivations: Derivations
) -> None:
    bodies: tuple[Any, ...] = (
        {},
        {"login": "alice"},
        {"login": "", "password": "x"},
        {"login": ["alice"], "password": "x"},
        {"login": "alice", "password": {"$ne": ""}},
        {"login": "a" * 255, "password": "x"},
        {"login": "alice", "password": "x" * 201},
        {"login": "a", "password": "b", "remember": True},
        [],
        "alice",
        None,
    )
    for body in bodies:
        answer = await client.post("/api/v1/sessions", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), body
    assert derivations.compared == []


async def test_many_at_once_all_get_in(browse: Browse, alice: Person) -> None:
    clients = [await browse() for _ in range(10)]
    answers = await asyncio.gather(*(sign_in(one, "alice", PASSWORD) for one in clients))
    assert {answer.status_code for answer in answers} == {201}
    assert len({one.cookies["parley"] for one in clients}) == 10


async def test_a_replayed_sign_in_brings_no_cookie(client: httpx.AsyncClient, alice: Person) -> None:
    body, key = {"login": "alice", "password": PASSWORD}, {"Idempotency-Key": "once"}
    first = await client.post("/api/v1/sessions", json=body, headers=key)
    client.cookies.clear()
    again = await client.post("/api/v1/sessions", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert "set-cookie" in first.headers
    assert "set-cookie" not in again.headers
    assert again.headers["idempotent-replayed"] == "true"
