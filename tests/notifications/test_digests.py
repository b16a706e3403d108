"""Digests and the summaries of quiet hours: when they come, what they say, and that a period has one."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import Session, col, select

from service.accounts.models import SignedIn
from service.app import make_worker
from service.kit.clock import Clock
from service.notifications.models import Delivery, Letter
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox, words
from tests.working import Jobs

pytestmark = pytest.mark.anyio
PREFERENCES = "/api/v1/me/notification-preferences"
QUIET = {"from": "22:00", "until": "07:00"}


@pytest.fixture
def settings(database_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    """Mail waits ten minutes, as it does where nobody says otherwise, and goes to the box."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, smtp_url=box.url
    )


@pytest.fixture
def noon(clock: Clock) -> datetime:
    """The clock stands at noon (UTC), on a Wednesday."""
    start = datetime.now(UTC)
    noon = start.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1 + (1 - start.weekday()) % 7)
    clock.offset = noon - datetime.now(UTC)
    return noon


async def prefers(person: Person, **wishes: Any) -> None:
    answer = await person.patch(PREFERENCES, wishes)
    assert answer.status_code == 200, answer.text


async def rows(app: FastAPI, kind: Any) -> list[Any]:
    def work(session: Session) -> list[Any]:
        return list(session.exec(select(kind).order_by(col(kind.id))))

    found: list[Any] = await app.state.database.read(work)
    return found


async def test_a_daily_digest_gathers_all_threads_and_leaves_what_is_personal_to_itself(
    alice: Person, bob: Person, noon: datetime, clock: Clock, jobs: Jobs, box: Mailbox, app: FastAPI
) -> None:
    await prefers(alice, digest="daily", digest_hour=18, time_zone="UTC")
    first, second = await a_thread(by=alice, title="The first <one>"), await a_thread(by=alice, title="The second")
    for number in range(5):
        await a_reply(bob, first, body=f"Reply *{number}*")
    await a_reply(bob, second, body="Another")
    await a_reply(bob, second, body="For you, @alice")
    await jobs()
    clock.offset += timedelta(minutes=11)
    await jobs()
    assert [letter["Subject"] for letter in box.taken] == ["Re: The second"]
    assert "For you, @alice" in words(box.taken[0])
    clock.offset += timedelta(hours=5, minutes=50)
    await jobs()
    (_, digest) = box.taken
    assert digest["Subject"] == "Your day at Parley: The second and 1 other thread"
    assert (digest["In-Reply-To"], digest["Auto-Submitted"]) == (None, "auto-generated")
    text, html = words(digest), words(digest, "html")
    assert text.startswith("Your day at Parley\n6 pieces of news in 2 threads\n\n“The second”\n")
    assert "For you" not in text
    assert ("Reply 1" in text, "  Reply 2\n" in text, "  Reply 4\n" in text) == (False, True, True)
    assert f"All 5 pieces of news of this thread: {BASE_URL}{first['url']}#reply-1\n" in text
    assert "The first &lt;one&gt;" in html
    assert {each.state for each in await rows(app, Delivery)} == {"sent"}
    clock.offset += timedelta(days=1)
    await jobs()
    assert len(box.taken) == 2


async def test_a_digest_with_nothing_left_is_not_sent(
    alice: Person, bob: Person, noon: datetime, clock: Clock, jobs: Jobs, box: Mailbox, app: FastAPI
) -> None:
    await prefers(alice, digest="weekly", digest_weekday="friday", digest_hour=8)
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    await alice.post("/api/v1/notifications/read", {"all": True})
    clock.offset += timedelta(days=2)
    await jobs()
    assert box.taken == []
    (letter,) = await rows(app, Letter)
    assert (letter.kind, letter.state, letter.answer) == ("digest", "skipped", "read on the site")
    assert letter.due_at.weekday() == 4


