"""Who may give roles, and that a site keeps an admin."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from service.accounts.models import Account
from service.kit.events import EventRow
from tests.accounts.doing import pointers
from tests.cast import Person

pytestmark = pytest.mark.anyio


async def give(who: Person, whom: str, role: object) -> httpx.Response:
    """PATCH the account."""
    return await who.patch(f"/api/v1/accounts/{whom}", {"role": role})


async def test_an_admin_gives_a_role_that_holds_at_once(ada: Person, alice: Person, app: FastAPI) -> None:
    assert (await give(alice, "bob", "admin")).status_code == 404
    answer = await give(ada, "Alice", "admin")
    assert (answer.status_code, answer.json()["role"]) == (200, "admin")
    assert (await alice.get("/api/v1/me")).json()["role"] == "admin"
    assert (await give(alice, "ada", "moderator")).status_code == 200
    assert (await give(ada, "alice", "member")).status_code == 403
    rows = await app.state.database.read(lambda session: session.exec(select(EventRow).order_by("id")).all())
    assert [(row.kind, row.actor_id, row.subject_id) for row in rows] == [
        ("account.changed", ada.id, alice.id),
        ("account.changed", alice.id, ada.id),
    ]
    assert rows[0].facts == {"fields": ["role"], "role": "admin", "version": 2}


async def test_giving_the_same_role_again_changes_nothing(ada: Person, mona: Person, app: FastAPI) -> None:
    assert (await give(ada, "mona", "moderator")).status_code == 200
    assert (await give(ada, "ada", "admin")).status_code == 200
    assert await app.state.database.read(lambda session: session.exec(select(EventRow)).all()) == []


async def test_only_admins_give_roles(alice: Person, mona: Person, ada: Person, client: httpx.AsyncClient) -> None:
    for who in (alice, mona):
        answer = await give(who, "alice", "nonsense")
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    guest = await client.patch("/api/v1/accounts/alice", json={"role": "admin"})
    assert (guest.status_code, guest.json()["code"]) == (401, "not-signed-in")
    assert (await client.patch("/api/v1/accounts/nobody-here", json={})).status_code == 404


async def test_the_last_admin_stays(ada: Person, alice: Person) -> None:
    answer = await give(ada, "ada", "member")
    assert (answer.status_code, answer.json()["code"]) == (409, "last-admin")
    await give(ada, "alice", "admin")
    assert (await give(ada, "ada", "member")).status_code == 200
    assert (await give(alice, "alice", "moderator")).status_code == 409


async def test_two_admins_who_demote_each_other_leave_one(ada: Person, alice: Person, app: FastAPI) -> None:
    await give(ada, "alice", "admin")
    answers = await asyncio.gather(give(ada, "alice", "member"), give(alice, "ada", "member"))
    assert sorted(answer.status_code for answer in answers)[0] == 200
    roles = await app.state.database.read(lambda session: session.exec(select(Account.role)).all())
    assert sorted(roles) == ["admin", "member"]


async def test_unknown_roles_are_refused(ada: Person, alice: Person) -> None:
    for role in ("guest", "owner", "", None, 1, ["admin"]):
        assert pointers(await give(ada, "alice", role))[0].startswith("/role")
