"""Posts that wait for a moderator: nobody is told until they are published first, and then as of any other."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from service.kit.actor import Actor
from service.kit.database import Session
from service.replies.operations import moderate_reply
from service.replies.queries import lock_reply
from service.screening.policy import Action
from service.threads.operations import moderate_thread
from service.threads.queries import lock_thread
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.notifications.telling import edit, mute, told
from tests.working import Jobs

pytestmark = pytest.mark.anyio

Take = Callable[[Session, Actor, int, Action], None]


async def hold_first_posts(ada: Person) -> None:
    """From now on the site holds what members post until one post of theirs was approved."""
    site = await ada.get("/api/v1/site")
    changed = await ada.patch("/api/v1/site", {"hold_first_posts": 1}, headers={"If-Match": site.headers["etag"]})
    assert changed.status_code == 200, changed.text


def of_reply(session: Session, actor: Actor, reply_id: int, action: Action) -> None:
    thread, found = lock_reply(session, actor, reply_id)
    moderate_reply(session, actor, thread, found, action)


def of_thread(session: Session, actor: Actor, thread_id: int, action: Action) -> None:
    moderate_thread(session, actor, lock_thread(session, actor, thread_id), action)


async def take(app: FastAPI, mona: Person, step: Take, post_id: int, *actions: Action) -> None:
    """Steps of a post's moderation, each its own unit of work."""
    for action in actions:
        await app.state.database.write(step, Actor(mona.id, "mona", "moderator"), post_id, action)


async def test_a_held_reply_tells_nobody_until_it_is_approved(
    ada: Person, alice: Person, bob: Person, charlie: Person, mona: Person, app: FastAPI, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(alice, thread)
    await jobs()
    await hold_first_posts(ada)
    held = await a_reply(bob, thread, body="@charlie, what now?", parent=first["id"])
    assert held["moderation"] == "pending"
    await edit(bob, held, "@charlie and @mona, what now?")
    await jobs()
    for person in (alice, charlie, mona):
        assert await told(person) == []
    await take(app, mona, of_reply, held["id"], "approve")
    await jobs()
    assert await told(charlie) == [("reply", "mentioned")]
    assert await told(mona) == [("reply", "mentioned")]
    assert await told(alice) == [("reply", "answered")]
    assert await told(bob) == [("decision", "affected")]
    await take(app, mona, of_reply, held["id"], "hide", "restore", "spam", "restore")
    await edit(bob, held, "@charlie, @mona and @ada")
    await jobs()
    assert (len(await told(charlie)), len(await told(mona)), len(await told(alice))) == (1, 1, 1)
    assert await told(ada) == [("reply", "mentioned")]


async def test_a_held_opening_tells_whom_it_mentions_when_it_is_approved(
    ada: Person, alice: Person, bob: Person, charlie: Person, mona: Person, app: FastAPI, jobs: Jobs
) -> None:
    await hold_first_posts(ada)
    thread = await a_thread(by=alice, body="@bob and @charlie")
    await alice.patch(f"/api/v1/threads/{thread['id']}", {"body": "@bob alone"})
    await jobs()
    assert await told(bob) == []
    await take(app, mona, of_thread, thread["id"], "approve")
    await jobs()
    assert await told(bob) == [("thread", "mentioned")]
    assert await told(charlie) == []
    await take(app, mona, of_thread, thread["id"], "hide", "restore")
    await jobs()
    assert len(await told(bob)) == 1


@pytest.mark.parametrize("action", ["reject", "spam", "trash"])
async def test_what_is_refused_tells_nobody(
    ada: Person, alice: Person, bob: Person, charlie: Person, mona: Person, app: FastAPI, jobs: Jobs, action: Action
) -> None:
    thread = await a_thread(by=alice)
    await hold_first_posts(ada)
    held = await a_reply(bob, thread, body="@charlie")
    await take(app, mona, of_reply, held["id"], action)
    await jobs()
    assert (await told(charlie), await told(alice)) == ([], [])


async def test_who_muted_meanwhile_is_not_told_of_the_approval(
    ada: Person, alice: Person, bob: Person, charlie: Person, mona: Person, app: FastAPI, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    await hold_first_posts(ada)
    held = await a_reply(bob, thread, body="@charlie")
    for person in (alice, charlie):
        await mute(person, thread)
    await take(app, mona, of_reply, held["id"], "approve")
    await jobs()
    assert (await told(charlie), await told(alice)) == ([], [])


async def test_what_is_hidden_before_the_telling_tells_nobody(
    alice: Person, bob: Person, charlie: Person, mona: Person, app: FastAPI, jobs: Jobs
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice), body="@charlie")
    await take(app, mona, of_reply, reply["id"], "hide")
    await jobs()
    assert await told(charlie) == []
    await take(app, mona, of_reply, reply["id"], "restore")
    await jobs()
    assert await told(charlie) == []
