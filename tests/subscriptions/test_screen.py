"""The controls on the pages of a thread, a category and a tag: what holds, why, and how it is changed."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import parse

pytestmark = pytest.mark.anyio


async def control(client: AsyncClient, path: str) -> tuple[str, str]:
    """What the page's control says: the level, and the whole sentence."""
    page = parse((await client.get(path)).text)
    (box,) = page.all("details", class_="follow")
    return box.one("summary").text, box.all("p", class_="quiet")[0].text


async def choose(person: Person, path: str, level: str) -> None:
    answer = await person.client.post(path, data={"do": "follow", "level": level})
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == path


async def test_a_thread_says_how_it_is_followed_and_why(alice: Person, bob: Person, client: AsyncClient) -> None:
    thread = await a_thread(by=alice, tags=["Amnesty"])
    url = thread["url"]
    assert await control(alice.client, url) == ("Watching", "You watch this thread because you opened it.")
    usual = "You are told of this thread only where somebody mentions, answers or quotes you."
    assert await control(bob.client, url) == ("Not watching", usual)
    assert 'class="moderate follow"' not in (await client.get(url)).text
    await bob.put("/api/v1/tags/amnesty/subscription", {"level": "tracking"})
    assert await control(bob.client, url) == ("Tracking", "You track this thread because of its tag “Amnesty”.")
    await a_reply(bob, thread)
    assert await control(bob.client, url) == ("Watching", "You watch this thread because you replied in it.")
    await choose(bob, url, "muted")
    assert await control(bob.client, url) == ("Muted", "You have muted this thread because you chose so.")
    assert (await bob.client.post(url, data={"do": "unfollow", "level": "muted"})).status_code == 303
    assert (await control(bob.client, url))[0] == "Tracking"


@pytest.mark.parametrize(("path", "what"), [("/c/general", "this category"), ("/tags/amnesty", "this tag")])
async def test_a_category_and_a_tag_have_the_control_too(
    alice: Person, bob: Person, client: AsyncClient, path: str, what: str
) -> None:
    await a_thread(by=alice, tags=["Amnesty"])
    assert (await control(bob.client, path))[0] == "Not watching"
    await choose(bob, path, "watching_first")
    said = f"You watch {what} for new threads because you chose so."
    assert await control(bob.client, path) == ("Watching for new threads", said)
    assert (await bob.client.post(path, data={"do": "unfollow", "level": "normal"})).status_code == 303
    assert (await control(bob.client, path))[0] == "Not watching"
    assert 'class="moderate follow"' not in (await client.get(path)).text


@pytest.mark.parametrize("path", ["/t/1/what-the-amnesty-left-out", "/c/general", "/tags/amnesty"])
async def test_a_level_that_there_is_not_is_refused_on_the_same_page(
    alice: Person, client: AsyncClient, path: str
) -> None:
    await a_thread(by=alice, tags=["Amnesty"])
    answer = await alice.client.post(path, data={"do": "follow", "level": "nonsense"})
    assert answer.status_code == 422
    assert "That was not changed" in answer.text
    assert (await client.post(path, data={"do": "follow", "level": "muted"})).status_code == 401


async def unread_in(person: Person, path: str = "/") -> dict[str, str]:
    """What a list says is new, by title."""
    page = parse((await person.client.get(path)).text)
    lines = [line for line in page.all("li") if line.all("h2")]
    counts = {line.one("h2").text: line.all("strong", class_="unread-count") for line in lines}
    return {title: found[0].text for title, found in counts.items() if found}


async def test_lists_count_what_is_new_in_threads_that_one_watches_or_tracks(
    alice: Person, bob: Person, client: AsyncClient
) -> None:
    one, other = [await a_thread(by=alice, title=title, tags=["Amnesty"]) for title in ("One", "Other")]
    for number in range(3):
        await a_reply(bob, one, body=f"Reply {number}")
    assert await unread_in(alice) == {"One": "3 new"}
    await alice.put(f"/api/v1/threads/{one['id']}/read", {"number": 2})
    for path in ("/", "/c/general", "/tags/amnesty"):
        assert await unread_in(alice, path) == {"One": "1 new"}
    await alice.put(f"/api/v1/threads/{one['id']}/read", {"number": 3})
    await a_reply(bob, other)
    assert await unread_in(alice) == {"Other": "1 new"}
    await alice.put(f"/api/v1/threads/{other['id']}/subscription", {"level": "normal"})
    assert await unread_in(alice) == {}
    assert "unread-count" not in (await client.get("/")).text


async def test_the_page_shows_where_what_is_new_begins_and_the_button_marks_it_as_read(
    alice: Person, bob: Person
) -> None:
    thread = await a_thread(by=alice)
    url = thread["url"]
    for number in range(3):
        await a_reply(bob, thread, body=f"Reply {number}")
    before: Any = parse((await alice.client.get(url)).text)
    assert before.all("p", class_="first-unread") == [], "nothing was read yet, so everything is new"
    await alice.put(f"/api/v1/threads/{thread['id']}/read", {"number": 1})
    page = parse((await alice.client.get(url)).text)
    (begins,) = page.all("p", class_="first-unread")
    assert begins.parent is not None
    assert begins.parent.one("article", id="reply-2")
    (link,) = [a for a in page.all("a") if a.text == "First unread reply"]
    assert link.attributes["href"] == f"{url}#reply-2"
    answer = await alice.client.post(url, data={"do": "read", "number": "3"})
    assert answer.status_code == 303
    page = parse((await alice.client.get(url)).text)
    assert page.all("p", class_="first-unread") == page.all("form", class_="news") == []
    assert await unread_in(alice) == {}


async def test_what_is_new_on_another_page_is_linked_there(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    replies = [await a_reply(mona, thread, body=f"Reply {number}") for number in range(53)]
    await alice.put(f"/api/v1/threads/{thread['id']}/read", {"number": 50})
    await mona.delete(f"/api/v1/replies/{replies[50]['id']}")
    page = parse((await alice.client.get(thread["url"])).text)
    (link,) = [a for a in page.all("a") if a.text == "First unread reply"]
    assert link.attributes["href"] == f"{thread['url']}?page=2#reply-52"


async def test_looking_changes_nothing(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    for _ in range(2):
        await alice.client.get(thread["url"])
    assert await unread_in(alice) == {"What the amnesty left out": "1 new"}
