"""What the tests of the whole API stand on: the stage, the document, and a live server in front of the application."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from service.app import create_app
from service.settings import Settings, load_settings
from service.web.heads import BoundedHead
from service.web.openapi import describe
from tests.api.openapi import Json
from tests.api.stage import Open, Stage, set_stage


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As everywhere, but without rate limits: these tests ask more often than anybody may."""
    return settings.model_copy(update={"rate_limits": "off"})


@pytest.fixture
async def stage(app: FastAPI, settings: Settings, browse: Open) -> Stage:
    """The cast, a thread and a reply."""
    return await set_stage(app, settings, browse)


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """The OpenAPI document; an application that is not started can already tell it."""
    return describe(create_app(load_settings(data_dir=tmp_path_factory.mktemp("document"))))


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[tuple[str, int]]:
    """Host and port of uvicorn serving the application under test, with the defaults that `parley serve` uses."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="critical", http=BoundedHead))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield host, port
    server.should_exit = True
    await serving


@pytest.fixture
async def over_the_wire(address: tuple[str, int], stage: Stage) -> AsyncIterator[Stage]:
    """The stage, every client of it speaking through a socket to the live server."""
    host, port = address
    kept = {name: person.client.cookies for name, person in stage.people.items()}
    clients = {
        name: httpx.AsyncClient(base_url=f"http://{host}:{port}", cookies=kept.get(name)) for name in ["guest", *kept]
    }
    stage.guest = clients["guest"]
    stage.people = {name: type(one)(one.id, one.username, clients[name]) for name, one in stage.people.items()}
    yield stage
    for client in clients.values():
        await client.aclose()
