"""The one-time link that makes the first admin: it holds once, for a day, while there is none."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from service.accounts import operations, queries
from service.accounts.errors import FirstAdminLinkIsSpent
from service.accounts.models import Account
from service.kit.actor import GUEST, Actor
from service.kit.clock import Clock
from service.kit.database import Database
from service.kit.errors import Invalid, NotSignedIn
from service.site.queries import get_site
from tests.cast import HASH, Person

pytestmark = pytest.mark.anyio
Browse = Callable[..., Awaitable[httpx.AsyncClient]]


def newcomer(name: str = "dorothea") -> operations.Newcomer:
    """Somebody who comes with the link."""
    return operations.Newcomer(name, f"{name}@example.org", "", HASH)


async def offered(database: Database) -> str:
    """A fresh link's secret."""
    secret = await database.write(operations.offer_first_admin)
    assert secret is not None
    return secret


async def admins(database: Database) -> list[str]:
    """The names of all admins."""
    names = select(Account.username).where(Account.role == "admin")
    return await database.read(lambda session: list(session.exec(names).all()))


def actor_of(person: Person) -> Actor:
    """A person of the cast, as rooms see them."""
    return Actor(account_id=person.id, username=person.username, role="member", session_id=1)


async def test_a_visitor_registers_and_is_the_admin(database: Database) -> None:
    secret = await offered(database)
    assert len(secret) >= 43
    await database.read(queries.check_first_admin_link, secret)
    account = await database.write(operations.register_first_admin, newcomer("admin"), secret)
    assert (account.username, account.role) == ("admin", "admin")
    assert await admins(database) == ["admin"]
    assert await database.write(operations.offer_first_admin) is None


async def test_the_link_holds_once(database: Database) -> None:
    secret = await offered(database)
    await database.write(operations.register_first_admin, newcomer(), secret)
    with pytest.raises(FirstAdminLinkIsSpent):
        await database.read(queries.check_first_admin_link, secret)
    with pytest.raises(FirstAdminLinkIsSpent):
        await database.write(operations.register_first_admin, newcomer("casaubon"), secret)
    assert await admins(database) == ["dorothea"]


async def test_a_refused_form_does_not_spend_the_link(database: Database) -> None:
    secret = await offered(database)
    with pytest.raises(Invalid):
        await database.write(operations.register_first_admin, Invalid("a field is wrong"), secret)
    await database.write(operations.register_first_admin, newcomer(), secret)


async def test_a_newer_link_ends_the_older_one(database: Database) -> None:
    older, newer = await offered(database), await offered(database)
    with pytest.raises(FirstAdminLinkIsSpent):
        await database.read(queries.check_first_admin_link, older)
    await database.read(queries.check_first_admin_link, newer)


async def test_the_link_holds_for_a_day(database: Database, clock: Clock) -> None:
    secret = await offered(database)
    clock.offset += timedelta(hours=24)
    with pytest.raises(FirstAdminLinkIsSpent):
        await database.write(operations.register_first_admin, newcomer(), secret)
    assert await admins(database) == []


async def test_the_link_is_void_once_the_operator_made_an_admin(database: Database) -> None:
    secret = await offered(database)
    await database.write(operations.make_admin, newcomer("operator"))
    with pytest.raises(FirstAdminLinkIsSpent):
        await database.write(operations.register_first_admin, newcomer(), secret)


async def test_a_member_claims_it(app: FastAPI, alice: Person) -> None:
    database: Database = app.state.database
    secret = await offered(database)
    with pytest.raises(NotSignedIn):
        await database.write(operations.claim_first_admin, GUEST, secret)
    with pytest.raises(FirstAdminLinkIsSpent):
        await database.write(operations.claim_first_admin, actor_of(alice), "nonsense")
    await database.write(operations.claim_first_admin, actor_of(alice), secret)
    assert (await alice.get("/api/v1/me")).json()["role"] == "admin"


async def test_of_many_claims_at_once_one_makes_an_admin(app: FastAPI, alice: Person, bob: Person) -> None:
    database: Database = app.state.database
    secret = await offered(database)
    results = await asyncio.gather(
        database.write(operations.claim_first_admin, actor_of(alice), secret),
        database.write(operations.claim_first_admin, actor_of(bob), secret),
        *(database.write(operations.register_first_admin, newcomer(f"visitor{i}"), secret) for i in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Account", *["FirstAdminLinkIsSpent"] * 5]
    assert len(await admins(database)) == 1
    accounts = await database.read(lambda session: len(session.exec(select(Account)).all()))
    assert accounts in (2, 3)


async def test_it_works_on_a_site_that_takes_no_accounts(database: Database) -> None:
    def close(session: Session) -> None:
        get_site(session).registration = "closed"

    await database.write(close)
    secret = await offered(database)
    await database.write(operations.register_first_admin, newcomer(), secret)
    assert await admins(database) == ["dorothea"]
