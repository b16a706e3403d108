"""Registering, signing in and out, and one's settings, by plain forms."""

import httpx
import pytest
from fastapi import FastAPI

from service.accounts.operations import offer_first_admin
from tests.cast import PASSWORD, Person
from tests.pages.reading import follow, parse, press

pytestmark = pytest.mark.anyio
NEW = {"username": "dorothea", "email": "dorothea@example.org", "password": "middlemarch, 1871"}


async def test_a_stranger_registers_and_is_signed_in_where_they_came_from(client: httpx.AsyncClient) -> None:
    shown = await client.get("/register?next=/c/general")
    answer = await press(client, shown, "Register", display_name="Dorothea Brooke", **NEW)
    assert answer.headers["location"] == "/c/general"
    page = parse((await follow(client, answer)).text)
    assert page.one("details", class_="account").one("summary").text == "Dorothea Brooke"


async def test_a_refused_registration_names_each_field_and_keeps_all_but_the_password(
    client: httpx.AsyncClient,
) -> None:
    shown = await client.get("/register")
    answer = await press(client, shown, "Register", username="d!", email="nowhere", password="short")
    assert answer.status_code == 422
    page = parse(answer.text)
    assert {link.attributes["href"] for link in page.one("div", role="alert").all("a")} == {
        "#username",
        "#email",
        "#password",
    }
    assert page.one("input", id="username").attributes["value"] == "d!"
    assert "value" not in page.one("input", id="password").attributes
    assert "short" not in answer.text
    assert page.one("span", id="password-error").text == "Password: needs at least 10 characters."


async def test_a_closed_site_says_so_and_takes_nobody(client: httpx.AsyncClient, ada: Person) -> None:
    shown = await client.get("/register")
    await press(ada.client, await ada.get("/admin"), "Save the site", registration="closed")
    assert (await press(client, shown, "Register", **NEW)).status_code == 403
    page = parse((await client.get("/register")).text)
    assert not page.all("form")
    assert "takes no new accounts" in page.text
    assert not page.all("a", href="/register")


async def test_signing_in_and_out(client: httpx.AsyncClient, bob: Person) -> None:
    answer = await press(client, await client.get("/sign-in?next=/new"), "Sign in", login="bob", password=PASSWORD)
    assert answer.headers["location"] == "/new"
    assert "HttpOnly" in answer.headers["set-cookie"]
    shown = await follow(client, answer)
    out = await press(client, shown, "Sign out")
    assert out.headers["location"] == "/"
    assert (await client.get("/settings")).status_code == 303


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: httpx.AsyncClient, bob: Person) -> None:
    shown = await client.get("/sign-in")
    wrong = await press(client, shown, "Sign in", login="bob", password="not it at all")
    unknown = await press(client, shown, "Sign in", login="rob", password="not it at all")
    assert wrong.status_code == unknown.status_code == 401
    said = [parse(answer.text).one("div", role="alert").text for answer in (wrong, unknown)]
    assert said[0] == said[1]
    assert parse(wrong.text).one("input", id="login").attributes["value"] == "bob"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"]
)
async def test_signing_in_leads_to_no_other_site(client: httpx.AsyncClient, bob: Person, elsewhere: str) -> None:
    shown = await client.get("/sign-in", params={"next": elsewhere})
    assert parse(shown.text).one("main").one("input", name="next").attributes["value"] == "/"
    answer = await press(client, shown, "Sign in", login="bob", password=PASSWORD, next=elsewhere)
    assert answer.headers["location"] == "/"


async def test_the_one_time_link_makes_the_first_admin_once(app: FastAPI, client: httpx.AsyncClient) -> None:
    secret = await app.state.database.write(offer_first_admin)
    shown = await client.get(f"/first-admin?token={secret}")
    assert (await client.get(f"/first-admin?token={secret}")).status_code == 200
    refused = await press(client, shown, "Make the account", **NEW | {"password": "short"})
    assert refused.status_code == 422
    answer = await press(client, refused, "Make the account", **NEW)
    assert answer.headers["location"] == "/admin"
    assert (await follow(client, answer)).status_code == 200
    assert (await client.get(f"/first-admin?token={secret}")).status_code == 404


