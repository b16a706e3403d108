"""The counts in the posts' rows are those of the reactions, whatever comes at once, and cost nothing where none are."""

import asyncio
import random
from collections import Counter
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from service.kit.database import Session
from service.replies.models import Reply
from service.threads.models import REACTIONS, Reaction, Thread
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.reactions.test_reactions import door
from tests.web.test_statements import statements

pytestmark = pytest.mark.anyio
ANEW = count()
"""What makes each post another."""
Counts = dict[tuple[str, int], dict[str, int]]


async def counts(app: FastAPI) -> tuple[Counts, Counts]:
    """What the posts' rows say, and what the reactions' own rows come to."""

    def look(session: Session) -> tuple[Counts, Counts]:
        said: Counts = {}
        for kind, rows in (("thread", session.scalars(select(Thread))), ("reply", session.scalars(select(Reply)))):
            said |= {(kind, row.id or 0): dict(row.reactions or {}) for row in rows}
        found: dict[tuple[str, int], Counter[str]] = {post: Counter() for post in said}
        for row in session.scalars(select(Reaction)):
            found[("reply", row.reply_id) if row.reply_id else ("thread", row.thread_id)][row.name] += 1
        return said, {post: dict(counter) for post, counter in found.items()}

    both: tuple[Counts, Counts] = await app.state.database.read(look)
    return both


async def test_reactions_at_once_are_counted_exactly(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    posts = [thread, *[await a_reply(alice, thread) for _ in range(2)]]
    chance = random.Random(7)
    people = [bob, charlie, mona, ada]
    for _ in range(3):
        deeds: list[Any] = []
        for person in people * 3:
            post, name = chance.choice(posts), chance.choice(REACTIONS)
            deeds.append(chance.choice([person.put, person.put, person.delete])(door(post, name)))
        deeds += [a_reply(bob, thread), alice.patch(f"/api/v1/replies/{posts[1]['id']}", {"body": "Edited."})]
        await asyncio.gather(*deeds)
        said, found = await counts(app)
        assert said == found
    assert any(found.values())


async def test_the_same_reaction_at_once_counts_once(app: FastAPI, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    for post in (thread, await a_reply(alice, thread)):
        answers = await asyncio.gather(*(bob.put(door(post)) for _ in range(6)))
        assert [(each.status_code, each.json()["reactions"]) for each in answers] == [(200, {"like": 1})] * 6
        gone = await asyncio.gather(*(bob.delete(door(post)) for _ in range(6)))
        assert [each.status_code for each in gone] == [204] * 6
    said, found = await counts(app)
    assert said == found
    assert not any(found.values())


async def test_a_call_pays_one_statement_where_somebody_has_reacted_and_none_elsewhere(
    alice: Person, bob: Person, charlie: Person
) -> None:
    thread = await a_thread(by=alice)
    replies = [await a_reply(alice, thread) for _ in range(3)]
    paths = [f"/api/v1/threads/{thread['id']}/replies", f"/api/v1/threads/{thread['id']}"]
    plain = [await statements(lambda path=path: bob.get(path)) for path in paths]  # type: ignore[misc]
    for post in (thread, *replies):
        await charlie.put(door(post))
    after = [await statements(lambda path=path: bob.get(path)) for path in paths]  # type: ignore[misc]
    assert after == [number + 1 for number in plain]
    posting = f"/api/v1/threads/{thread['id']}/replies"
    bare = await a_thread(by=alice)
    elsewhere = await statements(
        lambda: bob.post(f"/api/v1/threads/{bare['id']}/replies", {"body": f"Said {next(ANEW)}"})
    )
    assert await statements(lambda: bob.post(posting, {"body": f"Said {next(ANEW)}"})) == elsewhere
