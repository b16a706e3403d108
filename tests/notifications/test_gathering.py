"""News that gather in letters: one per thread and window, races between who joins and who seals, on both databases."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import Session, col, select

from service.app import make_worker
from service.kit.clock import Clock
from service.kit.database import Database
from service.kit.queue.tables import Job
from service.notifications.models import Delivery, Letter
from service.notifications.operations.gathering import Envelope, letters_for
from service.notifications.operations.sending import take_letter
from service.notifications.operations.telling import NOTIFY, tell_chunk
from service.notifications.policy.timing import Due, MailTimes, next_digest
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox, letters, words
from tests.working import Jobs

pytestmark = pytest.mark.anyio
TEN = timedelta(minutes=10)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Mail waits ten minutes, as it does where nobody says otherwise."""
    return load_settings(database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET)


@pytest.fixture
def later(jobs: Jobs, clock: Clock) -> Callable[..., Awaitable[None]]:
    """Tells, waits, and sends."""

    async def go(wait: timedelta = TEN) -> None:
        await jobs()
        clock.offset += wait
        await jobs()

    return go


async def test_a_threads_replies_travel_together_in_order(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs, later: Callable[..., Awaitable[None]], clock: Clock,
    tmp_path: Path,
) -> None:  # fmt: skip
    """One letter ten minutes after the first of them, with every text as it is then; one more for what comes after."""
    thread = await a_thread(by=alice)
    first = await a_reply(bob, thread, body="The frist")
    await jobs()
    clock.offset += timedelta(minutes=9)
    await a_reply(charlie, thread, body="The second, @alice")
    await jobs()
    assert letters(tmp_path) == []
    await bob.patch(f"/api/v1/replies/{first['id']}", {"body": "The first"})
    await later(timedelta(minutes=1))
    (letter,) = [letter for letter in letters(tmp_path) if letter["To"] == alice.email]
    text = words(letter)
    assert text.startswith("2 new replies in\n“What the amnesty left out”\n\n#1 · bob replied · ")
    assert (
        text.index("> The first\n") < text.index("#2 · charlie mentioned you · ") < text.index("> The second, @alice")
    )
    for number in (1, 2):
        assert f"\n{BASE_URL}{thread['url']}#reply-{number}\n" in text
    assert "because you are mentioned." in text
    assert (letter["Subject"], letter["From"]) == ("Re: What the amnesty left out", "Parley <parley@forum.example>")
    await a_reply(bob, thread, body="The third")
    await later()
    assert len([letter for letter in letters(tmp_path) if letter["To"] == alice.email]) == 2


async def test_of_many_replies_twenty_are_shown_and_the_rest_counted(
    alice: Person, bob: Person, later: Callable[..., Awaitable[None]], app: FastAPI, tmp_path: Path
) -> None:
    thread = await a_thread(by=alice)
    for number in range(23):
        await a_reply(bob, thread, body=f"Reply {number + 1} of many. " + "word " * 700)
    await later()
    (letter,) = [letter for letter in letters(tmp_path) if letter["To"] == alice.email]
    for part in ("plain", "html"):
        text = words(letter, part)
        assert "23 new replies in" in text
        assert ("Reply 20 of many" in text, "Reply 21 of many" in text) == (True, False)
        assert "And 3 more on the site." in text
        assert len(text) < 90_000
    assert await states(app, Delivery) == ["sent"] * 23


async def test_what_is_not_wanted_any_more_is_left_out_and_the_rest_is_sent(
    alice: Person, bob: Person, jobs: Jobs, later: Callable[..., Awaitable[None]], app: FastAPI, tmp_path: Path
) -> None:
    thread = await a_thread(by=alice)
    replies = [await a_reply(bob, thread, body=f"Reply {number}") for number in (1, 2, 3)]
    await jobs()
    notices = (await alice.get("/api/v1/notifications")).json()["items"]
    await alice.post("/api/v1/notifications/read", {"ids": [notices[0]["id"]]})
    await bob.delete(f"/api/v1/replies/{replies[0]['id']}")
    await later()
    (letter,) = letters(tmp_path)
    assert words(letter).startswith("bob replied to\n“What the amnesty left out”\n\n#2 · ")
    assert "Reply 1" not in words(letter) + words(letter, "html")
    assert sorted(await states(app, Delivery)) == ["sent", "skipped", "skipped"]


async def states(app: FastAPI, kind: Any) -> list[str]:
    def work(session: Session) -> list[str]:
        return [row.state for row in session.exec(select(kind).order_by(col(kind.id)))]

    found: list[str] = await app.state.database.read(work)
    return found


