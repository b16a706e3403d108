"""`parley admin create`: the operator makes an admin, as often as they like."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from service.accounts import operations, queries
from service.accounts.models import Account
from service.cli import app
from service.kit.credentials import compare
from service.kit.database import Session, open_database
from service.wiring import LISTENERS
from tests.cast import HASH
from tests.conftest import SECRET

PASSWORD = "the operator's own"


class Operator:
    """Types commands at the machine that the database belongs to."""

    def __init__(self, url: str, folder: Path) -> None:
        self.environment = {"PARLEY_DATABASE_URL": url, "PARLEY_DATA_DIR": str(folder), "PARLEY_SECRET_KEY": SECRET}
        self.url = url

    def create(self, username: str, email: str = "op@example.org", password: str = PASSWORD) -> Result:
        """`parley admin create`."""
        words = ["admin", "create", "--username", username, "--email", email, "--password-stdin", "--json"]
        return CliRunner().invoke(app, words, input=f"{password}\n", env=self.environment)

    def accounts(self) -> list[Account]:
        """Everybody in the database."""
        return asyncio.run(self._read())

    def register(self, username: str) -> None:
        """A member registers meanwhile."""
        asyncio.run(self._register(username))

    async def _read(self) -> list[Account]:
        database = open_database(self.url, listeners=LISTENERS)
        await database.start()
        found = await database.read(lambda session: list(session.exec(select(Account)).all()))
        await database.stop()
        return found

    async def _register(self, username: str) -> None:
        database = open_database(self.url, listeners=LISTENERS)
        await database.start()
        newcomer = operations.Newcomer(username, f"{username}@example.org", "", HASH)
        await database.write(operations.register, newcomer)
        await database.stop()


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    """The operator of this test's site."""
    return Operator(database_url, tmp_path)


def test_an_admin_is_made_with_a_name_that_strangers_may_not_take(operator: Operator) -> None:
    done = operator.create("admin")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"username": "admin", "outcome": "created"}
    (made,) = operator.accounts()
    assert (made.role, made.email) == ("admin", "op@example.org")
    assert compare(PASSWORD, made.password_hash)


def test_repeating_it_changes_nothing(operator: Operator) -> None:
    operator.create("admin")
    done = operator.create("ADMIN", "elsewhere@example.org", "quite another one")
    assert (done.exit_code, json.loads(done.stdout)["outcome"]) == (0, "unchanged")
    (made,) = operator.accounts()
    assert (made.email, made.version) == ("op@example.org", 1)
    assert compare(PASSWORD, made.password_hash)


def test_an_existing_account_is_promoted_and_keeps_its_password(operator: Operator) -> None:
    operator.register("alice")
    done = operator.create("alice", "new@example.org")
    assert (done.exit_code, json.loads(done.stdout)["outcome"]) == (0, "promoted")
    (alice,) = operator.accounts()
    assert (alice.role, alice.email, alice.password_hash) == ("admin", "alice@example.org", HASH)


@pytest.mark.parametrize(
    ("username", "email", "password", "field"),
    [
        ("a", "op@example.org", PASSWORD, "username"),
        ("operator", "nowhere", PASSWORD, "email"),
        ("operator", "op@example.org", "short", "password"),
        ("operator", "alice@example.org", PASSWORD, "email"),
        ("a1ice", "op@example.org", PASSWORD, "username"),
    ],
)
def test_wrong_fields_are_refused_by_name(
    operator: Operator, username: str, email: str, password: str, field: str
) -> None:
    operator.register("alice")
    done = operator.create(username, email, password)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{field}: ")
    assert PASSWORD not in done.output
    assert [account.role for account in operator.accounts()] == ["member"]


def test_the_password_comes_from_standard_input_only(operator: Operator) -> None:
    words = ["admin", "create", "--username", "operator", "--email", "op@example.org"]
    done = CliRunner().invoke(app, words, env=operator.environment)
    assert done.exit_code == 2
    assert "--password-stdin" in done.stderr
    assert operator.accounts() == []


def test_the_offer_of_the_link_ends(operator: Operator) -> None:
    def state(session: Session) -> tuple[bool, str | None]:
        return queries.has_admin(session), operations.offer_first_admin(session)

    async def look() -> tuple[bool, str | None]:
        database = open_database(operator.url, listeners=LISTENERS)
        await database.start()
        found = await database.write(state)
        await database.stop()
        return found

    had, secret = asyncio.run(look())
    assert (had, secret is None) == (False, False)
    operator.create("operator")
    assert asyncio.run(look()) == (True, None)
