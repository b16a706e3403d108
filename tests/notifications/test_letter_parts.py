"""What a letter looks like to a mail program: its two parts, its links, and its place in the conversation."""

import re
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from service.kit.text.render import TAGS
from service.notifications.models import Delivery
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.kit.test_text_safety import CORPUS, read
from tests.mailbox import letters, words
from tests.pages.reading import parse
from tests.working import Jobs

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Mail is sent at once, into files."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, mail_delay="PT0S"
    )


Sent = Callable[[Person], Awaitable[list[EmailMessage]]]


@pytest.fixture
def sent(jobs: Jobs, tmp_path: Path) -> Sent:
    """Sends what waits; gives those of one person's letters that were not given before."""
    given: set[str] = set()

    async def go(person: Person) -> list[EmailMessage]:
        await jobs()
        fresh = [letter for letter in letters(tmp_path) if letter["To"] == person.email]
        fresh = [letter for letter in fresh if letter["Message-ID"] not in given]
        given.update(letter["Message-ID"] for letter in fresh)
        return fresh

    return go


async def test_both_parts_say_the_same(alice: Person, bob: Person, sent: Sent) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread, body="@alice, see *this*.\n\n- one\n- two")
    (letter,) = await sent(alice)
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    text, page = words(letter), parse(words(letter, "html"))
    shown = " ".join(page.one("body").text.split())
    for said in ("bob mentioned you in", "What the amnesty left out", "Reply on the site", "because you are mentioned"):
        assert said in text
        assert said in shown
    assert "> @alice, see *this*.\n> \n> - one\n> - two\n" in text
    assert [item.text for item in page.all("li")] == ["one", "two"]
    links = {link.text: link.attributes["href"] for link in page.all("a")}
    assert links == {
        "@alice": f"{BASE_URL}/u/alice",
        "Reply on the site": f"{BASE_URL}{thread['url']}#reply-1",
        "Mute this thread": letter["List-Unsubscribe"][1:-1],
        "change your settings": f"{BASE_URL}/settings",
    }


async def test_every_link_is_whole_and_nothing_is_loaded(alice: Person, bob: Person, sent: Sent) -> None:
    thread = await a_thread(by=alice)
    await a_reply(
        bob,
        thread,
        body="[a](/t/1/x?page=2) [b](#reply-70) ![c](https://x.example/c.png) d[^1] me@x.example\n\n[^1]: e",
    )
    (letter,) = await sent(alice)
    html = words(letter, "html")
    page = parse(html)
    assert [link.attributes["href"] for link in page.all("a")][:-3] == [
        f"{BASE_URL}/t/1/x?page=2",
        f"{BASE_URL}{thread['url']}?page=2#reply-70",
        "https://x.example/c.png",
        f"{BASE_URL}{thread['url']}#reply-1",
        "mailto:me@x.example",
        f"{BASE_URL}{thread['url']}#reply-1",
    ]
    assert not re.search(r"<(img|link|script|iframe|object|form|input)\b|\bsrc=|url\(|@import|\bid=", html)


async def test_nothing_active_comes_into_a_letter(alice: Person, bob: Person, sent: Sent) -> None:
    """The corpus of attempts at script, as titles and as texts."""
    hostile = [attempt for attempt in CORPUS if attempt.isprintable()][:40]
    for attempt in hostile:
        await a_thread(by=alice, title=attempt[:200], body=f"@bob {attempt}\n\n{attempt} @bob")
    received = await sent(bob)
    assert len(received) == len(hostile)
    frame = {"html", "head", "meta", "title", "style", "body", "div", "p", "h1", "a", "br"}
    for letter in received:
        seen = read(words(letter, "html"))
        assert seen.tags.count("style") == 1
        assert set(seen.tags) <= frame | TAGS
        for tag, name, value in seen.attributes:
            assert not name.startswith("on"), (tag, name)
            assert name != "href" or re.match(r"https?://|mailto:", value), value


async def test_an_opening_that_mentions_begins_the_conversation(alice: Person, bob: Person, sent: Sent) -> None:
    thread = await a_thread(by=alice, title="On lists", body="What does @bob think?")
    (letter,) = await sent(bob)
    assert letter["Subject"] == "On lists"
    assert re.match(r"alice mentioned you in\n“On lists”\n\n[^\n]+ UTC\n\n> What does @bob think\?\n", words(letter))
    assert f"{BASE_URL}{thread['url']}\n" in words(letter)
    assert letter["References"] == f"<thread-{thread['id']}@forum.example>"


