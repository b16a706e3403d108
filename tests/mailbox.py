"""A real SMTP server for the tests (aiosmtpd), with its own thread, that can be told to be rude."""

import asyncio
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP


def parse(content: bytes) -> EmailMessage:
    """The letter of these bytes."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words(message: EmailMessage, kind: str = "plain") -> str:
    """The text of a letter's `plain` or `html` part, with plain line ends."""
    part = message.get_body((kind,))
    assert part is not None, f"the letter has no {kind} part"
    return str(part.get_content()).replace("\r\n", "\n")


class Mailbox:
    """`with Mailbox() as box:` listens on `box.url`; `box.taken` are the letters it said 250 to, in order.

    `rcpt` and `text` are its answers to RCPT and to a letter's end; change them at any time. `asked` counts the
    letters that came as far as their end, taken or not.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.senders: list[str] = []
        self.recipients: list[str] = []
        self.asked = 0
        self.rcpt = "250 OK"
        self.text = "250 OK, queued as 7"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Aiosmtpd asks at RCPT."""
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Aiosmtpd asks when a letter is complete."""
        self.asked += 1
        if self.text.startswith("2"):
            self.taken.append(parse(envelope.content))
            self.senders.append(envelope.mail_from)
            self.recipients += envelope.rcpt_tos
        return self.text

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)
        self.url = f"smtp://127.0.0.1:{listening.result(10)}"
        return self

    async def _listen(self) -> int:
        server = await self._loop.create_server(lambda: SMTP(self, hostname="sink"), "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def letters(folder: Path) -> list[EmailMessage]:
    """The letters that were written as files into the data folder, by Message-ID."""
    return [parse(path.read_bytes()) for path in sorted((folder / "mail").glob("*.eml"))]
