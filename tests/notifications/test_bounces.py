"""Mail that comes back: what is noted, when it stops a person's mail, and what they see and do about it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, col, select

from service.kit.clock import Clock
from service.kit.mailer import AddressRefused
from service.notifications.models import Bounce, Letter
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox
from tests.pages.reading import parse
from tests.working import Jobs

pytestmark = pytest.mark.anyio
BOUNCES, PREFERENCES = "/api/v1/mail/bounces", "/api/v1/me/notification-preferences"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    """Mail goes to the box at once."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, smtp_url=box.url,
        mail_delay="PT0S",
    )  # fmt: skip


async def message_ids(app: FastAPI) -> list[str]:
    found: list[str] = await app.state.database.read(
        lambda session: [each.message_id for each in session.exec(select(Letter).order_by(col(Letter.id)))]
    )
    return found


async def noted(app: FastAPI) -> list[tuple[str, str]]:
    def work(session: Session) -> list[tuple[str, str]]:
        return [(each.kind, each.answer) for each in session.exec(select(Bounce).order_by(col(Bounce.id)))]

    found: list[tuple[str, str]] = await app.state.database.read(work)
    return found


async def banner(person: Person, path: str = "/") -> str:
    """What the page says of mail that came back; empty where it says nothing."""
    page = parse((await person.client.get(path)).text)
    return " ".join(each.text for each in page.all("div") if "returned" in each.attributes.get("class", ""))


async def report(by: Person, message_id: str, kind: str, reason: str = "") -> Any:
    return await by.post(BOUNCES, {"message_id": message_id, "kind": kind, "reason": reason})


async def test_a_refused_address_stops_its_persons_mail_until_they_try_again(
    alice: Person, bob: Person, box: Mailbox, app: FastAPI, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    box.rcpt = "550 5.1.1 no such mailbox"
    await a_reply(bob, thread)
    await jobs()
    assert await noted(app) == [("hard", "550 5.1.1 no such mailbox")]
    for path in ("/", "/settings", thread["url"]):
        assert "Mail to alice@example.org came back: 550 5.1.1 no such mailbox." in await banner(alice, path)
    assert await banner(bob) == ""
    box.rcpt = "250 OK"
    await a_reply(bob, thread)
    await jobs()
    assert box.taken == []
    again = await alice.client.post(
        "/mail-again", data={"next": "/settings"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert (again.status_code, again.headers["location"]) == (303, "/settings")
    assert await banner(alice) == ""
    await a_reply(bob, thread)
    await jobs()
    assert len(box.taken) == 1


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("rcpt", "554 5.7.1 relay access denied"),
        ("rcpt", "552 5.2.2 mailbox is full"),
        ("text", "554 5.6.0 the text is not liked"),
        ("rcpt", "451 try later"),
    ],
    ids=["policy", "full", "the text", "for now"],
)
async def test_what_is_not_about_the_mailbox_stops_no_mail_at_once(
    alice: Person, bob: Person, box: Mailbox, app: FastAPI, jobs: Jobs, stage: str, said: str
) -> None:
    """A relay that is set up wrongly must not stop everybody's mail."""
    setattr(box, stage, said)
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    assert await noted(app) == ([("soft", said)] if said.startswith(("554 5.7", "552")) else [])
    assert await banner(alice) == ""


@pytest.mark.parametrize(
    ("words", "soft"),
    [
        ("550 5.1.1 no such user", False),
        ("550 no such user", False),
        ("550 5.7.1 blocked, see 5.1.1", True),
        ("550 5.7.26 not authenticated", True),
        ("550 host 15.7.1.9 says 5.1.10", False),
        ("not an address: x", False),
    ],
)
def test_the_servers_status_says_whether_it_is_the_mailbox(words: str, soft: bool) -> None:
    assert AddressRefused(words).soft is soft


async def test_a_hook_says_what_came_back(
    alice: Person, bob: Person, ada: Person, box: Mailbox, app: FastAPI, jobs: Jobs, clock: Clock
) -> None:
    """Three soft ones within 30 days are enough, one letter counts once, and forgiven ones not at all."""
    thread = await a_thread(by=alice)
    for _ in range(8):
        await a_reply(bob, thread)
    await jobs()
    ids = await message_ids(app)

    async def soft(number: int) -> bool:
        answer = await report(ada, ids[number].strip("<>"), "soft", "452 4.2.2 full")
        assert answer.status_code == 200, answer.text
        assert answer.json()["username"] == "alice"
        return bool(answer.json()["mail_stopped"])

    assert [await soft(0), await soft(0), await soft(0), await soft(1)] == [False] * 4
    clock.offset += timedelta(days=31)
    assert [await soft(2), await soft(3)] == [False, False]
    assert await soft(4)
    assert "3 times in 30 days, at last: 452 4.2.2 full" in await banner(alice)
    await alice.patch(PREFERENCES, {"mail": True})
    assert await banner(alice) == ""
    assert not await soft(5)
    assert not await soft(4)
    complained = await report(ada, ids[6], "complaint")
    assert complained.json()["mail_stopped"]
    assert "it was reported as unwanted" in await banner(alice)


async def test_who_may_report_and_what_is_refused(
    alice: Person, bob: Person, mona: Person, ada: Person, box: Mailbox, app: FastAPI, jobs: Jobs
) -> None:
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    (message_id,) = await message_ids(app)
    for person in (bob, alice, mona):
        assert (await report(person, message_id, "hard")).status_code == 403
    assert (await report(ada, "<nobody@nowhere.example>", "hard")).status_code == 404
    for wrong in ({"kind": "rude"}, {"reason": "x" * 501}, {"message_id": ""}, {"to": "x"}):
        sent = {"message_id": message_id, "kind": "hard"} | wrong
        assert (await ada.post(BOUNCES, sent)).status_code == 422
    assert await noted(app) == []


async def test_what_the_server_said_is_shown_as_text(
    alice: Person, bob: Person, ada: Person, box: Mailbox, app: FastAPI, jobs: Jobs
) -> None:
    await a_reply(bob, await a_thread(by=alice))
    await jobs()
    (message_id,) = await message_ids(app)
    await report(ada, message_id, "hard", "550 <script>alert(1)</script>\r\nX: y")
    page = (await alice.client.get("/")).text
    assert "550 &lt;script&gt;alert(1)&lt;/script&gt; X: y" in page
