"""`/settings/following`: everything one has a level on, and the button that gives it up."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import parse

pytestmark = pytest.mark.anyio
HERE = "/settings/following"


async def follow_three(alice: Person, bob: Person) -> int:
    """Bob follows a category, a tag and, by replying, a thread."""
    thread = await a_thread(by=alice, title="What the amnesty left out", tags=["Amnesty"])
    await a_reply(bob, thread)
    for path, level in (("categories/general", "watching_first"), ("tags/amnesty", "muted")):
        chosen = await bob.put(f"/api/v1/{path}/subscription", {"level": level})
        assert chosen.status_code == 200, chosen.text
    return int(thread["id"])


async def test_the_page_lists_all_three_kinds_with_level_and_reason(alice: Person, bob: Person) -> None:
    await follow_three(alice, bob)
    shown = parse((await bob.get(HERE)).text)
    assert [heading.text for heading in shown.all("h2")] == ["Categories", "Tags", "Threads"]
    lines = [" ".join(line.text.split()) for line in shown.all("li") if line.all("form", action=HERE)]
    assert [line.partition(" since ")[0] for line in lines] == [
        "General Watching for new threads, because you chose so",
        "Amnesty Muted, because you chose so",
        "What the amnesty left out Watching, because you replied in it",
    ]


async def test_its_buttons_give_up_one_level_each(alice: Person, bob: Person) -> None:
    thread_id = await follow_three(alice, bob)
    found = (await bob.get("/api/v1/me/subscriptions")).json()["items"]
    for left, each in zip((2, 1, 0), found, strict=True):
        shown = parse((await bob.get(HERE)).text)
        button = shown.one("button", aria_label=f"Remove the level on {each['name']}")
        form = next(one for one in shown.all("form", action=HERE) if button in one.all("button"))
        sent = {field.attributes["name"]: field.attributes["value"] for field in form.all("input")}
        answer = await bob.client.post(HERE, data=sent | {"do": "unfollow"})
        assert (answer.status_code, answer.headers["location"]) == (303, HERE)
        assert len((await bob.get("/api/v1/me/subscriptions")).json()["items"]) == left
    assert (await bob.get(f"/api/v1/threads/{thread_id}/subscription")).json()["level"] == "normal"
    assert "You have chosen nothing yet" in (await bob.get(HERE)).text


async def test_it_gives_up_nobody_elses_level(alice: Person, bob: Person, charlie: Person) -> None:
    thread_id = await follow_three(alice, bob)
    answer = await charlie.client.post(HERE, data={"do": "unfollow", "kind": "thread", "id": str(thread_id)})
    assert answer.status_code == 303
    assert (await bob.get(f"/api/v1/threads/{thread_id}/subscription")).json()["level"] == "watching"


async def test_what_one_sees_no_more_is_not_listed(ada: Person, mona: Person, bob: Person) -> None:
    made = await ada.post("/api/v1/categories", {"name": "Seminar", "slug": "seminar"})
    assert made.status_code == 201, made.text
    await bob.put("/api/v1/categories/seminar/subscription", {"level": "watching"})
    assert "Seminar" in (await bob.get(HERE)).text
    closed = await ada.client.patch(
        "/api/v1/categories/seminar", json={"visibility": "staff"}, headers={"If-Match": "*"}
    )
    assert closed.status_code == 200, closed.text
    assert "Seminar" not in (await bob.get(HERE)).text


async def test_a_guest_is_sent_to_sign_in(browse: Callable[..., Any]) -> None:
    guest = await browse()
    answer = await guest.get(HERE)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("sent", [{}, {"do": "unfollow"}, {"do": "unfollow", "kind": "person", "id": "1"}])
async def test_what_is_none_of_its_buttons_is_refused(bob: Person, sent: dict[str, str]) -> None:
    assert (await bob.client.post(HERE, data=sent)).status_code == 422
