"""Mail: one letter, drawn from templates, handed to an SMTP server or written as a file.

    MailNotSent
    ├── MailRefused   for good: the server answered this letter with 5xx (RFC 5321 section 4.2.1); never try it again
    │   └── AddressRefused   it was the recipient's address that the server refused
    └── MailFailed    for now: no connection, no answer in time, 4xx, a log-in that failed, a full disk

A letter carries its own Message-ID, the same at every attempt, so that a server that took it and could not say so
shows a reader one letter. Nothing here waits longer than DEADLINE in total, whatever the server does.
"""

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote, urlsplit

import jinja2
from markupsafe import Markup

from service.kit.lazily import lazily
from service.kit.mail_headers import ENCODED, LETTER_POLICY, one_line

if TYPE_CHECKING:
    import aiosmtplib
else:
    aiosmtplib = lazily("aiosmtplib")

DEADLINE: Final = 30.0
"""Seconds for one letter, from the look-up of the name to the server's last word. smtplib's own limits are per read."""

PORTS: Final = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}

MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")


class MailNotSent(Exception):
    """A letter was not handed over; the message is the server's answer, or what happened instead of one."""


class MailRefused(MailNotSent):
    """The server refused this letter for good (5xx to its sender, recipient or text)."""


class AddressRefused(MailRefused):
    """The server refused the recipient for good. `soft`: not because there is no such mailbox, by the server's own
    words (RFC 3463): it is full (5.2.2), or the matter is the server (5.3), the network (5.4) or a policy (5.7).
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.soft = ABOUT_NO_MAILBOX.search(message) is not None


ABOUT_NO_MAILBOX: Final = re.compile(r"(?<![\d.])5\.(2\.2|[347]\.\d{1,3})(?![\d.])")


class MailFailed(MailNotSent):
    """The letter may go through later."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter to one person; `message_id` is an RFC 5322 msg-id with its angle brackets, or ValueError."""

    to: str
    subject: str
    text: str
    message_id: str
    html: str | None = None
    from_name: str = "Parley"
    headers: Mapping[str, str] = field(default_factory=dict)
    date: datetime | None = None

    def __post_init__(self) -> None:
        if not MESSAGE_ID.fullmatch(self.message_id):
            raise ValueError(f"{self.message_id!r} is no Message-ID (RFC 5322 section 3.6.4)")


class Mailer(Protocol):
    """Whatever takes letters."""

    async def send(self, mail: Mail) -> str:
        """Hand the letter over; returns what the receiver said. Raises MailRefused or MailFailed."""


def mail_domain(base_url: str) -> str:
    """The part after the @ for mail from this site: its host, or an address literal (RFC 5321 section 4.1.3)."""
    host = urlsplit(base_url).hostname or "localhost"
    try:
        address = ip_address(host)
    except ValueError:
        return host.encode("idna").decode("ascii")
    return f"[IPv6:{address}]" if isinstance(address, IPv6Address) else f"[{address}]"


