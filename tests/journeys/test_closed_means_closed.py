"""Two hundred people post while a thread closes, over two processes, with no worker anywhere: closed means closed.

Whatever the moment, each reply that was accepted is from before the closing, each 201 is stored, each refusal is a
409 that says since when, and whoever posted after the closing was known was refused.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from service.kit.actor import Actor
from service.kit.database import Session, open_database
from service.kit.errors import Problem
from service.replies.operations import Drafted, post_reply
from service.threads.operations import write_text
from service.threads.queries import lock_thread
from tests.build import a_thread
from tests.cast import Person, bring_in
from tests.crash.clients import expect
from tests.crash.processes import Site

pytestmark = pytest.mark.anyio

POSTERS = 200
ENOUGH = 150
PATIENCE = 60.0  # seconds; a poster that was never refused by then has found the thread open for too long


@dataclass
class Answers:
    """What the posters were told: (when they asked, the answer)."""

    accepted: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    refused: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


@dataclass
class Forum:
    """Two processes over one database, the posters' cookies, and a moderator's."""

    site: Site
    client: httpx.AsyncClient
    posters: Sequence[str]
    moderator: str

    def path(self, number: int, rest: str) -> str:
        """An address at one of the processes."""
        return f"{self.site.addresses[number % 2]}/api/v1{rest}"

    async def as_moderator(self, method: str, rest: str, body: Any, status: int = 200) -> dict[str, Any]:
        """A moderator's deed, tried again while the site is too busy."""
        headers = {"Cookie": f"parley={self.moderator}"}
        while (
            answer := await self.client.request(method, self.path(0, rest), json=body, headers=headers)
        ).status_code == 503:
            await asyncio.sleep(0.1)
        return expect(answer, status)


@pytest.fixture
async def forum(database_url: str, tmp_path: Path) -> AsyncIterator[Forum]:
    """The forum; nothing in it works in the background."""
    site = Site(tmp_path / "site", database_url, serves=2, works=0, serve_with="tests.journeys.without_worker")
    database = open_database(database_url)
    await database.start()
    # A connection for each request: one kept alive may be closed by the server just as it is used again.
    limits = httpx.Limits(max_connections=POSTERS + 2, max_keepalive_connections=0)
    try:
        await site.start()
        posters = await database.write(come, [f"poster{number}" for number in range(POSTERS)], "member")
        (moderator,) = await database.write(come, ["mona"], "moderator")
        async with httpx.AsyncClient(timeout=PATIENCE, limits=limits) as client:
            yield Forum(site, client, posters, moderator)
        assert await database.read(worked) == 0, "no worker did anything meanwhile"
    finally:
        site.end()
        await database.stop()


def come(session: Session, usernames: list[str], role: str) -> list[str]:
    """Accounts with a session each; gives their cookies."""
    return [bring_in(session, username, role)[1] for username in usernames]


def worked(session: Session) -> int:
    """How many jobs were ever begun, and workers seen."""
    begun = session.execute(text("SELECT count(*) FROM job WHERE attempts > 0")).scalar_one()
    return int(begun) + int(session.execute(text("SELECT count(*) FROM worker_heartbeat")).scalar_one())


async def post_until_refused(forum: Forum, number: int, thread_id: int, answers: Answers) -> None:
    """One poster, who goes on until told that the thread is closed."""
    headers = {"Cookie": f"parley={forum.posters[number]}"}
    path = forum.path(number, f"/threads/{thread_id}/replies")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        asked = datetime.now(UTC)
        said = {"body": f"I, number {number}, say so at {asked}."}
        answer = await forum.client.post(path, json=said, headers=headers)
        if answer.status_code == 201:
            answers.accepted.append((asked, answer.json()))
        elif answer.status_code == 409:
            answers.refused.append((asked, answer.json()))
            return
        elif answer.status_code != 503:  # "try again": on PostgreSQL a queue of 200 for one row may exceed lock_timeout
            answers.strange.append(f"{answer.status_code} {answer.text[:200]}")
            return
    answers.strange.append("never refused")


async def everybody_posts(
    forum: Forum, thread_id: int, close: Callable[[Answers], Awaitable[datetime]]
) -> tuple[Answers, datetime]:
    """All posters at once, with `close(answers)` among them; gives the answers, and when the closing was known."""
    answers = Answers()
    posting = [asyncio.create_task(post_until_refused(forum, n, thread_id, answers)) for n in range(POSTERS)]
    known = await close(answers)
    await asyncio.gather(*posting)
    return answers, known


async def stored_in(forum: Forum, thread_id: int) -> list[dict[str, Any]]:
    """All replies of the thread, page after page."""
    stored: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = expect(await forum.client.get(forum.path(1, f"/threads/{thread_id}/replies?limit=100{more}")), 200)
        stored, cursor = stored + page["items"], page["next"]
    return stored


