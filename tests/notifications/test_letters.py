"""Letters as files: what they say, and when they are not sent."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from service.kit.clock import Clock
from service.notifications.jobs import CLOSED_BECAUSE
from service.notifications.models import Delivery
from service.settings import Settings, load_settings
from service.threads.schemas import Reason
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import letters, words
from tests.working import Jobs

pytestmark = pytest.mark.anyio
PREFERENCES = "/api/v1/me/notification-preferences"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Mail waits ten minutes, so that a test can do something meanwhile."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, mail_delay="PT10M"
    )


async def ends(app: FastAPI) -> list[tuple[str, str]]:
    """State and last word of every delivery, in order."""

    def work(session: Any) -> list[tuple[str, str]]:
        return [(row.state, row.answer) for row in session.exec(select(Delivery).order_by(col(Delivery.id)))]

    found: list[tuple[str, str]] = await app.state.database.read(work)
    return found


@pytest.fixture
def later(jobs: Jobs, clock: Clock) -> Callable[[], Awaitable[None]]:
    """Tells, waits ten minutes, and sends."""

    async def go() -> None:
        await jobs()
        clock.offset += timedelta(minutes=10)
        await jobs()

    return go


async def test_a_letter_says_what_where_and_why(
    alice: Person, bob: Person, later: Callable[[], Awaitable[None]], tmp_path: Path, app: FastAPI
) -> None:
    thread = await a_thread(by=alice, title="Who came <home>?")
    await a_reply(bob, thread, body="First line & <b>bold</b>\n\nSecond *paragraph*")
    await later()
    (letter,) = letters(tmp_path)
    assert (letter["To"], letter["Subject"]) == ("alice@example.org", "Re: Who came <home>?")
    assert letter["From"] == '"bob (Parley)" <parley@forum.example>'
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Id"] == "Parley <parley.forum.example>"
    assert letter["In-Reply-To"] == letter["References"] == f"<thread-{thread['id']}@forum.example>"
    text, html = words(letter), words(letter, "html")
    assert re.match(r"bob replied to\n“Who came <home>\?”\n\n#1 · \d+ \w+ 20\d\d, \d\d:\d\d UTC\n\n> First line", text)
    assert "> First line & <b>bold</b>\n> \n> Second *paragraph*" in text
    assert f"{BASE_URL}{thread['url']}#reply-1" in text
    assert "You get this mail from Parley because you opened this thread." in text
    assert "<p>First line &amp; &lt;b&gt;bold&lt;/b&gt;</p>\n<p>Second <em>paragraph</em></p>" in html
    assert "Who came &lt;home&gt;?" in html
    assert "<b>" not in html
    assert f'href="{BASE_URL}{thread["url"]}#reply-1"' in html
    assert "Reply on the site</a>" in html
    assert f"Reply on the site:\n{BASE_URL}{thread['url']}#reply-1\n" in text
    assert "because you opened this thread." in html
    assert "\n-- \nYou get this mail" in text
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mute = letter["List-Unsubscribe"][1:-1]
    assert mute.startswith(f"{BASE_URL}/unsubscribe/")
    assert f'<a href="{mute}">Mute this thread</a>' in html
    assert f"mute it: {mute}\n" in text
    ((state, answer),) = await ends(app)
    assert (state, answer) == ("sent", letter["Message-ID"].strip("<>") + ".eml")


async def test_letters_of_one_thread_are_one_conversation(
    alice: Person, bob: Person, later: Callable[[], Awaitable[None]], tmp_path: Path
) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    await a_reply(bob, thread)
    await later()
    for each in (thread, other):
        await a_reply(bob, each)
    await later()
    sent = letters(tmp_path)
    assert len({letter["Message-ID"] for letter in sent}) == 3
    assert sorted(letter["References"] for letter in sent) == sorted(
        [f"<thread-{thread['id']}@forum.example>"] * 2 + [f"<thread-{other['id']}@forum.example>"]
    )


async def test_a_letter_shows_the_text_as_it_is_when_it_leaves(
    alice: Person, bob: Person, jobs: Jobs, clock: Clock, tmp_path: Path
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice), body="Wirtten in haste")
    await jobs()
    assert letters(tmp_path) == []
    await bob.patch(f"/api/v1/replies/{reply['id']}", {"body": "Written with care"})
    clock.offset += timedelta(minutes=10)
    await jobs()
    (letter,) = letters(tmp_path)
    assert "Written with care" in words(letter)


async def test_a_very_long_reply_is_continued_on_the_site(
    alice: Person, bob: Person, later: Callable[[], Awaitable[None]], tmp_path: Path
) -> None:
    await a_reply(bob, await a_thread(by=alice), body="word " * 6_000)
    await later()
    (letter,) = letters(tmp_path)
    assert 4_000 < len(words(letter)) < 5_000
    assert "word …" in words(letter)


async def test_a_manual_closing_is_told_with_its_reason(
    alice: Person, bob: Person, mona: Person, later: Callable[[], Awaitable[None]], tmp_path: Path
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    closed = await mona.put(f"/api/v1/threads/{thread['id']}/closure", {"reason": "All is <said>."})
    assert closed.status_code == 200, closed.text
    await mona.put(f"/api/v1/threads/{thread['id']}/closure", {"reason": "Again."})
    await later()
    told = {letter["To"]: letter for letter in letters(tmp_path)}
    assert {to: letter["Subject"] for to, letter in told.items()} == {
        "alice@example.org": "Re: What the amnesty left out", "bob@example.org": "Closed: What the amnesty left out",
    }  # fmt: skip
    to_bob, to_alice = words(told["bob@example.org"]), words(told["alice@example.org"])
    assert to_bob.startswith("mona closed\n“What the amnesty left out”\n")
    assert "\nThe reason given: All is <said>.\n\nClosed since " in to_bob
    assert "All is &lt;said&gt;." in words(told["bob@example.org"], "html")
    assert to_alice.startswith("1 new reply and the closing of\n“What the amnesty left out”\n\n#1 · bob replied · ")
    assert "\nmona closed this thread · " in to_alice
    assert to_alice.count("The reason given: All is <said>.") == 1
    for text in (to_bob, to_alice):
        assert "Read it on the site:\n" in text


@dataclass(frozen=True)
class Scene:
    """Bob's reply in Alice's thread, of which a letter to her waits."""

    alice: Person
    bob: Person
    ada: Person
    thread: dict[str, Any]
    reply: dict[str, Any]

    async def answer_and_delete(self) -> None:
        """The reply stays as a stub, because somebody answered it."""
        await a_reply(self.alice, self.thread, parent=self.reply["id"])
        await self.bob.delete(f"/api/v1/replies/{self.reply['id']}")

    async def follow(self, level: str) -> None:
        """Alice changes her mind about the thread."""
        await self.alice.put(f"/api/v1/threads/{self.thread['id']}/subscription", {"level": level})


MEANWHILE: list[tuple[str, Callable[[Scene], Awaitable[Any]]]] = [
    ("read on the site", lambda scene: scene.alice.post("/api/v1/notifications/read", {"all": True})),
    ("mail is switched off", lambda scene: scene.alice.patch(PREFERENCES, {"mail": False})),
    ("the thread is muted", lambda scene: scene.follow("muted")),
    ("the thread is no longer watched", lambda scene: scene.follow("normal")),
    ("the reply is no longer shown", lambda scene: scene.bob.delete(f"/api/v1/replies/{scene.reply['id']}")),
    ("the reply is no longer shown", Scene.answer_and_delete),
    ("the thread is no longer shown", lambda scene: scene.ada.delete(f"/api/v1/threads/{scene.thread['id']}")),
    (
        "the recipient may no longer see the category",
        lambda scene: scene.ada.patch("/api/v1/categories/general", {"visibility": "staff"}),
    ),
]


@pytest.mark.parametrize(("reason", "change"), MEANWHILE)
async def test_a_letter_that_is_not_wanted_any_more_is_not_sent(
    alice: Person, bob: Person, ada: Person, jobs: Jobs, clock: Clock, tmp_path: Path, app: FastAPI,
    reason: str, change: Callable[[Scene], Awaitable[Any]],
) -> None:  # fmt: skip
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    await jobs()
    await change(Scene(alice, bob, ada, thread, reply))
    clock.offset += timedelta(minutes=10)
    await jobs()
    assert [letter for letter in letters(tmp_path) if letter["To"] == "alice@example.org"] == []
    assert (await ends(app))[0] == ("skipped", reason)


async def test_a_closing_that_was_undone_is_not_mailed(
    alice: Person, mona: Person, jobs: Jobs, clock: Clock, tmp_path: Path, app: FastAPI
) -> None:
    thread = await a_thread(by=alice)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure", {})
    await jobs()
    await mona.delete(f"/api/v1/threads/{thread['id']}/closure")
    clock.offset += timedelta(minutes=10)
    await jobs()
    assert letters(tmp_path) == []
    assert await ends(app) == [("skipped", "the thread is open again")]


async def test_who_wants_no_mail_gets_no_delivery_at_all(
    alice: Person, bob: Person, later: Callable[[], Awaitable[None]], app: FastAPI
) -> None:
    await alice.patch(PREFERENCES, {"mail": False})
    await a_reply(bob, await a_thread(by=alice))
    await later()
    assert await ends(app) == []
    assert len((await alice.get("/api/v1/notifications")).json()["items"]) == 1


def test_every_reason_for_a_closing_has_its_words() -> None:
    assert set(CLOSED_BECAUSE) == set(get_args(Reason))