async def test_letters_of_a_thread_are_one_conversation_with_answers_under_what_they_answer(
    alice: Person, bob: Person, charlie: Person, sent: Sent
) -> None:
    """As a mail program threads them (RFC 5256): every letter names the thread's id first, then its parent's."""
    thread = await a_thread(by=alice, body="@charlie?")
    root = f"<thread-{thread['id']}@forum.example>"
    (opening,) = await sent(charlie)
    first = await a_reply(bob, thread, body="@charlie: one")
    (one,) = await sent(charlie)
    second = await a_reply(alice, thread, body="@charlie: two", parent=first["id"])
    (two,) = await sent(charlie)
    await a_reply(bob, thread, body="@charlie: three", parent=second["id"])
    (three,) = await sent(charlie)
    assert (opening["References"], opening["In-Reply-To"]) == (root, root)
    assert (one["References"], one["In-Reply-To"]) == (root, root)
    assert (two["References"].split(), two["In-Reply-To"]) == ([root, one["Message-ID"]], one["Message-ID"])
    assert (three["References"].split(), three["In-Reply-To"]) == ([root, two["Message-ID"]], two["Message-ID"])
    assert {letter["Subject"].removeprefix("Re: ") for letter in (opening, one, two, three)} == {thread["title"]}
    assert len({letter["List-Unsubscribe"] for letter in (opening, one, two, three)}) == 1
    assert {letter["List-Id"] for letter in (opening, one, two, three)} == {"Parley <parley.forum.example>"}


async def test_the_letters_of_two_people_have_links_of_their_own(
    alice: Person, bob: Person, charlie: Person, sent: Sent
) -> None:
    await a_reply(bob, await a_thread(by=alice), body="@charlie")
    (hers,), (his,) = await sent(alice), await sent(charlie)
    assert hers["List-Unsubscribe"] != his["List-Unsubscribe"]


async def test_a_mention_that_was_taken_back_is_not_mailed(
    alice: Person, bob: Person, charlie: Person, sent: Sent
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread, body="@charlie")
    await bob.patch(f"/api/v1/replies/{reply['id']}", {"body": "Nobody."})
    assert await sent(charlie) == []


async def test_of_a_long_post_the_beginning_is_shown_in_both_parts(alice: Person, bob: Person, sent: Sent) -> None:
    body = "@alice **bold**\n\n" + "word " * 6_000
    await a_reply(bob, await a_thread(by=alice), body=body)
    (letter,) = await sent(alice)
    for part in ("plain", "html"):
        assert 4_000 < len(words(letter, part)) < 8_000
        assert "word …" in words(letter, part)
    assert "<strong>bold</strong>" in words(letter, "html")
    assert f'<a href="{BASE_URL}/u/alice"' in words(letter, "html")


async def test_a_small_text_that_makes_much_html_leaves_room_for_the_way_out(
    alice: Person, bob: Person, sent: Sent
) -> None:
    table = "|a" * 100 + "\n" + "|-" * 100 + "\n" + "|b\n" * 1_100
    await a_reply(bob, await a_thread(by=alice), body=table)
    (letter,) = await sent(alice)
    assert len(words(letter, "html")) < 90_000
    assert "Mute this thread" in words(letter, "html")


async def test_a_closed_thread_is_read_on_the_site(alice: Person, bob: Person, mona: Person, sent: Sent) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure", {})
    told: dict[str, Any] = {letter["Subject"]: letter for letter in await sent(alice)}
    assert "Reply on the site" not in words(told[f"Re: {thread['title']}"])
    assert "Read it on the site" in words(told[f"Re: {thread['title']}"], "html")
    assert "Read it on the site" in words(told[f"Closed: {thread['title']}"], "html")


@pytest.mark.parametrize(("ended", "is_parent"), [("sent", True), ("failed", False), ("skipped", False)])
async def test_only_a_letter_that_was_sent_is_a_parent(
    alice: Person, bob: Person, charlie: Person, sent: Sent, app: FastAPI, ended: str, is_parent: bool
) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(bob, thread, body="@charlie")
    (one,) = await sent(charlie)
    await app.state.database.write(lambda session: session.exec(update(Delivery).values(state=ended)))
    await a_reply(alice, thread, body="@charlie", parent=first["id"])
    (two,) = await sent(charlie)
    assert two["In-Reply-To"] == (one["Message-ID"] if is_parent else f"<thread-{thread['id']}@forum.example>")
