"""Does the mail server answer? Asked now and then in the background, so that whoever asks for it never waits."""

import asyncio
import time
from typing import TYPE_CHECKING, Final

from service.kit.ending import end
from service.kit.lazily import lazily
from service.kit.mailer import DEADLINE, MailFailed, SmtpMailer, answer, part

if TYPE_CHECKING:
    import aiosmtplib
else:
    aiosmtplib = lazily("aiosmtplib")

PERIOD: Final = 60.0
"""Seconds for which an answer counts; nobody is asked more often, however often `/readyz` is."""


class MailProbe:
    """The mail server's state as it was found last."""

    def __init__(self, mailer: SmtpMailer) -> None:
        self._mailer = mailer
        self._asked = float("-inf")
        self._said = ""
        self._asking: asyncio.Task[None] | None = None

    def problem(self) -> str:
        """What was wrong when the server was last asked, in a sentence; empty if nothing was, or nobody asked yet."""
        if time.monotonic() - self._asked >= PERIOD:
            self._asked = time.monotonic()
            self._asking = asyncio.create_task(self._ask(), name="parley-mail-probe")
        return self._said

    async def _ask(self) -> None:
        try:
            await knock(self._mailer)
        except MailFailed:
            self._said = "the mail server does not answer as it should"  # its words may name hosts and accounts
        else:
            self._said = ""

    async def stop(self) -> None:
        """Give up an asking under way."""
        await end(self._asking)


async def knock(mailer: SmtpMailer, deadline: float = DEADLINE) -> None:
    """Go as far as a letter would, TLS and log-in included, and part. Raises MailFailed with the server's words."""
    client = mailer.client()
    try:
        async with asyncio.timeout(deadline):
            await client.connect()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:  # a TimeoutError is an OSError
        client.close()
        raise MailFailed(answer(error)) from error
    await part(client)