def pause(session: Session) -> None:
    """Keep the transaction open for a while, where others may work meanwhile."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_sleep(0.5)"))


async def half_told(database: Database, by: Person, thread: dict[str, Any], jobs: Jobs) -> tuple[int, int]:
    """A letter that gathers one reply, and the event of a second, of which nobody has been told yet."""
    await a_reply(by, thread)
    await jobs()
    await a_reply(by, thread)

    def work(session: Session) -> tuple[int, int]:
        told = session.exec(select(Letter).where(col(Letter.gather) != "")).one()
        waiting = session.exec(select(Job).where(col(Job.kind) == NOTIFY)).one()
        return told.id or 0, waiting.payload["event"]

    found: tuple[int, int] = await database.read(work)
    return found


def tell(session: Session, event_id: int, *, slowly: bool = False) -> None:
    tell_chunk(session, event_id, 0, delay=TEN, domain="forum.example")
    if slowly:
        pause(session)


def seal(session: Session, letter_id: int, *, slowly: bool = False) -> int:
    """Claim the letter; how much it tells."""
    taken = take_letter(session, letter_id, "a fence", delay=TEN)
    if slowly:
        pause(session)
    return len(taken.items) if taken else 0


async def places(database: Database) -> list[int]:
    """The letter of each delivery."""
    found: list[int] = await database.read(
        lambda session: [row.letter_id or 0 for row in session.exec(select(Delivery).order_by(col(Delivery.id)))]
    )
    return found


async def test_who_seals_a_letter_waits_for_who_joins_it(alice: Person, bob: Person, app: FastAPI, jobs: Jobs) -> None:
    database = app.state.database
    letter_id, event_id = await half_told(database, bob, await a_thread(by=alice), jobs)
    telling = asyncio.create_task(database.write(tell, event_id, slowly=True))
    await asyncio.sleep(0.2)
    sealed = await database.write(seal, letter_id)
    await telling
    assert sealed == 2
    assert await places(database) == [letter_id, letter_id]


async def test_who_joins_a_letter_that_is_being_sealed_begins_another(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs
) -> None:
    database = app.state.database
    letter_id, event_id = await half_told(database, bob, await a_thread(by=alice), jobs)
    sealing = asyncio.create_task(database.write(seal, letter_id, slowly=True))
    await asyncio.sleep(0.2)
    await database.write(tell, event_id)
    assert await sealing == 1
    first, second = await places(database)
    assert (first, second != letter_id) == (letter_id, True)
    assert await states(app, Letter) == ["sending", "gathering"]


async def test_news_at_once_make_one_letter(alice: Person, app: FastAPI, clock: Clock) -> None:
    due = Due("thread", "thread:7", clock.now() + TEN)

    def work(session: Session) -> int:
        return letters_for(session, Envelope("test", "forum.example"), {alice.id: due}, {})[alice.id]

    found = await asyncio.gather(*(app.state.database.write(work) for _ in range(12)))
    assert len(set(found)) == 1
    assert await states(app, Letter) == ["gathering"]


async def test_of_a_period_there_is_one_digest_and_news_after_it_are_for_the_next(
    alice: Person, app: FastAPI, clock: Clock
) -> None:
    """Also where many find at once that the period's digest has been sealed."""
    now, times = clock.now(), {alice.id: MailTimes(TEN, digest="daily")}
    due = next_digest(times[alice.id], now)

    def work(session: Session) -> int:
        return letters_for(session, Envelope("test", "forum.example"), {alice.id: due}, times)[alice.id]

    first = await app.state.database.write(work)
    await app.state.database.write(
        lambda session: session.connection().execute(text("UPDATE letter SET state = 'skipped'")) and None
    )
    found = await asyncio.gather(*(app.state.database.write(work) for _ in range(12)))
    assert len(set(found)) == 1
    assert first not in found
    gathers = await app.state.database.read(lambda session: [each.gather for each in session.exec(select(Letter))])
    assert gathers == [due.gather, next_digest(times[alice.id], due.period or now).gather]


async def test_while_two_workers_send_no_reply_is_lost_or_told_twice(
    alice: Person, bob: Person, database_url: str, tmp_path: Path, app: FastAPI, box: Mailbox
) -> None:
    """Letters that are sealed while others join them, as fast as it goes."""
    hasty = load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, mail_delay="PT0.05S",
        smtp_url=box.url,
    )  # fmt: skip
    thread = await a_thread(by=alice)
    workers = [make_worker(hasty, app.state.database) for _ in range(2)]
    for worker in workers:
        await worker.start()
    try:
        for start in range(0, 20, 2):
            await asyncio.gather(*(a_reply(bob, thread, body=f"Reply [{start + each}]") for each in range(2)))
            await asyncio.sleep(0.03)
        async with asyncio.timeout(60):
            while await states(app, Delivery) != ["sent"] * 20:
                await asyncio.sleep(0.05)
    finally:
        for worker in workers:
            await worker.stop()
    told = [found for letter in box.taken for found in re.findall(r"Reply \[(\d+)\]", words(letter))]
    assert sorted(map(int, told)) == list(range(20))  # as many as one letter shows
    assert len({letter["Message-ID"] for letter in box.taken}) == len(box.taken) < 20
