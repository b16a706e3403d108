"""Letters on their way to a real SMTP server: refusals, retries, deaths and slow servers."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from service.app import make_worker
from service.kit.clock import Clock
from service.kit.mailer import Mail, MailFailed
from service.kit.outgoing import Outgoing
from service.kit.queue import dead_jobs, revive
from service.notifications.jobs import RETRIES
from service.notifications.models import Delivery, Letter
from service.settings import Settings, load_settings
from service.wiring import JOBS
from service.worker import Worker
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox, words
from tests.working import Jobs

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    """Mail goes to the box."""
    return load_settings(
        database_url=database_url,
        data_dir=tmp_path,
        base_url=BASE_URL,
        secret_key=SECRET,
        smtp_url=box.url,
        mail_delay="PT0S",
    )


async def sent_letters(app: FastAPI) -> list[Letter]:
    def work(session: Any) -> list[Letter]:
        return list(session.exec(select(Letter).order_by(col(Letter.id))))

    found: list[Letter] = await app.state.database.read(work)
    return found


async def deliveries(app: FastAPI) -> list[tuple[str, str]]:
    """How each thing that was to be told by mail ended, and the last word."""

    def work(session: Any) -> list[tuple[str, str]]:
        return [(row.state, row.answer) for row in session.exec(select(Delivery).order_by(col(Delivery.id)))]

    found: list[tuple[str, str]] = await app.state.database.read(work)
    return found


async def test_a_letter_is_handed_over_once(alice: Person, bob: Person, box: Mailbox, app: FastAPI, jobs: Jobs) -> None:
    await a_reply(bob, await a_thread(by=alice), body="Hello")
    await jobs()
    await jobs()
    assert box.recipients == ["alice@example.org"]
    assert "> Hello" in words(box.taken[0])
    (letter,) = await sent_letters(app)
    assert (letter.state, letter.attempts, letter.answer) == ("sent", 1, "OK, queued as 7")
    assert await deliveries(app) == [("sent", "OK, queued as 7")]
    assert letter.message_id == box.taken[0]["Message-ID"]
    assert letter.ended_at is not None


@pytest.mark.parametrize("stage", ["rcpt", "text"])
async def test_a_refusal_for_good_is_not_tried_again(
    alice: Person, bob: Person, box: Mailbox, app: FastAPI, jobs: Jobs, clock: Clock, stage: str
) -> None:
    setattr(box, stage, "550 no such mailbox")
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    setattr(box, stage, "250 OK")
    clock.offset += timedelta(days=1)
    await jobs()
    assert box.taken == []
    (letter,) = await sent_letters(app)
    assert (letter.state, letter.attempts, letter.answer) == ("failed", 1, "550 no such mailbox")
    assert await deliveries(app) == [("failed", "550 no such mailbox")]
    assert await app.state.database.read(dead_jobs) == []


async def test_a_refusal_for_now_is_tried_again_on_schedule_with_the_same_id(
    alice: Person, bob: Person, box: Mailbox, app: FastAPI, jobs: Jobs, clock: Clock
) -> None:
    box.text = "451 try later"
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    (first,) = await sent_letters(app)
    assert (first.state, first.attempts, first.answer) == ("waiting", 1, "451 try later")
    clock.offset += timedelta(seconds=25)
    await jobs()
    assert box.asked == 1
    clock.offset += timedelta(seconds=6)
    await jobs()
    assert box.asked == 2
    box.text = "250 taken at last"
    clock.offset += timedelta(seconds=121)
    await jobs()
    (letter,) = await sent_letters(app)
    assert (letter.state, letter.attempts, letter.answer) == ("sent", 3, "taken at last")
    assert [message["Message-ID"] for message in box.taken] == [first.message_id]


async def test_after_the_last_attempt_a_letter_is_dead_and_seen(
    alice: Person, bob: Person, box: Mailbox, app: FastAPI, jobs: Jobs, clock: Clock
) -> None:
    box.text = "451 try later"
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    for seconds in RETRIES:
        clock.offset += timedelta(seconds=seconds + 1)
        await jobs()
    assert box.asked == 6
    (letter,) = await sent_letters(app)
    assert (letter.state, letter.attempts, letter.answer) == ("dead", 6, "451 try later")
    assert await deliveries(app) == [("dead", "451 try later")]
    (dead,) = await app.state.database.read(dead_jobs)
    assert dead.kind == "notifications.deliver"
    assert "alice" not in (dead.last_error or "")

    box.text = "250 taken after all"
    assert await app.state.database.write(revive, dead.id)
    await jobs()
    (letter,) = await sent_letters(app)
    assert (letter.state, letter.attempts, letter.answer) == ("sent", 7, "taken after all")
    assert await deliveries(app) == [("sent", "taken after all")]
    assert [message["Message-ID"] for message in box.taken] == [letter.message_id]


class Slow:
    """A mailer that takes a letter only when it is let; `began` is set once it holds one."""

    def __init__(self) -> None:
        self.began, self.let = asyncio.Event(), asyncio.Event()
        self.sent: list[Mail] = []

    async def send(self, mail: Mail) -> str:
        self.began.set()
        await self.let.wait()
        self.sent.append(mail)
        return "slowly"


async def test_a_slow_server_holds_nobody_up(alice: Person, bob: Person, app: FastAPI) -> None:
    """No transaction is open while a letter is on its way: another person's reply is stored meanwhile."""
    slow = Slow()
    worker = Worker(app.state.database, JOBS, (), Outgoing(slow, BASE_URL, timedelta(0), SECRET), poll=0.05)
    thread = await a_thread(by=alice)
    await worker.start()
    try:
        await a_reply(bob, thread)
        await asyncio.wait_for(slow.began.wait(), 10)
        began = time.monotonic()
        await a_reply(alice, thread)
        assert time.monotonic() - began < 2
        assert [each.state for each in await sent_letters(app)][:1] == ["sending"]
        slow.let.set()
        async with asyncio.timeout(10):
            while len(slow.sent) < 2:
                await asyncio.sleep(0.02)
    finally:
        await worker.stop()
    assert {mail.to for mail in slow.sent} == {"alice@example.org", "bob@example.org"}


