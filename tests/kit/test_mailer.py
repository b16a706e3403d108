"""Letters: how they are built, and what becomes of them at a server that is kind, busy, rude, slow or gone."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from service.kit.mailer import (
    FileMailer,
    Mail,
    MailFailed,
    MailRefused,
    SmtpMailer,
    Templates,
    build,
    mail_domain,
    open_mailer,
)
from tests.mailbox import Mailbox, parse, words

pytestmark = pytest.mark.no_database

SITE = "https://forum.example"
LETTER = Mail(
    to="bob@example.org",
    subject="Re: Closing",
    text="Hello Bob,\nä reply.\n",
    html="<p>Hello Bob</p>",
    message_id="<n1.mail@forum.example>",
    headers={"Auto-Submitted": "auto-generated"},
)


def mailer(box: Mailbox, base_url: str = SITE) -> SmtpMailer:
    return SmtpMailer(box.url, base_url, deadline=5)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(talk: Talk) -> AsyncGenerator[str]:
    """A TCP server that says what `talk` says; gives its smtp:// address."""
    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()


def test_a_letter_reaches_the_server_whole(box: Mailbox) -> None:
    assert asyncio.run(mailer(box).send(LETTER)) == "OK, queued as 7"
    (message,) = box.taken
    assert (box.senders, box.recipients) == (["parley@forum.example"], ["bob@example.org"])
    assert message["From"] == "Parley <parley@forum.example>"
    assert message["To"] == "bob@example.org"
    assert message["Subject"] == "Re: Closing"
    assert message["Message-ID"] == "<n1.mail@forum.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert words(message) == LETTER.text
    assert "<p>Hello Bob</p>" in words(message, "html")


@pytest.mark.parametrize("stage", ["rcpt", "text"])
def test_5xx_is_for_good_and_4xx_for_now(box: Mailbox, stage: str) -> None:
    setattr(box, stage, "550 5.1.1 no such mailbox")
    with pytest.raises(MailRefused, match=r"550 5\.1\.1 no such mailbox"):
        asyncio.run(mailer(box).send(LETTER))
    setattr(box, stage, "451 4.3.0 try again later")
    with pytest.raises(MailFailed, match=r"451 4\.3\.0 try again later"):
        asyncio.run(mailer(box).send(LETTER))
    assert box.taken == []


def test_nobody_listening_is_for_now() -> None:
    with pytest.raises(MailFailed):
        asyncio.run(SmtpMailer("smtp://127.0.0.1:1", SITE, deadline=5).send(LETTER))


def test_a_refused_greeting_or_log_in_throws_no_letter_away() -> None:
    async def closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 no service here\r\n")
        writer.close()

    async def no_log_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            known = line.upper().startswith(b"EHLO")
            writer.write(b"250-hello\r\n250 AUTH PLAIN\r\n" if known else b"535 wrong password\r\n")

    async def run() -> None:
        async with server(closed) as url:
            with pytest.raises(MailFailed, match="554"):
                await SmtpMailer(url, SITE, deadline=5).send(LETTER)
        async with server(no_log_in) as url:
            with pytest.raises(MailFailed, match="535 wrong password"):
                await SmtpMailer(url.replace("//", "//me:se%40cret@"), SITE, deadline=5).send(LETTER)

    asyncio.run(run())


def test_a_server_that_never_stops_talking_meets_the_total_deadline() -> None:
    """Each line comes soon enough for a limit per read; only a limit on the whole ends it."""

    async def dribble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"220-hello\r\n")
            await asyncio.sleep(0.05)

    async def run() -> float:
        async with server(dribble) as url:
            began = time.monotonic()
            with pytest.raises(MailFailed):
                await SmtpMailer(url, SITE, deadline=0.5).send(LETTER)
            return time.monotonic() - began

    assert asyncio.run(run()) < 3


def test_a_server_that_drops_the_line_after_the_text_is_for_now() -> None:
    async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            if line == b".\r\n":
                break
            writer.write(b"354 go on\r\n" if line.startswith(b"DATA") else b"250 OK\r\n")
            if line.startswith(b"DATA"):
                await reader.readuntil(b"\r\n.\r\n")
                break
        writer.close()

    async def run() -> None:
        async with server(drop) as url:
            with pytest.raises(MailFailed):
                await SmtpMailer(url, SITE, deadline=5).send(LETTER)

    asyncio.run(run())


def test_a_server_that_hangs_at_the_good_bye_has_the_letter() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            if line.startswith(b"QUIT"):
                await asyncio.sleep(30)
            elif line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            else:
                writer.write(b"250 OK\r\n")

    async def run() -> str:
        async with server(hang) as url:
            return await SmtpMailer(url, SITE, deadline=5).send(LETTER)

    assert asyncio.run(run()) == "taken"


