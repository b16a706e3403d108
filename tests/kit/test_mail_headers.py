"""Headers whose words arrive in one piece, however long the host's name is, read by the standard parser."""

from email.message import EmailMessage

import pytest
from aiosmtplib.email import flatten_message

from service.kit.mailer import Mail, MailRefused, build
from tests.mailbox import parse

pytestmark = pytest.mark.no_database
HOST = "a-rather-long-host-name-of-an-institute.at-a.university.example.org"
ADDRESS = f"<https://{HOST}/unsubscribe/123456.7654321.abcdefghijklmnopqrstuvwxyz_-0123>"
IDS = [f"<thread-7@{HOST}>", f"<reply-45.1234.aaaabbbb@{HOST}>"]


def letter(**headers: str) -> EmailMessage:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return build(Mail("a@b.example", "Re: Über", "text", "<a@b>", headers=named), "b.example")


@pytest.mark.parametrize("written", [EmailMessage.as_bytes, flatten_message])
def test_addresses_and_ids_are_never_taken_apart(written: object) -> None:
    """`written` is how a letter becomes bytes: for a file, and on its way to an SMTP server."""
    assert callable(written)
    raw = written(letter(List_Unsubscribe=ADDRESS, References=" ".join(IDS), In_Reply_To=IDS[1]))
    assert ADDRESS.encode() in raw
    read = parse(raw)
    assert read["List-Unsubscribe"] == ADDRESS
    assert read["References"].split() == IDS
    assert read["In-Reply-To"] == IDS[1]
    for line in raw.split(b"\r\n"):
        assert len(line) <= 78 or len(line.split()) <= 2, line


def test_a_lists_name_may_be_in_any_script() -> None:
    name = "Für Parley und die Größe der langen Namen überall in der Welt und darüber"
    raw = letter(List_Id=f"{name} <parley.{HOST}>").as_bytes()
    assert raw.isascii()
    assert f"<parley.{HOST}>".encode() in raw
    assert parse(raw)["List-Id"] == f"{name} <parley.{HOST}>"


def test_nothing_in_them_begins_a_header_of_its_own() -> None:
    message = letter(List_Unsubscribe="<https://x>\r\nBcc: eve@example.org", References="<a@b>\nX: y")
    read = parse(message.as_bytes())
    assert read["Bcc"] is None
    assert read["X"] is None


DISGUISED = [
    "=?utf-8?q?=0d=0aBcc:_eve@example.org?=",
    "Re: =?utf-8?q?=0d=0aBcc:_eve@example.org?= and more",
    "=?utf-8?b?DQpYOiB5DQoNCjxoMT5oaTwvaDE+?=",
    "=?us-ascii?q?=0a=0abody?= " + "=?utf-8?q?=0d=0aX:_y?=" * 9,
    "==??utf-8?q?=0aX:_y?=?=",
    "Größe =?utf-8?q?=0d=0aX:_y?=",
    'a "quoted" \\ =?utf-8?q?=0d=0aX:_y?= <b@c>, d',
]


@pytest.mark.parametrize("typed", DISGUISED)
@pytest.mark.parametrize("written", [EmailMessage.as_bytes, flatten_message])
def test_what_is_typed_as_an_encoded_word_stays_what_was_typed(typed: str, written: object) -> None:
    """The standard library decodes it in a value that is set, line ends and all: then a title writes headers."""
    assert callable(written)
    raw = written(build(Mail("a@b.example", typed, "text", "<a@b>", from_name=typed), "b.example"))
    head = raw.partition(b"\r\n\r\n")[0]
    names = {line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))}
    assert names == {b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Content-Type", b"MIME-Version"} | (
        {b"Content-Transfer-Encoding"} & names
    )
    assert all(len(line) <= 120 for line in head.split(b"\r\n"))
    read = parse(raw)
    assert read["Subject"] == typed
    (sender,) = read["From"].addresses
    assert sender.addr_spec == "parley@b.example"
    assert sender.display_name.replace(" ", "") == typed.replace(" ", "")  # this parser misplaces a blank in a long one


def test_an_address_that_looks_like_an_encoded_word_is_refused() -> None:
    with pytest.raises(MailRefused):
        build(Mail("=?utf-8?q?=0d=0aBcc=3a_x?=@example.org", "Hello", "text", "<a@b>"), "b.example")
