"""The lists: threads, categories, a person's page, notifications."""

import pytest

from service.pages.home import PAGE_SIZE
from service.pages.notifications import PAGE_SIZE as INBOX
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import follow, parse, press
from tests.working import Jobs

pytestmark = pytest.mark.anyio


def titles(html: str) -> list[str]:
    return [heading.text for heading in parse(html).one("ul", class_="lines").all("h2")]


async def test_an_empty_site_welcomes_and_says_how_to_begin(alice: Person) -> None:
    page = parse((await alice.get("/")).text)
    assert page.one("a", class_="primary").attributes["href"] == "/new"
    alice.client.cookies.clear()
    assert parse((await alice.get("/")).text).one("a", class_="primary").attributes["href"] == "/sign-in"


async def test_threads_stand_in_the_order_of_their_last_activity(alice: Person, bob: Person, mona: Person) -> None:
    first = await a_thread(by=alice, title="First")
    await a_thread(by=alice, title="Second")
    await a_reply(by=bob, thread=first)
    await mona.put(f"/api/v1/threads/{first['id']}/closure")
    shown = await bob.get("/")
    assert titles(shown.text) == ["First", "Second"]
    line = parse(shown.text).one("ul", class_="lines").all("li")[0]
    assert line.one("p", class_="meta").text.startswith("alice General One thought closed ")
    await mona.put(f"/api/v1/threads/{first['id']}/archive")
    line = parse((await bob.get("/")).text).one("ul", class_="lines").all("li")[0]
    assert line.one("p", class_="meta").text.startswith("alice General One thought archived ")


async def test_the_list_pages_by_cursor_without_losing_or_repeating(alice: Person) -> None:
    for number in range(PAGE_SIZE + 2):
        await a_thread(by=alice, title=f"Thread {number}")
    first = await alice.get("/")
    second = await alice.get(parse(first.text).one("a", rel="next").attributes["href"])
    seen = titles(first.text) + titles(second.text)
    assert len(seen) == len(set(seen)) == PAGE_SIZE + 2
    assert not parse(second.text).all("a", rel="next")
    assert (await alice.get("/?before=rubbish")).status_code == 422


async def test_what_a_reader_may_not_see_is_in_no_list(alice: Person, ada: Person) -> None:
    await ada.post("/api/v1/categories", {"name": "Staff room", "visibility": "staff"})
    hidden = await a_thread(by=ada, title="Between us", category="staff-room")
    for path in ("/", "/c/general", "/u/ada"):
        assert "Between us" not in (await alice.get(path)).text
        assert "Staff room" not in (await alice.get(path)).text
    assert (await alice.get("/c/staff-room")).status_code == 404
    assert (await alice.get(hidden["url"])).status_code == 404
    assert "Between us" in (await ada.get("/c/staff-room")).text


async def test_a_persons_page_lists_what_they_opened(alice: Person, bob: Person) -> None:
    await a_thread(by=alice, title="By Alice")
    page = parse((await bob.get("/u/alice")).text)
    assert page.one("h1").text == "alice"
    assert page.one("h3").text == "By Alice"
    assert "example.org" not in page.text
    assert (await bob.get("/u/Alice")).headers["location"] == "/u/alice"
    assert (await bob.get("/u/nobody-here")).status_code == 404
    assert "not opened a thread" in (await bob.get("/u/bob")).text


async def test_one_is_told_counts_what_is_unread_and_marks_it(
    alice: Person, bob: Person, mona: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice, title="On telling")
    await a_reply(by=bob, thread=thread)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure")
    await jobs()
    shown = await alice.get("/notifications")
    page = parse(shown.text)
    assert page.one("span", class_="count").text == "2"
    assert [each.text for each in page.all("li", class_="unread")]
    newest, oldest = page.one("ul", class_="lines").all("h2")
    assert oldest.text == "Unread: bob replied to “On telling”"
    assert oldest.one("a").attributes["href"] == f"{thread['url']}#reply-1"
    assert newest.one("a").attributes["href"] == thread["url"]
    assert "because you opened this thread" in page.text
    one = await follow(alice.client, await press(alice.client, shown, "Mark read: bob replied to “On telling”"))
    assert parse(one.text).one("span", class_="count").text == "1"
    everything = await follow(alice.client, await press(alice.client, one, "Mark all as read"))
    assert not parse(everything.text).all("span", class_="count")
    assert "Everything is read." in everything.text


async def test_notifications_page_without_losing_or_repeating(alice: Person, bob: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    for _ in range(INBOX + 2):
        await a_reply(by=bob, thread=thread)
    await jobs()
    first = await alice.get("/notifications")
    second = await alice.get(parse(first.text).one("a", rel="next").attributes["href"])
    links = [
        heading.one("a").attributes["href"]
        for shown in (first, second)
        for heading in parse(shown.text).one("ul", class_="lines").all("h2")
    ]
    assert links == [f"{thread['url']}#reply-{number}" for number in range(INBOX + 2, 0, -1)]


async def test_looking_at_notifications_changes_nothing(alice: Person, bob: Person, jobs: Jobs) -> None:
    await a_reply(by=bob, thread=await a_thread(by=alice))
    await jobs()
    for _ in range(2):
        assert parse((await alice.get("/notifications")).text).one("span", class_="count").text == "1"