@pytest.mark.parametrize("typed", ["x\r\nBcc: eve@x.org", "x\nBcc: eve@x.org\n\nbody", "x\u2028y\x00\x85z", "é" * 300])
def test_no_header_can_be_forged(typed: str) -> None:
    mail = replace(LETTER, subject=typed, from_name=typed, headers={"List-Id": typed}, html=None, text="t")
    message = parse(build(mail, "forum.example").as_bytes())
    assert sorted(set(message.keys())) == [
        "Content-Transfer-Encoding", "Content-Type", "Date", "From", "List-Id", "MIME-Version", "Message-ID",
        "Subject", "To",
    ]  # fmt: skip
    assert words(message).strip() == "t"


@pytest.mark.parametrize("message_id", ["", "a@b", "<a>", "<a b@c>", "<é@x>", "<a@b>\r\nBcc: eve@x.org"])
def test_a_message_id_is_one_or_it_is_a_mistake_of_ours(message_id: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        replace(LETTER, message_id=message_id)


@pytest.mark.parametrize(
    "address", ["", "bob", "bob@", "bob@a b", "bob@x\r\nBcc: eve@x", "bö@x.org", "a@b, c@d", "<bob@x>"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(MailRefused):
        build(replace(LETTER, to=address), "forum.example")


def test_a_recipients_domain_is_written_in_ascii() -> None:
    message = parse(build(replace(LETTER, to="bob@bücher.example"), "forum.example").as_bytes())
    assert message["To"] == "bob@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("base_url", "domain"),
    [
        ("https://forum.example", "forum.example"),
        ("http://127.0.0.1:8000", "[127.0.0.1]"),
        ("http://[::1]:8000", "[IPv6:::1]"),
        ("http://localhost:8000", "localhost"),
        ("https://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_mail_comes_from_the_sites_own_host(base_url: str, domain: str) -> None:
    assert mail_domain(base_url) == domain
    message = parse(build(LETTER, domain).as_bytes())
    assert message["From"].addresses[0].addr_spec == f"parley@{domain}"


def test_mail_from_an_address_literal_is_accepted(box: Mailbox) -> None:
    asyncio.run(mailer(box, "http://127.0.0.1:8000").send(LETTER))
    assert box.senders == ["parley@[127.0.0.1]"]


def test_a_file_is_whole_and_sending_again_replaces_it(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path / "mail", SITE)
    assert asyncio.run(mailer.send(LETTER)) == "n1.mail@forum.example.eml"
    asyncio.run(mailer.send(LETTER))
    (file,) = (tmp_path / "mail").iterdir()
    assert parse(file.read_bytes())["Message-ID"] == LETTER.message_id


def test_a_message_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path / "mail", SITE)
    asyncio.run(mailer.send(replace(LETTER, message_id="<../../x/../.y@z>")))
    assert [file.name for file in (tmp_path / "mail").iterdir()] == ["_.._x_.._.y@z.eml"]
    assert list(tmp_path.iterdir()) == [tmp_path / "mail"]


def test_a_folder_that_cannot_be_written_is_for_now(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(MailFailed):
        asyncio.run(FileMailer(tmp_path / "mail", SITE).send(LETTER))


def test_without_a_server_mail_is_written_as_files(tmp_path: Path) -> None:
    assert isinstance(open_mailer("", tmp_path, SITE), FileMailer)
    assert isinstance(open_mailer("smtps://mail.example", tmp_path, SITE), SmtpMailer)


def test_templates_escape_html_and_demand_every_fact(tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("Hello {{ name }}\n\n")
    (tmp_path / "hello.html").write_text("<p>{{ name }}</p>")
    assert Templates(tmp_path).draw("hello", name="<b>&") == ("Hello <b>&\n", "<p>&lt;b&gt;&amp;</p>")
    with pytest.raises(Exception, match="'name' is undefined"):
        Templates(tmp_path).draw("hello")


@pytest.mark.parametrize("message_id", ["reply-1.1.aa@forum.example", "reply-1.1.aa@[127.0.0.1]", "r@[IPv6:::1]"])
def test_a_file_is_named_by_its_message_id(tmp_path: Path, message_id: str) -> None:
    mailer = FileMailer(tmp_path, SITE)
    assert asyncio.run(mailer.send(replace(LETTER, message_id=f"<{message_id}>"))) == f"{message_id}.eml"
    assert (tmp_path / f"{message_id}.eml").exists()
