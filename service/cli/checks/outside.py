"""The world outside: the mail server, and the site's own address as a stranger sees it."""

import asyncio
import http.client
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import make_msgid
from typing import Final

from service.cli.checks.findings import FAIL, OK, WARN, Finding, judge
from service.kit import probing
from service.kit.mail_probe import knock
from service.kit.mailer import Mail, MailNotSent, SmtpMailer, mail_domain
from service.settings import Settings

PATIENCE: Final = 10.0
"""Seconds for the mail server."""
SOON: Final = timedelta(days=14)


async def look(settings: Settings, mail_to: str | None) -> AsyncIterator[Finding]:
    """All of it; `mail_to` is sent a letter."""
    if settings.smtp_url:
        mailer = SmtpMailer(settings.smtp_url, settings.base_url, PATIENCE)
        yield await server(mailer, encrypts=not settings.smtp_url.startswith("smtp://"))
        if mail_to:
            yield await letter(mailer, settings, mail_to)
        yield Finding(
            "sender", OK, f"SPF, DKIM and DMARC of {mail_domain(settings.base_url)} are not checked: they are its DNS's"
        )
    else:
        yield Finding(
            "mail", WARN, f"is written as files into {settings.data_dir / 'mail'}",
            "Set PARLEY_SMTP_URL for mail that reaches people.",
        )  # fmt: skip
    yield await asyncio.to_thread(site, settings.base_url)


async def server(mailer: SmtpMailer, *, encrypts: bool) -> Finding:
    """Connect, TLS, log in, part."""
    try:
        await knock(mailer, PATIENCE)
    except MailNotSent as error:
        return Finding("mail", FAIL, str(error), "See PARLEY_SMTP_URL: host, port, smtp+starttls, user and password.")
    return Finding("mail", OK, "the server answers" + (", by TLS" if encrypts else ", without TLS"))


async def letter(mailer: SmtpMailer, settings: Settings, to: str) -> Finding:
    """Send a letter."""
    name = make_msgid(domain=mail_domain(settings.base_url).strip("[]").replace(":", "-"))
    text = f"This is a test of {settings.base_url}, sent by `parley doctor`. Nothing needs to be done.\n"
    try:
        said = await mailer.send(Mail(to, "Mail from your forum works", text, name))
    except (MailNotSent, ValueError) as error:
        return Finding("letter", FAIL, str(error), "What the server said stands above; it may refuse the sender.")
    return Finding("letter", OK, f"was taken: {said}")


def site(base_url: str) -> Finding:
    """Ask for `/healthz` there."""
    try:
        answer = probing.knock(base_url)
    except (OSError, http.client.HTTPException) as error:
        return Finding(
            "address", WARN, f"{base_url}: {type(error).__name__}: {getattr(error, 'strerror', None) or error}",
            "Start `parley serve`, and see that the name, the proxy and the certificate lead to it from here.",
        )  # fmt: skip
    if answer.status != 200 or not answer.is_parley:
        return Finding(
            "address", FAIL, f"{base_url} answers {answer.status}, and it is not Parley",
            "See where the proxy sends requests for this name.",
        )  # fmt: skip
    if answer.expires is None:
        return Finding("address", OK, f"{base_url} answers")
    left = answer.expires - datetime.now(UTC)
    return judge(
        "address", left > SOON, f"{base_url} answers; its certificate is good for {left.days} days",
        "Renew the certificate.",
    )  # fmt: skip
