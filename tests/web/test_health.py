"""`/healthz` and `/readyz`: what is ready, and what is said to be missing."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from service.kit.clock import now
from service.kit.database import Session, open_database
from service.kit.errors import NotReady
from service.kit.events import EVENT
from service.kit.mail_probe import MailProbe
from service.kit.mailer import SmtpMailer
from service.kit.queue.overview import beat
from service.web.health import look
from tests.conftest import BASE_URL
from tests.mailbox import Mailbox

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
        assert await database.read(look) == (None, False, False)
    finally:
        await database.stop()


async def test_what_is_wrong_beside_is_said_and_nobody_is_sent_away(
    app: FastAPI, client: httpx.AsyncClient, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await app.state.database.write(beat, "a worker")
    app.state.mail_probe = probe = MailProbe(SmtpMailer("smtp://127.0.0.1:1", BASE_URL))
    assert "mail" not in (await client.get("/readyz")).json(), "nobody waits for the mail server"
    await probe._asking  # type: ignore[misc]
    monkeypatch.setattr("service.web.health.LEAST_FREE", 2**80)
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["disk"]) == (200, "nearly full")
    assert answer.json()["mail"] == "the mail server does not answer as it should"
    await probe.stop()
    app.state.mail_probe = probe = MailProbe(SmtpMailer(box.url, BASE_URL))
    probe.problem()
    await probe._asking  # type: ignore[misc]
    assert probe.problem() == ""
    app.state.mail_probe = None


async def test_a_process_that_is_to_stop_sends_everybody_away(app: FastAPI, client: httpx.AsyncClient) -> None:
    await app.state.database.write(beat, "a worker")
    app.state.draining = True
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["process"]) == (503, "draining: it is about to stop")
    assert (await client.get("/")).status_code == 200, "who comes is answered to the end"


@pytest.mark.sqlite_only("on PostgreSQL the sequencer comes by and gives it one")
async def test_events_without_a_place_are_told(app: FastAPI, client: httpx.AsyncClient) -> None:
    def lose(session: Session) -> None:
        session.execute(insert(EVENT).values(
            kind="site.changed", schema_version=1, at=now(session) - timedelta(minutes=1), actor_role="system",
            subject_type="site", subject_id=1, audience="staff", data={},
        ))  # fmt: skip

    await app.state.database.write(lose)
    assert (await client.get("/readyz")).json()["events"].startswith("the log does not grow")
