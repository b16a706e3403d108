"""API tokens: made once, shown once, bounded by their scopes and by their owner's role, revoked at once."""

from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from service.accounts.models import ApiToken
from service.kit.credentials import hash_secret
from service.web.idempotency import KeptAnswer
from tests.accounts.doing import bearer, pointers
from tests.cast import PASSWORD, Person

pytestmark = pytest.mark.anyio


async def make(who: Person, *scopes: str, **keywords: Any) -> httpx.Response:
    """Ask for a token."""
    return await who.post("/api/v1/tokens", {"name": "A script", "scopes": list(scopes)}, **keywords)


async def token_of(who: Person, *scopes: str) -> dict[str, str]:
    """A new token's header."""
    answer = await make(who, *scopes)
    assert answer.status_code == 201, answer.text
    return bearer(answer.json()["token"])


async def test_the_secret_is_shown_once_and_kept_hashed(alice: Person, client: httpx.AsyncClient, app: FastAPI) -> None:
    answer = await make(alice, "write", "read")
    made = answer.json()
    secret = made.pop("token")
    assert secret.startswith("parley_")
    assert len(secret) >= len("parley_") + 43
    assert made["scopes"] == ["read", "write"]
    assert secret.startswith(made["hint"])
    assert answer.headers["cache-control"] == "no-store"
    assert (await alice.get("/api/v1/tokens")).json()["items"] == [made]
    (row,) = await app.state.database.read(lambda session: session.exec(select(ApiToken)).all())
    assert row.secret_hash == hash_secret(secret)
    assert (await client.get("/api/v1/me", headers=bearer(secret))).json()["username"] == "alice"


