"""A rude mail server, in a process of its own, that keeps a book of what it did to each connection.

    python -m tests.crash.sink --folder F --seed 7

It writes its port into `F/port`. Until there is a file `F/kind` it is rude at random: it refuses with 4xx at every
stage, falls silent, hangs up in the middle of the text, and takes letters without ever saying so. While there is a
file `F/shut` it refuses every letter at its end. `F/book.jsonl` has one line for each connection, written before the
answer leaves, so that no kill of anybody else can make the book wrong; `F/parted` has the number of each connection
whose client said QUIT, and so had read the last answer.
"""

import argparse
import asyncio
import itertools
import json
import random
import time
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP

SILENCE: Final = 60.0
"""Seconds for which it says nothing when it hangs: longer than anybody waits."""

RUDENESS: Final = {
    "refuse the connection": 3, "refuse the sender": 3, "refuse the recipient": 3, "refuse the text": 3,
    "say no hello": 0.5, "hang at the recipient": 0.5, "hang at the end": 0.5, "hang up in the text": 4,
    "take it and hang up": 2, "take it and fall silent": 0.5,
}  # fmt: skip
"""How rude it is, in hundredths of all connections. Only the last two leave a letter taken and the sender in doubt."""

LOST: Final = ("take it and hang up", "take it and fall silent")
KIND: Final = "kind"
SHUT: Final = "refuse the text"


@dataclass
class Line:
    """One connection: when it began, what was meant for it, and when its letter was taken, if it was.

    `answered` says that the server said 250; `letter` is the whole letter, a byte a character.
    """

    number: int
    began: float
    mood: str
    message_id: str = ""
    to: str = ""
    taken: float | None = None
    answered: bool = False
    letter: str = ""


class Rude(SMTP):
    """One connection, with its mood."""

    def __init__(self, sink: "Sink") -> None:
        super().__init__(sink, hostname="sink")
        self.number, self.mood = sink.next()
        self.began = time.time()
        self._in_text = False

    async def push(self, status: Any) -> None:
        """Every answer leaves through here; the first of all is the greeting."""
        said = str(status)
        if self.mood == "say no hello" and said.startswith("220"):
            await asyncio.sleep(SILENCE)
        if self.mood == "refuse the connection" and said.startswith("220"):
            await super().push("421 4.3.2 too busy")
            self.hang_up()
            return
        self._in_text = said.startswith("354")
        await super().push(status)

    def hang_up(self) -> None:
        """Cut the line, once what was said is on its way."""
        if self.transport is not None:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """What the client says."""
        if self._in_text and self.mood == "hang up in the text":
            self.hang_up()
            return
        super().data_received(data)


class Sink:
    """The whole server: chooses a mood for each connection and keeps the book."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._book = (folder / "book.jsonl").open("a", encoding="utf-8")
        self._parted = (folder / "parted").open("a", encoding="utf-8")
        self._numbers = itertools.count(1)

    def next(self) -> tuple[int, str]:
        """The next connection's number and mood."""
        return next(self._numbers), self._mood()

    def _mood(self) -> str:
        if (self._folder / "shut").exists():
            return SHUT
        dice = self._chance.uniform(0, 100)
        for mood, part in RUDENESS.items():
            dice -= part
            if dice < 0:
                return KIND if (self._folder / "kind").exists() else mood
        return KIND

    def write(self, line: Line) -> None:
        """Put a line into the book, whole, before anything else happens."""
        self._book.write(json.dumps(asdict(line)) + "\n")
        self._book.flush()

    async def handle_MAIL(self, server: Rude, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Asked at MAIL FROM."""
        if server.mood == "refuse the sender":
            return "451 4.3.0 not now"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: Rude, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Asked at RCPT TO."""
        if server.mood == "refuse the recipient":
            return "450 4.2.1 mailbox busy"
        if server.mood == "hang at the recipient":
            await asyncio.sleep(SILENCE)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Rude, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Asked at the end of the text: take the letter or not, and say so or not."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        line = Line(server.number, server.began, server.mood, str(message["Message-ID"]), envelope.rcpt_tos[0])
        refused = server.mood in (SHUT, "hang at the end")
        if not refused:
            line.taken, line.answered = time.time(), server.mood not in LOST
            line.letter = envelope.content.decode("latin-1")
        self.write(line)
        if server.mood == "take it and hang up":
            server.hang_up()
        if server.mood in ("hang at the end", "take it and fall silent"):
            await asyncio.sleep(SILENCE)
        return "451 4.3.0 not now" if refused else "250 2.0.0 taken"

    async def handle_QUIT(self, server: Rude, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Asked at QUIT."""
        self._parted.write(f"{server.number}\n")
        self._parted.flush()
        return "221 2.0.0 good-bye"


async def listen(folder: Path, seed: int) -> None:
    """Serve until killed."""
    sink = Sink(folder, seed)
    server = await asyncio.get_running_loop().create_server(lambda: Rude(sink), "127.0.0.1", 0)
    beside = folder / "port.new"
    beside.write_text(str(server.sockets[0].getsockname()[1]), encoding="utf-8")
    beside.rename(folder / "port")
    await server.serve_forever()


def main() -> None:
    """Reads the arguments and serves."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.sink", description="A rude mail server")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    asyncio.run(listen(chosen.folder, chosen.seed))


if __name__ == "__main__":
    main()
