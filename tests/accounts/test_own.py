"""What people change about themselves; a new password ends every other session at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from service.accounts import queries
from service.kit import credentials
from service.kit.clock import Clock
from service.kit.events import EventRow
from tests.accounts.doing import pointers, sign_in
from tests.cast import PASSWORD, Person

pytestmark = pytest.mark.anyio
Browse = Callable[..., Awaitable[httpx.AsyncClient]]
NEW = "a brand new password"


async def change(who: Person, **fields: Any) -> httpx.Response:
    """PATCH /me."""
    return await who.patch("/api/v1/me", fields)


async def events(app: FastAPI) -> list[EventRow]:
    """Everything that was recorded."""
    found: list[EventRow] = await app.state.database.read(
        lambda session: list(session.exec(select(EventRow).order_by(EventRow.id)).all())  # type: ignore[arg-type]
    )
    return found


async def test_a_name_changes_for_everybody_and_is_told(alice: Person, client: httpx.AsyncClient, app: FastAPI) -> None:
    answer = await change(alice, display_name="  Alice  Liddell ")
    assert (answer.status_code, answer.json()["display_name"]) == (200, "Alice  Liddell")
    assert (await client.get("/api/v1/accounts/alice")).json()["display_name"] == "Alice  Liddell"
    assert (await change(alice, display_name="")).json()["display_name"] == ""
    (first, second) = await events(app)
    assert (first.kind, first.audience) == ("account.changed", "public")
    assert first.facts == {"fields": ["display_name"], "role": "member", "version": 2}
    assert second.facts["version"] == 3


async def test_what_stays_the_same_is_no_event(alice: Person, app: FastAPI) -> None:
    for fields in ({}, {"display_name": None}, {"display_name": ""}):
        assert (await change(alice, **fields)).status_code == 200
    assert await events(app) == []


async def test_a_new_password_ends_the_other_sessions_at_once(browse: Browse, alice: Person) -> None:
    others = [await browse() for _ in range(3)]
    for other in others:
        await sign_in(other, "alice", PASSWORD)
    answer = await change(alice, current_password=PASSWORD, new_password=NEW)
    assert answer.status_code == 200, answer.text
    assert [(await other.get("/api/v1/me")).status_code for other in others] == [401, 401, 401]
    assert (await alice.get("/api/v1/me")).status_code == 200
    assert (await sign_in(others[0], "alice", PASSWORD)).status_code == 401
    assert (await sign_in(others[0], "alice", NEW)).status_code == 201


async def test_a_sign_in_with_the_old_password_does_not_outlive_the_change(
    browse: Browse, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old password is found right; before the session is stored, it is changed."""
    found_right, go_on = asyncio.Event(), asyncio.Event()
    real = credentials.is_password

    async def slowly(password: str, kept: str) -> bool:
        right = await real(password, kept)
        found_right.set()
        await go_on.wait()
        return right

    other = await browse()
    monkeypatch.setattr("service.accounts.current.is_password", slowly)
    late = asyncio.create_task(sign_in(other, "alice", PASSWORD))
    await found_right.wait()
    monkeypatch.setattr("service.accounts.current.is_password", real)
    assert (await change(alice, current_password=PASSWORD, new_password=NEW)).status_code == 200
    go_on.set()
    assert (await late).status_code == 401
    assert (await other.get("/api/v1/me")).status_code == 401


async def test_the_event_of_a_new_password_is_the_persons_own(alice: Person, app: FastAPI) -> None:
    await change(alice, current_password=PASSWORD, new_password=NEW, email="alice@wonderland.example")
    (event,) = await events(app)
    assert (event.kind, event.audience, event.audience_id) == ("account.credentials_changed", "person", alice.id)
    assert event.facts == {"fields": ["email", "password"]}


async def test_a_new_address_signs_in_and_the_old_one_does_not(alice: Person, client: httpx.AsyncClient) -> None:
    answer = await change(alice, email="alice@wonderland.example", current_password=PASSWORD)
    assert answer.json()["email"] == "alice@wonderland.example"
    assert (await sign_in(client, "alice@wonderland.example", PASSWORD)).status_code == 201
    assert (await sign_in(client, "alice@example.org", PASSWORD)).status_code == 401


async def test_an_address_of_somebody_else_is_refused(alice: Person, bob: Person) -> None:
    answer = await change(alice, email="BOB@example.org", current_password=PASSWORD)
    assert pointers(answer) == ["/email"]
    mine = await change(alice, email="Alice@Example.org", current_password=PASSWORD)
    assert mine.json()["email"] == "Alice@Example.org"


async def test_an_address_that_is_taken_at_this_moment_is_refused_too(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "taken_fields", lambda *_, **__: [])  # bob has it only after alice has looked
    assert pointers(await change(alice, email="bob@example.org", current_password=PASSWORD)) == ["/email"]
    assert (await alice.get("/api/v1/me")).json()["email"] == "alice@example.org"


async def test_both_need_the_present_password(alice: Person) -> None:
    for fields in ({"new_password": NEW}, {"email": "a@wonderland.example"}):
        for current in ("wrong", "", None):
            answer = await change(alice, **fields, display_name="Mad Hatter", current_password=current)
            assert pointers(answer) == ["/current_password"]
    me = (await alice.get("/api/v1/me")).json()
    assert (me["email"], me["display_name"]) == ("alice@example.org", "")


async def test_a_stolen_session_cannot_guess_the_password_for_long(alice: Person, clock: Clock) -> None:
    for _ in range(10):
        assert (await change(alice, new_password=NEW, current_password="wrong")).status_code == 422
    answer = await change(alice, new_password=NEW, current_password=PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate-limited")


async def test_fields_keep_their_rules(alice: Person) -> None:
    wrong = {"new_password": "short", "email": "nowhere", "display_name": "x" * 61, "role": "admin", "username": "al"}
    for field, value in wrong.items():
        assert pointers(await change(alice, current_password=PASSWORD, **{field: value})) == [f"/{field}"]


async def test_guests_are_nobody(client: httpx.AsyncClient) -> None:
    for answer in (await client.get("/api/v1/me"), await client.patch("/api/v1/me", json={"nonsense": 1})):
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


async def test_a_repeated_change_is_replayed_though_the_password_is_another_now(alice: Person) -> None:
    body, key = {"current_password": PASSWORD, "new_password": NEW}, {"Idempotency-Key": "new-password"}
    first = await alice.patch("/api/v1/me", body, headers=key)
    again = await alice.patch("/api/v1/me", body, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
