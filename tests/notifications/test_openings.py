"""Who is told of new threads, and of replies in threads that they follow by a tag or by the category."""

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import hold_all, step
from tests.notifications.telling import told
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def choose(person: Person, place: str, level: str) -> None:
    answer = await person.put(f"/api/v1/{place}/subscription", {"level": level})
    assert answer.status_code == 200, answer.text


async def test_a_new_thread_reaches_those_who_watch_its_category_or_a_tag(
    alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    await a_thread(by=alice, tags=["Amnesty"])
    await jobs()
    await choose(bob, "categories/general", "watching_first")
    await choose(charlie, "tags/amnesty", "watching")
    await choose(mona, "categories/general", "watching")
    await choose(mona, "tags/amnesty", "muted")
    await choose(ada, "categories/general", "tracking")
    await choose(alice, "categories/general", "watching")
    thread = await a_thread(by=alice, title="A second one", tags=["Amnesty"])
    await jobs()
    assert await told(bob) == [("thread", "category")]
    assert await told(charlie) == [("thread", "tag")]
    assert [await told(each) for each in (mona, ada, alice)] == [[], [], []]
    await a_reply(ada, thread)
    await jobs()
    assert await told(bob) == [("thread", "category")]
    assert await told(charlie) == [("thread", "tag"), ("reply", "tag")]
    assert await told(alice) == [("reply", "opened")]
    assert await told(mona) == []


async def test_the_words_say_who_opened_what_and_why_one_hears_of_it(alice: Person, bob: Person, jobs: Jobs) -> None:
    await choose(bob, "categories/general", "watching_first")
    await a_thread(by=alice, title="A new one")
    await jobs()
    (notice,) = (await bob.get("/api/v1/notifications")).json()["items"]
    assert notice["text"] == "alice opened “A new one”"
    assert notice["why"] == "you watch the category of this thread"


async def test_who_is_mentioned_in_an_opening_is_told_so_and_once(alice: Person, bob: Person, jobs: Jobs) -> None:
    await choose(bob, "categories/general", "watching")
    await a_thread(by=alice, body="What does @bob say?")
    await jobs()
    assert await told(bob) == [("thread", "mentioned")]


async def test_an_edit_tells_no_watcher(alice: Person, bob: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    await jobs()
    await choose(bob, "categories/general", "watching")
    changed = await alice.patch(f"/api/v1/threads/{thread['id']}", {"body": "Another text for @charlie."})
    assert changed.status_code == 200, changed.text
    await jobs()
    assert await told(bob) == []


async def test_a_held_thread_reaches_its_watchers_when_it_is_approved_and_never_again(
    ada: Person, bob: Person, charlie: Person, jobs: Jobs
) -> None:
    await choose(bob, "categories/general", "watching_first")
    await hold_all(ada)
    thread = await a_thread(by=charlie)
    await jobs()
    assert await told(bob) == []
    for action in ("approve", "hide", "restore"):
        await step(ada, thread, action)
        await jobs()
    assert await told(bob) == [("thread", "category")]


@pytest.mark.parametrize(("preferred", "level"), [("watching", "watching"), ("tracking", "tracking"), ("normal", None)])
async def test_replying_gives_the_level_that_one_prefers(
    alice: Person, bob: Person, preferred: str, level: str | None
) -> None:
    changed = await bob.patch("/api/v1/me/notification-preferences", {"on_reply": preferred})
    assert changed.status_code == 200, changed.text
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    found = (await bob.get(f"/api/v1/threads/{thread['id']}/subscription")).json()
    assert (found["level"], found["reason"]) == ((level, "replied") if level else ("normal", None))


async def test_who_prefers_less_loses_nothing_by_replying_where_they_watch(bob: Person) -> None:
    await bob.patch("/api/v1/me/notification-preferences", {"on_reply": "tracking"})
    thread = await a_thread(by=bob)
    await a_reply(bob, thread)
    found = (await bob.get(f"/api/v1/threads/{thread['id']}/subscription")).json()
    assert (found["level"], found["reason"]) == ("watching", "opened")
