"""`/healthz` and `/readyz`: what is ready, and what is said to be missing."""

import httpx
import pytest
from fastapi import FastAPI

from service.kit.database import open_database
from service.kit.errors import NotReady
from service.kit.queue.overview import beat
from service.web.health import look

pytestmark = pytest.mark.anyio


async def test_alive_says_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_ready_is_who_has_a_database_its_newest_schema_and_a_worker(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["worker"] == "no worker has been seen lately"
    await app.state.database.write(beat, "a worker")
    ready = {"database": "ok", "migrations": "ok", "worker": "ok", "rate_limits": "on"}
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, ready)
    app.state.newest = "9999"
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "want 9999" in answer.json()["migrations"]


async def test_a_database_that_stores_nothing_is_not_ready(
    app: FastAPI, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise NotReady

    database = app.state.database
    await database.write(beat, "a worker")
    with monkeypatch.context() as patch:
        patch.setattr("service.web.health.spend", full)
        with pytest.raises(NotReady):
            await database.write(full)
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["database"] == "can be read, but stores nothing"
    assert (await client.get("/readyz")).status_code == 200
    assert database.storing.works


async def test_a_database_without_tables_is_not_ready_instead_of_failing(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    await database.start()
    try:
        assert await database.read(look) == (None, False)
    finally:
        await database.stop()