async def test_a_replay_comes_without_the_secret(alice: Person, app: FastAPI) -> None:
    key = {"Idempotency-Key": "one-token"}
    first, again = await make(alice, "read", headers=key), await make(alice, "read", headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    secret = first.json()["token"]
    assert again.json() == {name: value for name, value in first.json().items() if name != "token"}
    kept = await app.state.database.read(lambda session: session.exec(select(KeptAnswer.body)).all())
    assert kept
    assert all(secret.encode() not in body for body in kept)
    assert len((await alice.get("/api/v1/tokens")).json()["items"]) == 1


async def test_a_revoked_token_opens_nothing_from_then_on(
    alice: Person, bob: Person, client: httpx.AsyncClient
) -> None:
    made = (await make(alice, "read")).json()
    headers = bearer(made["token"])
    assert (await bob.delete(f"/api/v1/tokens/{made['id']}")).status_code == 404
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 200
    assert (await alice.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
    answer = await client.get("/api/v1/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (await alice.delete(f"/api/v1/tokens/{made['id']}")).status_code == 404


async def test_an_unknown_token_is_refused_even_for_what_guests_may_see(
    alice: Person, client: httpx.AsyncClient
) -> None:
    for secret in ("", "parley_", "parley_nonsense", "x" * 5000, "\u00e9"):
        headers = {b"Authorization": f"Bearer {secret}".encode("latin-1")}
        assert (await client.get("/api/v1/accounts/alice", headers=headers)).status_code == 401, secret[:20]


async def test_a_token_goes_before_the_cookie(alice: Person, bob: Person) -> None:
    headers = await token_of(bob, "read")
    assert (await alice.get("/api/v1/me", headers=headers)).json()["username"] == "bob"


DEEDS: dict[str, tuple[str, str, Any]] = {
    "see oneself": ("GET", "/api/v1/me", None),
    "be renamed": ("PATCH", "/api/v1/me", {"display_name": "Ada L."}),
    "have another password": ("PATCH", "/api/v1/me", {"current_password": PASSWORD, "new_password": PASSWORD + "!"}),
    "list sessions": ("GET", "/api/v1/sessions", None),
    "end a session": ("DELETE", "/api/v1/sessions/1", None),
    "list tokens": ("GET", "/api/v1/tokens", None),
    "make a token": ("POST", "/api/v1/tokens", {"name": "more", "scopes": ["admin"]}),
    "revoke a token": ("DELETE", "/api/v1/tokens/1", None),
    "give a role": ("PATCH", "/api/v1/accounts/bob", {"role": "moderator"}),
}
MAY: dict[str, set[str]] = {
    "read": {"see oneself"},
    "write": {"be renamed"},
    "moderate": set(),
    "admin": set(DEEDS) - {"see oneself", "be renamed", "have another password"},
}
"""What a token with one scope may do, in the hand of an admin."""


@pytest.mark.parametrize("scope", MAY)
async def test_each_scope_opens_its_own_doors(ada: Person, bob: Person, client: httpx.AsyncClient, scope: str) -> None:
    await make(ada, "read")
    headers = await token_of(ada, scope)
    for deed, (method, path, body) in DEEDS.items():
        answer = await client.request(method, path, json=body, headers=headers)
        if deed in MAY[scope]:
            assert answer.status_code in (200, 201, 204), (deed, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed"), deed


async def test_a_password_is_changed_by_a_token_that_may_write_and_administer(
    ada: Person, client: httpx.AsyncClient
) -> None:
    headers = await token_of(ada, "write", "admin")
    body = {"current_password": PASSWORD, "new_password": "another password"}
    assert (await client.patch("/api/v1/me", json=body, headers=headers)).status_code == 200
    assert (await ada.get("/api/v1/me")).status_code == 401
    assert (await client.get("/api/v1/tokens", headers=headers)).status_code == 200


async def test_a_token_makes_no_token_with_more_scopes(alice: Person, client: httpx.AsyncClient) -> None:
    headers = await token_of(alice, "admin", "read")
    wish = {"name": "more", "scopes": ["read", "write"]}
    assert (await client.post("/api/v1/tokens", json=wish, headers=headers)).status_code == 403
    wish["scopes"] = ["read"]
    assert (await client.post("/api/v1/tokens", json=wish, headers=headers)).status_code == 201


async def test_no_token_gives_more_than_its_owners_role(
    alice: Person, mona: Person, bob: Person, client: httpx.AsyncClient
) -> None:
    for who in (alice, mona):
        headers = await token_of(who, "read", "write", "moderate", "admin")
        answer = await client.patch("/api/v1/accounts/bob", json={"role": "admin"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed"), who.username


async def test_a_token_follows_its_owners_role_at_once(ada: Person, mona: Person, client: httpx.AsyncClient) -> None:
    await ada.patch("/api/v1/accounts/mona", {"role": "admin"})
    headers = await token_of(mona, "admin")
    assert (await client.patch("/api/v1/accounts/ada", json={"role": "member"}, headers=headers)).status_code == 200
    assert (await ada.patch("/api/v1/accounts/mona", {"role": "member"})).status_code == 403


async def test_a_token_is_no_session_to_sign_out_of(alice: Person, client: httpx.AsyncClient) -> None:
    headers = await token_of(alice, "admin")
    assert (await client.delete("/api/v1/sessions/current", headers=headers)).status_code == 404
    assert (await alice.get("/api/v1/me")).status_code == 200


async def test_a_token_needs_no_origin(alice: Person, client: httpx.AsyncClient) -> None:
    headers = await token_of(alice, "write") | {"Origin": "https://elsewhere.example"}
    assert (await client.patch("/api/v1/me", json={"display_name": "A"}, headers=headers)).status_code == 200


async def test_use_is_noted_once_an_hour(alice: Person, client: httpx.AsyncClient) -> None:
    """No answer waits for the note, so the first one to show it may be a later one."""
    headers = await token_of(alice, "admin", "read")

    async def noted() -> Any:
        return (await client.get("/api/v1/tokens", headers=headers)).json()["items"][0]["last_used_at"]

    with anyio.fail_after(60):
        while (first := await noted()) is None:
            await anyio.sleep(0.01)
    assert [await noted() for _ in range(3)] == [first] * 3


async def test_wishes_keep_their_rules(alice: Person) -> None:
    wishes: list[tuple[dict[str, Any], str]] = [
        ({"name": "x"}, "/scopes"),
        ({"name": "x", "scopes": []}, "/scopes"),
        ({"name": "x", "scopes": ["read"] * 5}, "/scopes"),
        ({"name": "x", "scopes": ["read", "root"]}, "/scopes/1"),
        ({"name": "x", "scopes": "read"}, "/scopes"),
        ({"name": "", "scopes": ["read"]}, "/name"),
        ({"name": "x" * 61, "scopes": ["read"]}, "/name"),
        ({"name": "\u202e", "scopes": ["read"]}, "/name"),
        ({"name": "x", "scopes": ["read"], "expires": 1}, "/expires"),
    ]
    for body, pointer in wishes:
        assert pointers(await alice.post("/api/v1/tokens", body)) == [pointer], body


async def test_guests_have_no_tokens(client: httpx.AsyncClient) -> None:
    for method, path in (("GET", "/api/v1/tokens"), ("POST", "/api/v1/tokens"), ("DELETE", "/api/v1/tokens/1")):
        answer = await client.request(method, path, json={"nonsense": True})
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


async def test_the_list_has_pages(alice: Person) -> None:
    ids = [(await make(alice, "read")).json()["id"] for _ in range(3)]
    first = await alice.get("/api/v1/tokens?limit=2")
    second = await alice.get(f"/api/v1/tokens?limit=2&cursor={first.json()['next']}")
    assert [item["id"] for answer in (first, second) for item in answer.json()["items"]] == ids[::-1]
    assert 'rel="next"' in first.headers["link"]
    assert second.json()["next"] is None