async def test_who_was_not_seen_for_half_a_year_gets_no_digest(
    alice: Person, bob: Person, noon: datetime, clock: Clock, jobs: Jobs, box: Mailbox, app: FastAPI
) -> None:
    await prefers(alice, digest="daily", digest_hour=18)
    thread = await a_thread(by=alice)
    for days, sent in ((150, 1), (181, 1)):
        clock.offset += timedelta(days=days)
        await app.state.database.write(_bobs_session_lives)  # bob is the second account
        await a_reply(bob, thread)
        await jobs()
        clock.offset += timedelta(days=1)
        await jobs()
        assert len(box.taken) == sent
    assert (await rows(app, Letter))[-1].answer == "nobody has seen them for half a year"


def _bobs_session_lives(session: Session) -> None:
    far = datetime(2200, 1, 1, tzinfo=UTC)
    session.execute(update(SignedIn).where(col(SignedIn.account_id) == 2).values(expires_at=far))


async def test_two_workers_send_one_digest_also_when_the_first_dies(
    alice: Person, bob: Person, noon: datetime, clock: Clock, jobs: Jobs, box: Mailbox, app: FastAPI, settings: Settings
) -> None:
    await prefers(alice, digest="daily", digest_hour=18)
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    box.text = "451 not now"
    clock.offset += timedelta(hours=7)
    await jobs()
    (letter,) = await rows(app, Letter)
    assert (letter.state, letter.attempts) == ("waiting", 1)
    await a_reply(bob, await a_thread(by=alice))
    box.text = "250 OK"
    clock.offset += timedelta(seconds=31)
    workers = [make_worker(settings, app.state.database) for _ in range(2)]
    for worker in workers:
        await worker.start()
    try:
        async with asyncio.timeout(60):
            while [each.state for each in await rows(app, Letter)] != ["sent", "gathering"]:
                await asyncio.sleep(0.05)
    finally:
        for worker in workers:
            await worker.stop()
    assert [each["Message-ID"] for each in box.taken] == [letter.message_id]
    today, tomorrow = await rows(app, Letter)
    assert (today.gather, tomorrow.gather) == (
        f"digest:daily:{noon:%Y-%m-%d}",
        f"digest:daily:{noon + timedelta(days=1):%Y-%m-%d}",
    )


async def test_quiet_hours_end_with_one_summary(
    alice: Person, bob: Person, noon: datetime, clock: Clock, jobs: Jobs, box: Mailbox, app: FastAPI
) -> None:
    await prefers(alice, quiet_hours=QUIET, time_zone="UTC")
    thread, other = await a_thread(by=alice), await a_thread(by=alice, title="The other")
    clock.offset += timedelta(hours=9, minutes=55)
    await a_reply(bob, thread, body="Before ten, for @alice")
    await jobs()
    clock.offset += timedelta(hours=3)
    await a_reply(bob, other, body="After midnight")
    await jobs()
    assert box.taken == []
    clock.offset += timedelta(hours=6, minutes=4)
    await jobs()
    assert box.taken == []
    clock.offset += timedelta(minutes=1)
    await jobs()
    (summary,) = box.taken
    assert summary["Subject"] == "While it was quiet at Parley: The other and 1 other thread"
    assert "bob mentioned you · " in words(summary)
    assert "After midnight" in words(summary, "html")
    assert "told you nothing during your quiet hours" in words(summary)


async def test_a_letter_that_comes_due_in_quiet_hours_is_put_off_and_no_attempt_counts(
    alice: Person, bob: Person, noon: datetime, clock: Clock, jobs: Jobs, box: Mailbox, app: FastAPI
) -> None:
    """Because it is tried again, or because the person has only now chosen quiet hours."""
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    await prefers(alice, quiet_hours={"from": "12:05", "until": "13:30"}, time_zone="UTC")
    clock.offset += timedelta(minutes=11)
    await jobs()
    (letter,) = await rows(app, Letter)
    assert (box.taken, letter.state, letter.attempts) == ([], "waiting", 0)
    assert letter.due_at == noon.replace(hour=13, minute=30)
    clock.offset += timedelta(minutes=80)
    await jobs()
    assert len(box.taken) == 1
    assert [(each.state, each.attempts) for each in await rows(app, Letter)] == [("sent", 1)]
