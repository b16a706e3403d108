"""A stranger makes an account: the rules of each field, look-alikes, reserved names, two at once, a closed site."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from service.accounts.models import Account
from service.kit.events import EventRow
from tests.accounts.doing import NEWCOMER, pointers, register, sign_in
from tests.cast import Person

pytestmark = pytest.mark.anyio


async def test_an_account_is_made_and_shown(client: httpx.AsyncClient) -> None:
    answer = await register(client)
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/v1/accounts/dorothea"
    made = answer.json()
    assert made["email"] == "dorothea@example.org"
    assert made["role"] == "member"
    seen = (await client.get("/api/v1/accounts/DOROTHEA")).json()
    assert seen == {
        "username": "dorothea",
        "display_name": "Dorothea Brooke",
        "role": "member",
        "url": "/u/dorothea",
        "created_at": made["created_at"],
    }
    assert made["created_at"].endswith("Z")


async def test_registering_alone_signs_nobody_in(client: httpx.AsyncClient) -> None:
    answer = await register(client)
    assert "set-cookie" not in answer.headers
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_the_password_is_kept_as_argon2id_and_the_event_names_nobody(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    made = (await register(client)).json()

    def look(session: Session) -> tuple[str, EventRow]:
        kept = session.exec(select(Account.password_hash)).one()
        return kept, session.exec(select(EventRow)).one()

    kept, event = await app.state.database.read(look)
    assert kept.startswith("$argon2id$")
    assert (event.kind, event.subject_type, event.subject_id) == ("account.registered", "account", made["id"])
    assert event.facts == {"role": "member"}
    assert event.audience == "staff"


async def test_names_that_a_reader_would_confuse_are_one_name(client: httpx.AsyncClient) -> None:
    pairs = (
        ("dorothea", "DOROTHEA"),
        ("casaubon", "casaub0n"),
        ("PauI", "paul"),
        ("modem", "rnodern"),
        ("b1ll.x", "BILL.X"),
    )
    for number, (first, second) in enumerate(pairs):
        made = await register(client, username=first, email=f"{number}@example.org")
        assert made.status_code == 201, made.text
        assert pointers(await register(client, username=second, email="other@example.org")) == ["/username"]


async def test_a_look_alike_is_not_the_name(client: httpx.AsyncClient) -> None:
    await register(client)
    assert (await client.get("/api/v1/accounts/d0rothea")).status_code == 404
    assert (await sign_in(client, "d0rothea", NEWCOMER["password"])).status_code == 401


async def test_reserved_names_are_refused(client: httpx.AsyncClient) -> None:
    for name in ("admin", "Admin", "adrnin", "r00t", "moderator", "PARLEY", "current"):
        assert pointers(await register(client, username=name)) == ["/username"], name


async def test_names_within_the_rules_are_taken(client: httpx.AsyncClient) -> None:
    for number, name in enumerate(("abc", "a" * 30, "A.b_c-9", "...", "me2")):
        answer = await register(client, username=name, email=f"{number}@example.org")
        assert answer.status_code == 201, answer.text
        assert (await client.get(f"/api/v1/accounts/{name}")).json()["username"] == name


async def test_names_outside_the_rules_are_refused(client: httpx.AsyncClient) -> None:
    wrong = ("", "ab", "a" * 31, "a b c", "dorothée", "abc\n", "дора", "abc\u202e", "a/b", 7, None, ["abc"])
    for name in wrong:
        assert pointers(await register(client, username=name)) == ["/username"], name


async def test_what_a_browser_takes_for_an_address_is_taken(client: httpx.AsyncClient) -> None:
    addresses = ("a@b", "x+y@sub.test", "o'neil@x.invalid", "a" * 242 + "@example.org", " a@b.example ")
    for number, email in enumerate(addresses):
        answer = await register(client, username=f"person-{number}", email=email)
        assert answer.status_code == 201, answer.text
        assert answer.json()["email"] == email.strip()


async def test_what_is_no_address_is_refused(client: httpx.AsyncClient) -> None:
    wrong = ("", "a", "a@", "@b", "a@b c", "a@-b", "a@b..c", "a\r\nBcc: x@y", "a" * 243 + "@example.org", None, 1)
    for email in wrong:
        assert pointers(await register(client, email=email)) == ["/email"], email


async def test_an_address_has_one_account_in_any_case(client: httpx.AsyncClient) -> None:
    await register(client)
    answer = await register(client, username="casaubon", email="Dorothea@EXAMPLE.org")
    assert pointers(answer) == ["/email"]
    assert pointers(await register(client)) == ["/username", "/email"]


async def test_other_fields_keep_their_rules(client: httpx.AsyncClient) -> None:
    wrong: dict[str, tuple[object, ...]] = {
        "password": ("123456789", "x" * 201, "nul\x00 in the middle", None, 1234567890),
        "display_name": ("x" * 61, "turned \u202e around", "two\nlines", "\u200b"),
        "role": ("admin",),
    }
    for field, values in wrong.items():
        for value in values:
            assert pointers(await register(client, **{field: value})) == [f"/{field}"], value


async def test_passwords_of_every_script_and_length_open_the_account(client: httpx.AsyncClient) -> None:
    for number, password in enumerate(("0123456789", "x" * 200, "pässwörter 密码 🗝")):
        made = await register(client, username=f"person-{number}", email=f"{number}@example.org", password=password)
        assert made.status_code == 201
        assert (await sign_in(client, f"person-{number}", password)).status_code == 201


async def test_a_password_typed_on_another_keyboard_is_the_same(client: httpx.AsyncClient) -> None:
    await register(client, password="caf\u00e9 caf\u00e9 caf\u00e9")
    assert (await sign_in(client, "dorothea", "cafe\u0301 cafe\u0301 cafe\u0301")).status_code == 201


async def test_of_two_at_once_one_gets_the_name(
    browse: Callable[..., Awaitable[httpx.AsyncClient]], app: FastAPI
) -> None:
    clients = [await browse() for _ in range(8)]
    answers = await asyncio.gather(*(register(one, email=f"d{i}@example.org") for i, one in enumerate(clients)))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 7
    assert all(pointers(answer) == ["/username"] for answer in answers if answer.status_code == 422)
    stored = await app.state.database.read(lambda session: len(session.exec(select(Account)).all()))
    assert stored == 1


async def test_a_closed_site_takes_nobody_and_says_so_first(client: httpx.AsyncClient, ada: Person) -> None:
    tag = (await ada.get("/api/v1/site")).headers["etag"]
    changed = await ada.patch("/api/v1/site", {"registration": "closed"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    for answer in (await register(client), await register(client, username="")):
        assert answer.status_code == 403
        assert answer.json()["code"] == "not-allowed"
    assert (await client.get("/api/v1/accounts/dorothea")).status_code == 404


async def test_a_repeated_request_with_its_key_makes_one_account(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "register-dorothea"}
    first = await client.post("/api/v1/accounts", json=NEWCOMER, headers=key)
    again = await client.post("/api/v1/accounts", json=NEWCOMER, headers=key)
    other = await client.post("/api/v1/accounts", json=NEWCOMER | {"password": "another one"}, headers=key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    assert other.json()["code"] == "idempotency-conflict"


async def test_there_is_nobody_of_an_unknown_name(client: httpx.AsyncClient) -> None:
    for name in ("nobody-here", "x" * 101, "%F0%9F%97%9D"):
        answer = await client.get(f"/api/v1/accounts/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
