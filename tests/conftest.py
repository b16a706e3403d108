"""What every test stands on: a fresh migrated database, the application over it, and the cast of people.

`--database=sqlite|postgresql` chooses the database (tests/plugin.py). Each test gets its own: a copy of a file, or a
database that was made as good as new (tests/fresh.py). Most tests speak HTTP through `client` or through a person of
the cast.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, make_url, update
from sqlmodel import col

from service.app import create_app
from service.kit.clock import Clock
from service.kit.database import Database, open_database
from service.kit.database.migrations import upgrade, with_connection
from service.screening.models import Rule
from service.settings import Settings, load_settings
from service.site.models import Site
from service.wiring import LISTENERS
from tests.build import logged
from tests.cast import Person, enter
from tests.fresh import Recycling, fresh_postgresql
from tests.mailbox import Mailbox
from tests.warm import share_what_is_compiled
from tests.working import Jobs

pytest_plugins = ["tests.plugin"]
BASE_URL = "http://forum.example"
SECRET = "a secret for tests, of 32 characters and more"
share_what_is_compiled()
VAPID_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
"""A private key that everybody knows: the one of RFC 8291's example."""


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def dialect(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def template(dialect: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a migrated, empty database, made once per test process, that each test's is copied from."""
    if dialect == "sqlite":
        url = f"sqlite+pysqlite:///{tmp_path_factory.mktemp('template') / 'parley.db'}"
        upgrade(url)
        with_connection(url, let_people_hurry)
        yield url
    else:
        with fresh_postgresql() as url:
            upgrade(url)
            with_connection(url, let_people_hurry)
            yield url


def let_people_hurry(connection: Connection) -> None:
    """Tests post faster than people: their sites' rule against floods takes a thousand posts a minute, for sixty."""
    terms = {"posts": 1000, "window": "PT1M"}
    connection.execute(update(Rule).where(col(Rule.kind) == "flood").values(terms=terms))
    connection.execute(update(Site).values(rules_mark=1))
    connection.commit()


@pytest.fixture(scope="session")
def databases(dialect: str, template: str) -> Iterator[Recycling | None]:
    """On PostgreSQL: where this process's tests take their database from and bring it back to."""
    if dialect == "sqlite":
        yield None
    else:
        with Recycling(template) as recycling:
            yield recycling


@pytest.fixture
def database_url(template: str, databases: Recycling | None, tmp_path: Path) -> Iterator[str]:
    """The address of this test's own database, at the newest version and empty but for what migrations put there."""
    if databases is None:
        copy = tmp_path / "parley.db"
        shutil.copy(make_url(template).database or "", copy)
        yield f"sqlite+pysqlite:///{copy}"
    else:
        yield databases.take()
        databases.bring_back()


@pytest.fixture
def empty_database_url(dialect: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if dialect == "sqlite":
        yield f"sqlite+pysqlite:///{tmp_path / 'empty.db'}"
    else:
        with fresh_postgresql() as url:
            yield url


@pytest.fixture
def clock() -> Clock:
    """The application's clock: `clock.offset += timedelta(days=14)` moves it."""
    return Clock()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server; settings say whether letters go there."""
    with Mailbox() as listening:
        yield listening


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of the test's application: mail goes to files, at once, and retries come soon."""
    return load_settings(
        database_url=database_url,
        data_dir=tmp_path,
        base_url=BASE_URL,
        secret_key=SECRET,
        retry_base=0.001,
        mail_delay="PT0S",
        vapid_key=VAPID_KEY,
    )


@pytest.fixture
async def database(database_url: str, clock: Clock) -> AsyncIterator[Database]:
    """The test's database, started, with wiring's listeners; for tests below the doors."""
    opened = open_database(database_url, clock=clock, listeners=LISTENERS)
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture(scope="session")
def described() -> dict[str, Any]:
    """The API's description, once an application was asked for it: a second to make, and the same for all of them."""
    return {}


@pytest.fixture
async def app(settings: Settings, clock: Clock, described: dict[str, Any]) -> AsyncIterator[FastAPI]:
    """The application, started, without a worker: `jobs` runs what is queued when a test says so."""
    made = create_app(settings, clock=clock, worker=False)
    made.openapi_schema = described or None
    async with made.router.lifespan_context(made):
        yield made
    described |= made.openapi_schema or {}


@pytest.fixture
async def jobs(app: FastAPI, settings: Settings) -> Jobs:
    """Runs every due job, and those they enqueue, until the queue rests."""
    return Jobs(app, settings)


@pytest.fixture
async def browse(app: FastAPI) -> AsyncIterator[Callable[..., Awaitable[httpx.AsyncClient]]]:
    """Opens another client of the application; keywords go to httpx.AsyncClient.

    Who asks for the log gets it whole: on PostgreSQL an entry stands there a moment after it was committed.
    """

    async def wait_for_the_log(request: httpx.Request) -> None:
        if request.method == "GET" and request.url.path.startswith(("/api/v1/audit", "/mod/log")):
            await logged(app.state.database)

    async with AsyncExitStack() as stack:

        async def opened(**keywords: Any) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            hooks = {"request": [wait_for_the_log]}
            return await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url=BASE_URL, event_hooks=hooks, **keywords)
            )

        yield opened


@pytest.fixture
async def client(browse: Callable[..., Awaitable[httpx.AsyncClient]]) -> httpx.AsyncClient:
    """A guest."""
    return await browse()


def person(username: str, role: str, says: str) -> Any:
    """A fixture that brings one of the cast in, signed in."""

    async def bring(app: FastAPI, browse: Callable[..., Awaitable[httpx.AsyncClient]]) -> Person:
        return await enter(app, await browse(), username, role)

    bring.__doc__ = says
    return pytest.fixture(bring, name=username)


alice = person("alice", "member", "alice opens threads")
bob = person("bob", "member", "bob replies")
charlie = person("charlie", "member", "charlie is a stranger to the thread")
mona = person("mona", "moderator", "mona moderates")
ada = person("ada", "admin", "ada administers")
