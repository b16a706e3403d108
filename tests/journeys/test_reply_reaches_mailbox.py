"""A reply reaches a mailbox: from the form's text to a letter at an SMTP server, and back by its link."""

import re
from pathlib import Path

import pytest

from service.settings import Settings, load_settings
from tests.build import a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox, words
from tests.working import Jobs

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    """Mail goes to the box at once."""
    return load_settings(
        database_url=database_url,
        data_dir=tmp_path,
        base_url=BASE_URL,
        secret_key=SECRET,
        smtp_url=box.url,
        mail_delay="PT0S",
    )


async def test_a_reply_reaches_a_mailbox(alice: Person, bob: Person, charlie: Person, box: Mailbox, jobs: Jobs) -> None:
    thread = await a_thread(by=alice, title="What the amnesty left out")
    key = {"Idempotency-Key": "one-and-the-same"}
    path = f"/api/v1/threads/{thread['id']}/replies"
    for _ in range(2):  # sent twice by an impatient client, stored once
        answer = await bob.post(path, {"body": "The numbers hide the *families*."}, headers=key)
        assert answer.status_code == 201, answer.text
    await jobs()

    assert box.recipients == ["alice@example.org"]
    (letter,) = box.taken
    assert letter["Subject"] == "Re: What the amnesty left out"
    assert "The numbers hide the *families*." in words(letter)
    assert "because you opened this thread" in words(letter)

    link = re.search(rf"{re.escape(BASE_URL)}(/t/\S+?)#reply-1$", words(letter), re.MULTILINE)
    assert link is not None
    page = await alice.get(link[1])
    assert page.status_code == 200
    assert 'id="reply-1"' in page.text

    (notice,) = (await alice.get("/api/v1/notifications?unread=true")).json()["items"]
    assert notice["reply"]["id"] == answer.json()["id"]
    assert (await charlie.get("/api/v1/notifications")).json()["items"] == []

    answered = await alice.post(path, {"body": "Indeed.", "parent": answer.json()["id"]})
    assert answered.status_code == 201
    await jobs()
    assert box.recipients == ["alice@example.org", "bob@example.org"]
    assert "because this is an answer to your reply" in words(box.taken[1])
    assert box.taken[0]["References"] == box.taken[1]["References"]