def ascii_address(address: str) -> str:
    """The address as every server takes it: its domain in ASCII (RFC 5890).

    Raises:
        ValueError: the part before the @ is not ASCII, which takes SMTPUTF8 all the way (RFC 6531), or looks like an
            encoded-word (RFC 2047), which the standard library would decode into whatever it hides.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii():
        raise ValueError("the part before the @ must be ASCII")
    if ENCODED in local:
        raise ValueError("the part before the @ looks like an encoded-word")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


def build(mail: Mail, domain: str) -> EmailMessage:
    """The letter as a MIME message from `parley@domain`: text, and HTML beside it if there is any.

    Raises:
        AddressRefused: the recipient's address is none.
    """
    message = EmailMessage(policy=LETTER_POLICY)
    try:
        message["From"] = Address(one_line(mail.from_name), "parley", domain)
        message["To"] = Address(addr_spec=ascii_address(mail.to))
    except (MessageError, ValueError, IndexError) as error:  # the parser runs off the end of some broken addresses
        raise AddressRefused(f"not an address: {error}") from error
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(mail.date or datetime.now(UTC))
    message["Message-ID"] = mail.message_id
    for name, value in mail.headers.items():
        message[name] = one_line(value)
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message


class SmtpMailer:
    """Hands each letter to one SMTP server, over a connection of its own.

    `url` is `smtp://` (plain: a relay or mail catcher on the same machine or network), `smtps://` (TLS from the first
    byte) or `smtp+starttls://` (TLS demanded before anything is said), each `[user:password@]host[:port]`.
    """

    def __init__(self, url: str, base_url: str, deadline: float = DEADLINE) -> None:
        self._url = urlsplit(url)
        self._domain = mail_domain(base_url)
        self._deadline = deadline
        self._parting: set[asyncio.Task[None]] = set()

    def client(self) -> "aiosmtplib.SMTP":
        """A client of the server, not connected yet."""
        url = self._url
        return aiosmtplib.SMTP(
            hostname=url.hostname,
            port=url.port or PORTS[url.scheme],
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            local_hostname=self._domain,
            use_tls=url.scheme == "smtps",
            start_tls=url.scheme == "smtp+starttls",
            timeout=self._deadline,
        )

    async def send(self, mail: Mail) -> str:
        """Hand the letter to the server; returns its answer to the text."""
        message = build(mail, self._domain)
        client = self.client()
        try:
            async with asyncio.timeout(self._deadline):
                said = await converse(client, message, f"parley@{self._domain}")
        except BaseException as error:
            client.close()
            if isinstance(error, TimeoutError):
                raise MailFailed(f"no answer within {self._deadline:g} seconds") from error
            raise
        # Not awaited: until the caller has recorded the answer, a crash means that the letter is sent again.
        parting = asyncio.create_task(part(client))
        self._parting.add(parting)
        parting.add_done_callback(self._parting.discard)
        return said


async def converse(client: "aiosmtplib.SMTP", message: EmailMessage, sender: str) -> str:
    """One conversation, up to the server's answer to the text.

    A refusal before the envelope (greeting, TLS, log-in) is about the server's state or the settings, not about the
    letter, so it is MailFailed even with 5xx: a wrong password must not throw every letter away.
    """
    try:
        await client.connect()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise MailFailed(answer(error)) from error
    try:
        _, said = await client.send_message(message, sender=sender, recipients=[str(message["To"])])
    except (aiosmtplib.SMTPNotSupported, ValueError) as error:
        raise MailRefused(answer(error)) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        of_address = AddressRefused if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else MailRefused
        raise (of_address if refused_for_good(error) else MailFailed)(answer(error)) from error
    return one_line(said)[:500]


async def part(client: "aiosmtplib.SMTP") -> None:
    """Say good-bye and close. The letter is the server's already, so nothing that goes wrong here matters."""
    try:
        with suppress(aiosmtplib.SMTPException, OSError):
            async with asyncio.timeout(1):
                await client.quit()
    finally:
        client.close()


def refused_for_good(error: Exception) -> bool:
    """Whether the server said 5xx to the sender, the recipient or the text."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refused_for_good(each) for each in error.recipients)
    return (
        isinstance(error, aiosmtplib.SMTPResponseException)
        and not isinstance(error, aiosmtplib.SMTPHeloError)
        and 500 <= error.code <= 599
    )


def answer(error: Exception) -> str:
    """What the server said, as one line of at most 500 characters; or what happened instead."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return one_line(f"{error.code} {error.message}")[:500]
    return one_line(str(error) or type(error).__name__)[:500]


class FileMailer:
    """Writes each letter as `<Message-ID>.eml` under `folder`; sent again, it replaces its own file."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self._folder = folder
        self._domain = mail_domain(base_url)

    async def send(self, mail: Mail) -> str:
        """Write the letter; returns the file's name."""
        content = build(mail, self._domain).as_bytes()
        name = re.sub(r"[^A-Za-z0-9@._+\[\]:-]", "_", mail.message_id.strip("<>")).lstrip(".")[:200] + ".eml"
        try:
            await asyncio.to_thread(write_whole, self._folder / name, content)
        except OSError as error:
            raise MailFailed(answer(error)) from error
        return name


def write_whole(path: Path, content: bytes) -> None:
    """The file with this content, or none: written beside, on disk, then renamed into place (rename(2) is atomic)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def open_mailer(smtp_url: str, mail_folder: Path, base_url: str) -> Mailer:
    """The mailer these settings ask for: SMTP if a URL is given, else files under `mail_folder`."""
    return SmtpMailer(smtp_url, base_url) if smtp_url else FileMailer(mail_folder, base_url)


class Templates:
    """Letters drawn from `name.txt` and `name.html` in a folder; the HTML escapes every fact."""

    def __init__(self, folder: Path) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            autoescape=jinja2.select_autoescape(["html"]),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def draw(self, name: str, /, *, sanitised: Sequence[str] = (), **facts: object) -> tuple[str, str]:
        """The letter's text and its HTML. A fact the template names and nobody gave is an error.

        `sanitised` are the only ones that the HTML shows as they are: what `kit.text` has sanitised last.
        """
        shown = {**facts, "sanitised": [Markup(each) for each in sanitised]}
        text, html = (self._environment.get_template(f"{name}.{kind}").render(shown) for kind in ("txt", "html"))
        return text.strip() + "\n", html