async def test_the_one_time_link_promotes_who_is_signed_in(app: FastAPI, alice: Person) -> None:
    secret = await app.state.database.write(offer_first_admin)
    answer = await press(alice.client, await alice.get(f"/first-admin?token={secret}"), "Make alice the admin")
    assert (await follow(alice.client, answer)).status_code == 200


async def test_name_mail_and_address_are_changed(alice: Person) -> None:
    shown = await follow(
        alice.client, await press(alice.client, await alice.get("/settings"), "Save the name", display_name="Alice L.")
    )
    assert "The name was saved." in shown.text
    assert parse(shown.text).one("summary").text == "Alice L."
    off = await follow(alice.client, await press(alice.client, shown, "Turn mail off"))
    assert "You get no mail" in off.text
    moved = await press(alice.client, off, "Save the address", email="new@example.org", current_password=PASSWORD)
    assert "new@example.org" in (await follow(alice.client, moved)).text


async def test_a_new_password_needs_the_old_one_and_ends_other_sessions(
    alice: Person, client: httpx.AsyncClient
) -> None:
    await press(client, await client.get("/sign-in"), "Sign in", login="alice", password=PASSWORD)
    shown = await alice.get("/settings")
    wrong = await press(
        alice.client, shown, "Change the password", current_password="not it", new_password="a new password"
    )
    assert wrong.status_code == 422
    assert "not your present password" in parse(wrong.text).one("section", id="password").text
    assert (await client.get("/settings")).status_code == 200
    right = await press(
        alice.client, shown, "Change the password", current_password=PASSWORD, new_password="a new password"
    )
    assert right.status_code == 303
    assert (await client.get("/settings")).status_code == 303
    assert (await alice.get("/settings")).status_code == 200


async def test_sessions_are_listed_and_revoked(alice: Person, client: httpx.AsyncClient) -> None:
    client.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    await press(client, await client.get("/sign-in"), "Sign in", login="alice", password=PASSWORD)
    shown = await alice.get("/settings")
    assert parse(shown.text).one("section", id="sessions").text.count("this browser") == 1
    answer = await press(alice.client, shown, "Sign out Firefox on Linux")
    assert answer.status_code == 303
    assert (await client.get("/settings")).status_code == 303


async def test_a_token_is_shown_once_and_revoked(alice: Person) -> None:
    shown = await alice.get("/settings")
    made = await press(alice.client, shown, "Make a token", name="Archive", scope_write="on")
    assert made.headers["cache-control"] == "no-store"
    secret = parse(made.text).one("code", class_="secret").text
    bearer = {"Authorization": f"Bearer {secret}"}
    alice.client.cookies, kept = httpx.Cookies(), alice.client.cookies
    assert (await alice.get("/api/v1/me", headers=bearer)).status_code == 200
    alice.client.cookies = kept
    again = await press(alice.client, shown, "Make a token", name="Archive", scope_write="on")
    assert again.status_code == 303
    listed = await alice.get("/settings")
    assert secret not in listed.text
    answer = await press(alice.client, listed, f"Revoke Archive ({secret[:12]}…)")
    assert answer.status_code == 303
    alice.client.cookies = httpx.Cookies()
    assert (await alice.get("/api/v1/me", headers=bearer)).status_code == 401


async def test_members_are_not_offered_scopes_above_their_role(alice: Person, mona: Person) -> None:
    assert not parse((await alice.get("/settings")).text).all("input", name="scope_moderate")
    assert parse((await mona.get("/settings")).text).one("input", name="scope_moderate")
    refused = await press(alice.client, await alice.get("/settings"), "Make a token", name="")
    assert refused.status_code == 422
    assert "What it is for: must not be empty." in refused.text
