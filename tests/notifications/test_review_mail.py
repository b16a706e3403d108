"""Moderators' mail: one letter for all that waits, at most one in half an hour, and links that ask once more."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.clock import Clock
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import letters, words
from tests.pages.reading import parse
from tests.working import Jobs

pytestmark = pytest.mark.anyio
PREFERENCES = "/api/v1/me/notification-preferences"
Received = Callable[..., Awaitable[list[EmailMessage]]]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Mail waits ten minutes, as it does where nobody says otherwise."""
    return load_settings(database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET)


@pytest.fixture
async def thread(ada: Person, mona: Person) -> dict[str, Any]:
    """A thread on a site that holds everybody's first posts; ada wants no mail about them."""
    site = await ada.get("/api/v1/site")
    changed = await ada.patch("/api/v1/site", {"hold_first_posts": 1}, headers={"If-Match": site.headers["etag"]})
    assert changed.status_code == 200, changed.text
    await ada.patch(PREFERENCES, {"channels": {"reviews": {"mail": False}}})
    return await a_thread(by=mona, title="A thread that is <watched>")


@pytest.fixture
def received(jobs: Jobs, clock: Clock, tmp_path: Path) -> Received:
    """Waits so many minutes, and gives the letters about reviews that came meanwhile."""
    given: set[str] = set()

    async def go(minutes: int) -> list[EmailMessage]:
        await jobs()
        clock.offset += timedelta(minutes=minutes)
        await jobs()
        about = [letter for letter in letters(tmp_path) if "for a moderator" in letter["Subject"]]
        fresh = [letter for letter in about if letter["Message-ID"] not in given]
        given.update(letter["Message-ID"] for letter in fresh)
        return fresh

    return go


async def test_what_waits_comes_in_one_letter_and_no_sooner_than_half_an_hour_after_the_last(
    thread: dict[str, Any], bob: Person, charlie: Person, mona: Person, received: Received
) -> None:
    await a_reply(bob, thread, body="Is this *spam*?")
    await a_reply(charlie, thread, body="And this?")
    (letter,) = await received(10)
    assert (letter["To"], letter["Subject"]) == (mona.email, "Parley: 2 posts wait for a moderator")
    text = words(letter)
    assert text.startswith("2 posts wait for a moderator\nThe oldest has waited for 10 minutes.\n\nReply by bob · ")
    assert "\n> Is this spam?\n" in text
    assert f"Open the review queue:\n{BASE_URL}/mod/queue\n" in text
    assert (letter["Auto-Submitted"], letter["In-Reply-To"]) == ("auto-generated", None)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = words(letter, "html")
    assert "A thread that is &lt;watched&gt;" in html
    await a_reply(bob, thread, body="And one more")
    assert await received(20) == []
    (second,) = await received(10)
    assert "3 posts wait for a moderator" in second["Subject"]


async def test_nothing_is_sent_when_nothing_waits(
    thread: dict[str, Any], bob: Person, mona: Person, received: Received, jobs: Jobs
) -> None:
    reply = await a_reply(bob, thread)
    await jobs()
    (review,) = (await mona.get("/api/v1/reviews")).json()["items"]
    decided = await mona.put(f"/api/v1/reviews/{review['id']}/decision", {"action": "approve", "version": 1})
    assert decided.status_code == 200, decided.text
    assert await received(10) == []
    assert reply["moderation"] == "pending"


async def links(letter: EmailMessage) -> dict[str, str]:
    """The steps that the letter offers for its first post: paths on the site."""
    found = {link.text.split()[0]: link.attributes["href"] for link in reversed(parse(words(letter, "html")).all("a"))}
    return {name: found[name].removeprefix(BASE_URL) for name in ("Approve", "Reject")}


@pytest.mark.parametrize(("step", "then"), [("Approve", "published"), ("Reject", "rejected")])
async def test_a_link_asks_once_more_and_is_used_up_by_the_first_decision(
    thread: dict[str, Any], bob: Person, mona: Person, received: Received, client: httpx.AsyncClient,
    step: str, then: str,
) -> None:  # fmt: skip
    """Without signing in; looking changes nothing; the decision is the moderator's to whom the letter went."""
    reply = await a_reply(bob, thread, body="Is this *spam*?")
    (letter,) = await received(10)
    paths = await links(letter)
    for method in ("GET", "HEAD", "GET"):
        looked = await client.request(method, paths[step])
        assert looked.status_code in (200, 405)
    assert f"{step} this post?" in looked.text
    assert "Is this <em>spam</em>?" in looked.text
    assert (await bob.get(f"/api/v1/replies/{reply['id']}")).json()["moderation"] == "pending"
    done = await client.post(paths[step], headers={"Sec-Fetch-Site": "same-origin"})
    assert done.status_code == 200, done.text
    assert (await mona.get(f"/api/v1/replies/{reply['id']}")).json()["moderation"] == then
    review = (await mona.get("/api/v1/reviews?state=decided")).json()["items"][0]
    assert review["decided_by"] == "mona"
    for path in paths.values():
        again = await client.post(path)
        assert again.status_code == 409
        assert "This link was used" in again.text


async def test_links_end_with_the_office_the_week_and_the_post(
    thread: dict[str, Any], bob: Person, mona: Person, ada: Person, received: Received, client: httpx.AsyncClient,
    clock: Clock, app: Any,
) -> None:  # fmt: skip
    reply = await a_reply(bob, thread)
    (letter,) = await received(10)
    paths = await links(letter)
    for wrong in (paths["Approve"] + "x", paths["Approve"].replace(f"/{mona.id}.", f"/{ada.id}."), "/review/x"):
        assert (await client.get(wrong)).status_code == 404
        assert (await client.post(wrong)).status_code == 404
    clock.offset += timedelta(days=7)
    assert (await client.post(paths["Approve"])).status_code == 404
    clock.offset -= timedelta(days=1)
    await app.state.database.write(
        lambda session: (
            session.connection().exec_driver_sql("UPDATE account SET role = 'member' WHERE username = 'mona'") and None
        )
    )
    assert (await client.get(paths["Approve"])).status_code == 404
    assert (await client.post(paths["Approve"])).status_code == 404
    assert (await bob.get(f"/api/v1/replies/{reply['id']}")).json()["moderation"] == "pending"


def _resigns(session: Session, account_id: int) -> None:
    session.execute(update(Account).where(col(Account.id) == account_id).values(role="member"))


async def test_a_post_that_was_changed_since_is_not_decided_by_the_link(
    thread: dict[str, Any], bob: Person, received: Received, client: httpx.AsyncClient
) -> None:
    reply = await a_reply(bob, thread, body="Harmless")
    (letter,) = await received(10)
    edited = await bob.patch(f"/api/v1/replies/{reply['id']}", {"body": "Harmful"})
    assert edited.status_code == 200, edited.text
    answer = await client.post((await links(letter))["Approve"])
    assert answer.status_code == 409
    assert (await bob.get(f"/api/v1/replies/{reply['id']}")).json()["moderation"] == "pending"
