"""Headers whose words arrive in one piece, however long the host's name is, read by the standard parser."""

from email.message import EmailMessage

import pytest
from aiosmtplib.email import flatten_message

from service.kit.mailer import Mail, build
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
