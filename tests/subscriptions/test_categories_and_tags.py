"""Levels on categories and tags, and what they make of the level on a thread, at the door."""

from typing import Any

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import step

pytestmark = pytest.mark.anyio
LEVELS = ("watching", "watching_first", "tracking", "normal", "muted")
PLACES = ("/api/v1/categories/general/subscription", "/api/v1/tags/amnesty/subscription")


async def level_on(person: Person, thread: dict[str, Any]) -> tuple[str, str | None, str | None]:
    answer = await person.get(f"/api/v1/threads/{thread['id']}/subscription")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["which"] is not None) == (found["reason"] in ("tag", "category"))
    return found["level"], found["reason"], found["which"] and found["which"]["slug"]


async def choose(person: Person, place: str, level: str) -> None:
    answer = await person.put(f"/api/v1/{place}/subscription", {"level": level})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("place", PLACES)
async def test_a_level_is_chosen_read_and_given_up(alice: Person, bob: Person, place: str) -> None:
    await a_thread(by=alice, tags=["Amnesty"])
    assert (await bob.get(place)).json() == {"level": "normal", "reason": None, "which": None, "since": None}
    for level in LEVELS:
        answer = await bob.put(place, {"level": level})
        assert (answer.status_code, answer.json()["level"], answer.json()["reason"]) == (200, level, "chosen")
        assert (await bob.get(place)).json() == answer.json()
        assert answer.json()["since"] is not None
    assert (await alice.get(place)).json()["level"] == "normal"
    for _ in range(2):
        assert (await bob.delete(place)).status_code == 204
    assert (await bob.get(place)).json()["level"] == "normal"


async def test_a_thread_takes_its_level_from_its_tags_and_then_its_category(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice, tags=["Amnesty", "Families"])
    assert await level_on(bob, thread) == ("normal", None, None)
    await choose(bob, "categories/general", "watching")
    assert await level_on(bob, thread) == ("watching", "category", "general")
    await choose(bob, "tags/families", "tracking")
    assert await level_on(bob, thread) == ("tracking", "tag", "families")
    await choose(bob, "tags/amnesty", "watching_first")
    assert await level_on(bob, thread) == ("watching_first", "tag", "amnesty")
    await choose(bob, "tags/families", "muted")
    assert await level_on(bob, thread) == ("muted", "tag", "families")
    await choose(bob, f"threads/{thread['id']}", "normal")
    assert await level_on(bob, thread) == ("normal", "chosen", None)
    await bob.delete(f"/api/v1/threads/{thread['id']}/subscription")
    assert await level_on(bob, thread) == ("muted", "tag", "families")


async def test_authors_watch_whatever_they_said_of_tag_and_category(alice: Person) -> None:
    thread = await a_thread(by=alice, tags=["Amnesty"])
    await choose(alice, "categories/general", "muted")
    await choose(alice, "tags/amnesty", "muted")
    assert await level_on(alice, thread) == ("watching", "opened", None)


async def test_who_replies_watches_whatever_the_category_says(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await choose(bob, "categories/general", "muted")
    await a_reply(bob, thread)
    assert await level_on(bob, thread) == ("watching", "replied", None)


async def test_what_one_may_not_see_one_cannot_follow(ada: Person, bob: Person) -> None:
    made = await ada.post("/api/v1/categories", {"name": "Backroom", "visibility": "staff"})
    assert made.status_code == 201, made.text
    await a_thread(by=ada, category="backroom", tags=["Secret"])
    for path in ("categories/backroom", "tags/secret", "categories/nowhere", "tags/nowhere", f"tags/{'x' * 80}"):
        where = f"/api/v1/{path}/subscription"
        wrong = {"level": "wrong"}
        for answer in (await bob.get(where), await bob.put(where, wrong), await bob.delete(where)):
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path


async def test_the_list_holds_all_with_a_level_and_nothing_hidden(ada: Person, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice, title="What was left out", tags=["Amnesty"])
    hidden = await a_thread(by=alice, title="Hidden later")
    made = await ada.post("/api/v1/categories", {"name": "Later", "visibility": "public"})
    assert made.status_code == 201
    await choose(bob, "categories/general", "tracking")
    await choose(bob, "categories/later", "watching")
    await choose(bob, "tags/amnesty", "watching_first")
    await choose(bob, f"threads/{hidden['id']}", "muted")
    await a_reply(bob, thread)
    assert [row["name"] for row in await everything(bob, 20)] == [
        "Later", "General", "Amnesty", "Hidden later", "What was left out",
    ]  # fmt: skip
    closed = await ada.patch(
        "/api/v1/categories/later", {"visibility": "staff"}, headers={"If-Match": made.headers["etag"]}
    )
    assert closed.status_code == 200, closed.text
    await step(ada, hidden, "hide")
    for limit in (1, 2, 20):
        rows = await everything(bob, limit)
        assert [(row["kind"], row["name"], row["level"], row["reason"]) for row in rows] == [
            ("category", "General", "tracking", "chosen"), ("tag", "Amnesty", "watching_first", "chosen"),
            ("thread", "What was left out", "watching", "replied"),
        ]  # fmt: skip
    assert [row["url"] for row in rows] == ["/c/general", "/tags/amnesty", thread["url"]]
    assert await everything(alice, 20) == []


async def everything(person: Person, limit: int) -> list[dict[str, Any]]:
    """The whole list, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        path = f"/api/v1/me/subscriptions?limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        answer = await person.get(path)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) <= limit
        found += answer.json()["items"]
        cursor = answer.json()["next"]
    return found
