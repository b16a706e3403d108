"""Mentions while others write: edits at once, tellings at once, an account that goes away."""

import asyncio

import pytest
from fastapi import FastAPI
from sqlmodel import select

from service.app import make_worker
from service.kit.database import Session
from service.notifications.models import Notification
from service.settings import Settings
from service.subscriptions.models import Mention
from service.subscriptions.operations import writing
from tests.build import a_reply, a_thread
from tests.cast import Person, bring_in
from tests.notifications.telling import told
from tests.working import Jobs, rests

pytestmark = pytest.mark.anyio


async def test_edits_at_once_leave_the_mentions_of_the_last_and_tell_each_once(
    alice: Person, bob: Person, mona: Person, app: FastAPI, jobs: Jobs
) -> None:
    def gather(session: Session) -> dict[str, int]:
        return {f"reader{number}": bring_in(session, f"reader{number}", "member")[0] for number in range(8)}

    people = await app.state.database.write(gather)
    reply = await a_reply(bob, await a_thread(by=alice), body="@reader0")
    await asyncio.gather(
        *(
            who.patch(f"/api/v1/replies/{reply['id']}", {"body": f"@reader{number} @reader{(number + 1) % 8}"})
            for number in range(8)
            for who in (bob, mona)
        ),
        jobs(),
    )
    await jobs()
    stored = (await bob.get(f"/api/v1/replies/{reply['id']}")).json()["body"]

    def look(session: Session) -> tuple[set[int], list[int]]:
        mentioned = {row.account_id for row in session.exec(select(Mention))}
        notified = [row.account_id for row in session.exec(select(Notification)) if row.account_id in people.values()]
        return mentioned, notified

    mentioned, notified = await app.state.database.read(look)
    assert mentioned == {people[name.strip("@")] for name in stored.split()}
    assert len(notified) == len(set(notified)), "nobody is told twice of one reply"
    assert mentioned <= set(notified)


async def test_workers_at_once_tell_once(
    alice: Person, bob: Person, charlie: Person, app: FastAPI, settings: Settings
) -> None:
    workers = [make_worker(settings, app.state.database) for _ in range(2)]
    for worker in workers:
        await worker.start()
    try:
        thread = await a_thread(by=alice)
        for number in range(6):
            reply = await a_reply(bob, thread, body=f"@charlie {number}")
            await bob.patch(f"/api/v1/replies/{reply['id']}", {"body": f"@alice @charlie {number}"})
        async with asyncio.timeout(60):
            while not await app.state.database.read(rests):
                await asyncio.sleep(0.05)
    finally:
        for worker in workers:
            await worker.stop()
    assert await told(charlie) == [("reply", "mentioned")] * 6
    assert len(await told(alice)) == 6


async def test_a_name_that_goes_away_while_the_text_is_written_tells_nobody(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who exists is asked before rendering; whoever is gone when the post is stored is mentioned no more."""
    monkeypatch.setattr(writing, "ids_of", lambda session, names: [])
    await a_thread(by=alice, body="@bob")
    await jobs()
    assert await told(bob) == []
