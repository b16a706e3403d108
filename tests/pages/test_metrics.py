"""`/metrics`: true figures, in the format that Prometheus reads, and for nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from service.app import create_app, make_worker
from service.kit.clock import Clock
from service.kit.queue import enqueue
from service.settings import Settings, load_settings
from service.worker import Worker
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Browse = Callable[..., Awaitable[httpx.AsyncClient]]


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels but for the worker's name."""
    return {
        (each.name, frozenset((name, value) for name, value in each.labels.items() if name != "worker")): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def label(**labels: str) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Letters wait for ten minutes."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, mail_delay="PT10M"
    )


async def test_depth_age_and_outcome(app: FastAPI, ada: Person, bob: Person, jobs: Jobs, clock: Clock) -> None:
    await a_reply(bob, await a_thread(by=ada))
    await jobs()
    await app.state.database.write(enqueue, "closing.sweep", {})
    answer = await ada.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = samples(answer.text)
    assert found["parley_jobs", label(kind="closing.sweep", state="due")] == 1
    assert found["parley_jobs", label(kind="closing.sweep", state="dead")] == 0
    assert found["parley_job_oldest_seconds", label(kind="closing.sweep")] >= 0
    gathered = [value for (name, labels), value in found.items() if name == "parley_letters"]
    assert sum(gathered) == 1, "the letter about bob's reply waits"
    clock.offset += clock.offset.resolution * 3_600_000_000
    later = samples((await ada.get("/metrics")).text)
    assert later["parley_job_oldest_seconds", label(kind="closing.sweep")] >= 3600


async def test_a_living_worker_counts_what_it_ends(app: FastAPI, ada: Person, settings: Settings) -> None:
    worker = make_worker(settings, app.state.database)
    await app.state.database.write(enqueue, "accounts.forget_ended", {})
    await worker.start()
    try:
        found = await counted(app, ada, worker)
        assert found["parley_workers", frozenset()] >= 1
        ended = {labels: value for (name, labels), value in found.items() if name == "parley_job_attempts_total"}
        assert sum(ended.values()) >= 1
        assert {dict(labels)["outcome"] for labels in ended} == {"done"}
    finally:
        await worker.stop()


async def counted(app: FastAPI, ada: Person, worker: Worker) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """The samples, once the worker has ended something."""
    async with asyncio.timeout(60):
        while True:
            await app.state.database.write(worker.beat)
            found = samples((await ada.get("/metrics")).text)
            if any(name == "parley_job_attempts_total" for name, _ in found):
                return found
            await asyncio.sleep(0.05)


async def test_nobody_else_may_read_it(client: httpx.AsyncClient, bob: Person, mona: Person) -> None:
    for reader in (client, bob.client, mona.client):
        answer = await reader.get("/metrics")
        assert answer.status_code == 404
        assert "parley_jobs" not in answer.text


async def test_a_named_network_may_but_not_through_a_proxy(database_url: str, tmp_path: Path) -> None:
    settings = load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, metrics_allow="10.1.0.0/16"
    )
    made = create_app(settings, worker=False)
    async with made.router.lifespan_context(made):
        for address, headers, expected in (
            ("10.1.2.3", {}, 200),
            ("10.2.2.3", {}, 404),
            ("10.1.2.3", {"X-Forwarded-For": "10.1.2.3"}, 404),
            ("10.1.2.3", {"Forwarded": "for=10.1.2.3"}, 404),
        ):
            transport = httpx.ASGITransport(made, client=(address, 5000))
            async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as peer:
                assert (await peer.get("/metrics", headers=headers)).status_code == expected
