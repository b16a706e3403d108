"""The rude mail server is as rude as it says, and its book tells what it did."""

from collections import Counter
from pathlib import Path

import pytest

from service.kit.mailer import Mail, MailFailed, SmtpMailer
from tests.crash.mail import RudeMail
from tests.crash.sink import LOST, RUDENESS

pytestmark = [pytest.mark.anyio, pytest.mark.no_database]


async def hand_over(mail: RudeMail, count: int, patience: float = 60) -> Counter[str]:
    """Try to send so many letters, each once; how often that went well, and what was said otherwise."""
    mailer, ends = SmtpMailer(mail.url, "http://localhost", deadline=patience), Counter[str]()
    for number in range(count):
        letter = Mail("alice@example.org", "Hello", "Marker\n", f"<{number}@localhost>")
        try:
            await mailer.send(letter)
            ends["taken"] += 1
        except MailFailed as failure:
            ends[str(failure).partition(" ")[0]] += 1
    return ends


async def test_every_rudeness_happens_and_the_book_has_what_was_taken(tmp_path: Path) -> None:
    with RudeMail(tmp_path / "mail", seed=4) as mail:
        ends = await hand_over(mail, 150, patience=2)
        book = mail.book()
    assert 0 < ends["taken"] <= sum(line.answered for line in book) < 150
    assert ends["451"] > 0
    assert ends["450"] > 0
    assert ends["421"] > 0
    lost = [line for line in book if line.mood in LOST]
    assert lost
    assert all(line.taken is not None and not line.answered for line in lost)
    assert all(line.words == "Marker\n" for line in book if line.taken is not None)
    assert sum(RUDENESS.values()) < 50


async def test_a_kind_one_takes_everything_and_a_shut_one_nothing(tmp_path: Path) -> None:
    with RudeMail(tmp_path / "mail", seed=4) as mail:
        mail.be_kind()
        assert await hand_over(mail, 20) == {"taken": 20}
        mail.shut()
        assert await hand_over(mail, 5) == {"451": 5}
        mail.open()
        assert await hand_over(mail, 5) == {"taken": 5}
        assert len(mail.parted()) >= 20