async def check(forum: Forum, thread_id: int, closed_at: datetime, known: datetime, answers: Answers) -> None:
    """Nothing was accepted that the law forbids, nothing refused that was stored, nothing stored that was not said."""
    assert answers.strange == []
    assert len(answers.refused) == POSTERS
    assert len(answers.accepted) > 0, "some came before the closing"
    stored = await stored_in(forum, thread_id)
    by_law = {problem["reason"] for _, problem in answers.refused} == {"replies"}  # the last one closes in its moment
    before = stored[:-1] if by_law else stored
    late = [each["created_at"] for each in before if datetime.fromisoformat(each["created_at"]) >= closed_at]
    assert late == [], f"stored at or after {closed_at}"
    assert sorted(each["id"] for each in stored) == sorted(each["id"] for _, each in answers.accepted)
    assert [each["number"] for each in stored] == list(range(1, len(stored) + 1))
    assert [asked for asked, _ in answers.accepted if asked > known] == [], "posted when the closing was known"
    assert {problem["code"] for _, problem in answers.refused} == {"thread-closed"}
    assert {datetime.fromisoformat(problem["closed_at"]) for _, problem in answers.refused} == {closed_at}


async def test_two_hundred_posters_against_a_moderator(forum: Forum) -> None:
    thread = await forum.as_moderator("POST", "/threads", {"title": "Open", "body": "For now."}, 201)

    async def close(answers: Answers) -> datetime:
        async with asyncio.timeout(PATIENCE):
            while len(answers.accepted) < POSTERS // 2:  # in the middle of the crowd
                await asyncio.sleep(0.01)
        closed.append(await forum.as_moderator("PUT", f"/threads/{thread['id']}/closure", {"reason": "Enough."}))
        return datetime.now(UTC)

    closed: list[dict[str, Any]] = []
    answers, known = await everybody_posts(forum, thread["id"], close)
    closed_at = datetime.fromisoformat(closed[0]["closed_at"])
    await check(forum, thread["id"], closed_at, known, answers)
    assert {problem["reason"] for _, problem in answers.refused} == {"manual"}


async def test_two_hundred_posters_against_a_deadline(forum: Forum) -> None:
    for seconds in (4, 12, 36):  # on a busy machine the crowd's first answer may come after a short deadline
        deadline = datetime.now(UTC) + timedelta(seconds=seconds)
        opening = {"title": "Open", "body": "For now.", "closing": {"closes_at": deadline.isoformat()}}
        thread = await forum.as_moderator("POST", "/threads", opening, 201)
        answers, known = await everybody_posts(forum, thread["id"], known_to_be(deadline))
        if answers.accepted:
            break
    await check(forum, thread["id"], deadline, known, answers)
    assert {problem["reason"] for _, problem in answers.refused} == {"scheduled"}


async def test_two_hundred_posters_against_the_number_of_replies(forum: Forum) -> None:
    opening = {"title": "Open", "body": "For now.", "closing": {"close_after_replies": ENOUGH}}
    thread = await forum.as_moderator("POST", "/threads", opening, 201)
    never = datetime.max.replace(tzinfo=UTC)  # the replies themselves close it: nobody knows before
    answers, _ = await everybody_posts(forum, thread["id"], known_to_be(never))
    stored = await stored_in(forum, thread["id"])
    assert len(answers.accepted) == len(stored) == ENOUGH, "exactly as many as the thread takes"
    closed_at = datetime.fromisoformat(stored[-1]["created_at"])
    assert {problem["reason"] for _, problem in answers.refused} == {"replies"}
    await check(forum, thread["id"], closed_at, closed_at, answers)


def known_to_be(deadline: datetime) -> Callable[[Answers], Awaitable[datetime]]:
    """Closing by itself: nobody does anything, and it is known to be closed from the deadline on."""

    async def wait(answers: Answers) -> datetime:
        return deadline

    return wait


def hold_then_reply(session: Session, thread_id: int, account_id: int) -> datetime:
    """Hold the thread's row for half a second before replying to it; gives the reply's time."""
    actor = Actor(account_id=account_id, username="bob", role="member")
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT id FROM thread WHERE id = :id FOR UPDATE"), {"id": thread_id})
        session.execute(text("SELECT pg_sleep(0.5)"))
    else:
        time.sleep(0.5)
    seen = lock_thread(session, actor, thread_id)
    posted = post_reply(session, actor, seen, Drafted(write_text("First."), None))
    assert not isinstance(posted, Problem)
    return posted.created_at


async def test_a_closing_that_waited_is_dated_after_what_it_waited_for(
    app: FastAPI, alice: Person, bob: Person, mona: Person
) -> None:
    """Dated by the start of its transaction, it would lie before a reply that was committed while it waited."""
    thread = await a_thread(by=alice)
    replying = asyncio.create_task(app.state.database.write(hold_then_reply, thread["id"], bob.id))
    await asyncio.sleep(0.2)
    early = {"Idempotency-Key": "dated-before-the-thread-is-locked"}
    closed = expect(await mona.put(f"/api/v1/threads/{thread['id']}/closure", headers=early), 200)
    assert await replying < datetime.fromisoformat(closed["closed_at"])
