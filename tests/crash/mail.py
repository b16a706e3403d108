"""The rude mail server from outside: start it, change its mood, read its book."""

import json
import shlex
import time
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.crash.processes import START_WAIT, Process
from tests.crash.sink import Line
from tests.mailbox import parse, words


class Taken(Line):
    """A line of the book."""

    @cached_property
    def message(self) -> EmailMessage:
        """The letter, where it was taken."""
        return parse(self.letter.encode("latin-1"))

    @cached_property
    def words(self) -> str:
        """The letter's text part."""
        return words(self.message)

    @property
    def username(self) -> str:
        """To whom, by the part before the @."""
        return self.to.partition("@")[0]


class RudeMail:
    """`with RudeMail(folder, seed) as mail:` listens on `mail.url`, rude until told to be kind."""

    def __init__(self, folder: Path, seed: int) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._process = Process(
            f"--folder {shlex.quote(str(folder))} --seed {seed}", {}, folder / "sink.log", module="tests.crash.sink"
        )

    def __enter__(self) -> Self:
        self._process.start()
        deadline = time.monotonic() + START_WAIT
        while not (self._folder / "port").exists():
            if not self._process.alive or time.monotonic() > deadline:
                raise RuntimeError(f"the mail server does not listen: {(self._folder / 'sink.log').read_text()}")
            time.sleep(0.02)
        self.url = f"smtp://127.0.0.1:{(self._folder / 'port').read_text(encoding='utf-8')}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()

    def be_kind(self) -> None:
        """Take every letter from now on."""
        (self._folder / "kind").touch()

    def shut(self) -> None:
        """Take no letter from now on; connections that are open stay as they are."""
        (self._folder / "shut").touch()

    def open(self) -> None:
        """Take letters again."""
        (self._folder / "shut").unlink(missing_ok=True)

    def parted(self) -> set[int]:
        """The numbers of the connections whose client had read the last answer."""
        return {int(line) for line in (self._folder / "parted").read_text(encoding="utf-8").split()}

    def book(self) -> list[Taken]:
        """Every letter that came as far as its end, taken or not, in order."""
        path = self._folder / "book.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [Taken(**json.loads(line)) for line in lines]
