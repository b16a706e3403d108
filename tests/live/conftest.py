"""What the tests of streams stand on: a real server, because no test client can hold an answer open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import uvicorn
from fastapi import FastAPI

from service.cli import Site
from service.web.heads import BoundedHead
from tests.live.listening import Listen, Listener


@pytest.fixture
async def port(app: FastAPI) -> AsyncIterator[int]:
    """The application behind the server that `parley serve` uses."""
    config = uvicorn.Config(
        app, port=0, lifespan="off", log_level="error", access_log=False, http=BoundedHead, timeout_graceful_shutdown=30
    )
    server = Site(config, app.state)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


@pytest.fixture
async def listen(port: int) -> AsyncIterator[Listen]:
    """Opens streams; the arguments are those of `Listener.open`."""
    async with AsyncExitStack() as stack:

        async def opened(*args: object, **named: object) -> Listener:
            return await stack.enter_async_context(await Listener.open(port, *args, **named))  # type: ignore[arg-type]

        yield opened
