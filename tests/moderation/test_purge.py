"""What lay in the trash for 30 days loses its text for good; numbers, places and counters stay."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlmodel import Session

from service.kit.clock import Clock
from service.kit.queue import enqueue
from service.moderation.jobs import AT_ONCE, PURGE
from service.replies.models import ReplyRevision
from service.threads.models import ThreadRevision
from service.wiring import JOBS, SCHEDULE
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import at, check_counters, door, happened, rows, step
from tests.working import Jobs

pytestmark = pytest.mark.anyio
SECRET = "marimba"


async def a_day_passes(app: FastAPI, jobs: Jobs, clock: Clock, days: float) -> None:
    """Time passes, and the daily job runs."""
    clock.offset += timedelta(days=days)
    await app.state.database.write(enqueue, PURGE, {})
    await jobs()


async def stored_anywhere(app: FastAPI, word: str) -> list[str]:
    """The tables in which a word is still stored."""

    def look(session: Session) -> list[str]:
        found = []
        for name in ("thread", "reply", "thread_revision", "reply_revision"):
            for row in session.execute(text(f"SELECT * FROM {name}")):
                found += [name] if word in str(tuple(row)).lower() else []
        return found

    tables: list[str] = await app.state.database.read(look)
    return tables


def test_it_is_scheduled_daily() -> None:
    (line,) = [line for line in SCHEDULE if line.job == PURGE]
    assert line.every == timedelta(days=1)
    assert PURGE in {kind.name for kind in JOBS}


async def test_a_deleted_reply_is_emptied_after_30_days(
    app: FastAPI, alice: Person, bob: Person, mona: Person, jobs: Jobs, clock: Clock
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread, "The marimba.")
    await a_reply(alice, thread, "An answer.", parent=reply["id"])
    await bob.patch(at(reply), {"body": "The marimba again."})
    alone = await a_reply(bob, thread, "One more marimba.")
    for post in (reply, alone):
        await bob.delete(at(post))
    before = (await check_counters(app, thread["id"]))["thread"]
    await a_day_passes(app, jobs, clock, 29.9)
    assert "reply.purged" not in await happened(app)
    assert SECRET in (await mona.get("/mod/queue?show=trash")).text
    await a_day_passes(app, jobs, clock, 0.2)
    assert (await happened(app)).count("reply.purged") == 2
    assert await stored_anywhere(app, SECRET) == []
    found = await check_counters(app, thread["id"])
    assert found["thread"] == before
    assert [one["number"] for one in found["replies"]] == [1, 2, 3]
    for person in (bob, mona):
        assert (await person.get(at(alone))).status_code == 404
    assert (await mona.put(door(alone), {"action": "restore"})).status_code == 404
    assert (await mona.put(door(reply), {"action": "restore"})).status_code == 404
    stub = (await alice.get(at(reply))).json()
    assert (stub["number"], stub["body"], stub["moderation"]) == (1, None, "trashed"), "the answer keeps its place"
    assert "The trash is empty" in (await mona.get("/mod/queue?show=trash")).text
    assert (await a_reply(bob, thread))["number"] == 4
    await a_day_passes(app, jobs, clock, 1)
    assert (await happened(app)).count("reply.purged") == 2, "once"


async def test_a_deleted_thread_is_emptied_with_its_replies_and_earlier_texts(
    app: FastAPI, alice: Person, bob: Person, mona: Person, jobs: Jobs, clock: Clock
) -> None:
    source = [{"title": "On the marimba"}]
    thread = await a_thread(by=alice, title="The marimba", body="The marimba.", tags=["marimba"], sources=source)
    await alice.patch(at(thread), {"body": "The marimba, edited."})
    reply = await a_reply(bob, thread, "Which marimba?")
    await bob.patch(at(reply), {"body": "Which marimba do you mean?"})
    other = await a_thread(by=alice, title="Another")
    await mona.delete(at(thread))
    await a_day_passes(app, jobs, clock, 31)
    assert [kind for kind in await happened(app) if kind.endswith(".purged")] == ["thread.purged"]
    assert await stored_anywhere(app, SECRET) == []
    for person in (alice, mona):
        for path in (at(thread), thread["url"], f"/t/{thread['id']}", at(reply)):
            assert (await person.get(path)).status_code == 404, path
    assert (await mona.put(door(thread), {"action": "restore"})).status_code == 404
    assert (await mona.put(door(reply), {"action": "hide"})).status_code == 404
    assert (await alice.get(at(other))).json()["title"] == "Another"
    found = await rows(app, thread["id"])
    assert found["thread"]["reply_count"] == 1

    def redacted(session: Session) -> list[Any]:
        earlier = [
            *session.execute(select(ThreadRevision)).scalars(),
            *session.execute(select(ReplyRevision)).scalars(),
        ]
        return [each.redacted_at for each in earlier]

    assert None not in await app.state.database.read(redacted)


async def test_what_was_restored_in_time_stays(
    app: FastAPI, alice: Person, mona: Person, jobs: Jobs, clock: Clock
) -> None:
    """And is kept for 30 days anew when it is deleted again."""
    thread = await a_thread(by=alice, body="The marimba.")
    await step(mona, thread, "trash")
    await a_day_passes(app, jobs, clock, 29)
    await step(mona, thread, "restore")
    await a_day_passes(app, jobs, clock, 29)
    assert (await alice.get(at(thread))).json()["body"] == "The marimba."
    await step(mona, thread, "trash")
    await a_day_passes(app, jobs, clock, 29)
    assert (await step(mona, thread, "restore"))["moderation"] == "published"


async def test_a_full_trash_is_emptied_in_pieces(
    app: FastAPI, alice: Person, mona: Person, jobs: Jobs, clock: Clock
) -> None:
    thread = await a_thread(by=alice)
    for _ in range(AT_ONCE + 3):
        reply = await a_reply(mona, thread, "The marimba.")
        await mona.delete(at(reply))
    await a_day_passes(app, jobs, clock, 31)
    assert (await happened(app)).count("reply.purged") == AT_ONCE + 3
    assert await stored_anywhere(app, SECRET) == []