class Dying:
    """A mailer whose process dies with the letter handed over and nothing recorded; the next one lives."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def send(self, mail: Mail) -> str:
        self.ids.append(mail.message_id)
        if len(self.ids) == 1:
            raise asyncio.CancelledError
        return "taken"


async def test_a_worker_that_dies_after_the_hand_over_repeats_the_letter_with_its_id(
    alice: Person, bob: Person, app: FastAPI, clock: Clock
) -> None:
    dying = Dying()

    async def at_work(until: int) -> None:
        worker = Worker(app.state.database, JOBS, (), Outgoing(dying, BASE_URL, timedelta(0), SECRET), poll=0.05)
        await worker.start()
        try:
            async with asyncio.timeout(10):
                while len(dying.ids) < until:
                    await asyncio.sleep(0.02)
        finally:
            await worker.stop()

    await a_reply(bob, await a_thread(by=alice))
    await at_work(1)
    assert [each.state for each in await sent_letters(app)] == ["sending"]
    clock.offset += timedelta(seconds=61)
    await at_work(2)
    assert dying.ids == [dying.ids[0]] * 2
    (letter,) = await sent_letters(app)
    assert (letter.state, letter.attempts) == ("sent", 2)


class Broken:
    """A mailer that fails for now."""

    async def send(self, mail: Mail) -> str:
        raise MailFailed("421 alice@example.org is over quota")


async def test_the_servers_words_stay_with_the_delivery_and_out_of_the_log(
    alice: Person, bob: Person, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(app.state.database, JOBS, (), Outgoing(Broken(), BASE_URL, timedelta(0), SECRET), poll=0.05)
    await worker.start()
    try:
        await a_reply(bob, await a_thread(by=alice))
        async with asyncio.timeout(10):
            while [each.answer for each in await sent_letters(app)] != ["421 alice@example.org is over quota"]:
                await asyncio.sleep(0.02)
    finally:
        await worker.stop()
    assert "alice@example.org" not in caplog.text


async def test_two_workers_send_a_letter_once(
    alice: Person, bob: Person, box: Mailbox, app: FastAPI, settings: Settings
) -> None:
    workers = [make_worker(settings, app.state.database) for _ in range(2)]
    for worker in workers:
        await worker.start()
    try:
        thread = await a_thread(by=alice)
        for _ in range(10):
            await a_reply(bob, thread)
        async with asyncio.timeout(20):
            while [each.state for each in await sent_letters(app)] != ["sent"] * 10:
                await asyncio.sleep(0.05)
    finally:
        for worker in workers:
            await worker.stop()
    assert box.asked == 10
    assert len({message["Message-ID"] for message in box.taken}) == 10
