"""A listener: a socket with an open stream, and the messages that come out of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cast import Person

Json = dict[str, Any]
Listen = Callable[..., Awaitable["Listener"]]
PATIENCE = 60.0
"""Seconds for anything to happen; what happens at once takes milliseconds, but machines are shared."""


@dataclass(frozen=True)
class Heard:
    """One message: its kind, its position (None: it has none) and what it says."""

    kind: str
    id: int | None
    said: Json

    @property
    def is_event(self) -> bool:
        """Whether it tells what happened; the others tell how things stand."""
        return self.kind not in ("position", "reset", "state")


@dataclass
class Listener:
    """An open stream. `status` and `head` are the answer's, `comments` counts what only says that it lives.

    `ended_well` says that the server ended it as HTTP wants, and not the connection under it.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int = 0
    head: dict[str, str] = field(default_factory=dict)
    comments: int = 0
    retry: int | None = None
    ended_well: bool = False
    _rest: bytes = b""

    @classmethod
    async def open(
        cls,
        port: int,
        thread: Json,
        by: Person | None = None,
        *,
        after: int | None = None,
        since: int | None = None,
        **headers: str,
    ) -> "Listener":
        """Ask for the thread's stream: as `by`, from `?after=`, or from `since` as Last-Event-ID."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        query = "" if after is None else f"?after={after}"
        lines = [f"GET /api/v1/threads/{thread['id']}/events{query} HTTP/1.1", "Host: forum.example"]
        lines += ["Accept: text/event-stream", "Accept-Encoding: gzip"]
        lines += [f"Last-Event-ID: {since}"] if since is not None else []
        lines += [f"Cookie: parley={by.client.cookies['parley']}"] if by else []
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        made = cls(reader, writer)
        async with asyncio.timeout(PATIENCE):
            await made._read_head()
        return made

    async def _read_head(self) -> None:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(head[0].split(" ")[1])
        self.head = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if name}

    async def __aenter__(self) -> "Listener":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def body(self) -> Json:
        """The body of an answer that is no stream."""
        async with asyncio.timeout(PATIENCE):
            found: Json = json.loads(await self.reader.readexactly(int(self.head["content-length"])))
        return found

    async def next(self) -> Heard | None:
        """The next message; None when the stream has ended."""
        async with asyncio.timeout(PATIENCE):
            while b"\n\n" not in self._rest:
                if not await self._read_piece():
                    return None
        block, _, self._rest = self._rest.partition(b"\n\n")
        return self._message(block.decode().split("\n")) or await self.next()

    async def event(self) -> Heard:
        """The next message that tells what happened."""
        while (heard := await self.next()) is not None:
            if heard.is_event:
                return heard
        raise AssertionError("the stream has ended")

    async def end(self) -> list[Heard]:
        """What is still said until the stream ends."""
        found = []
        while (heard := await self.next()) is not None:
            found.append(heard)
        return found

    def _message(self, lines: list[str]) -> Heard | None:
        fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
        if "retry" in fields:
            self.retry = int(fields["retry"])
        if "data" not in fields:
            self.comments += any(line.startswith(":") for line in lines)
            return None
        return Heard(fields["event"], int(fields["id"]) if "id" in fields else None, json.loads(fields["data"]))

    async def _read_piece(self) -> bool:
        """One chunk of the body (RFC 9112 section 7.1). False at its end."""
        try:
            size = int((await self.reader.readuntil(b"\r\n")).strip(), 16)
            self._rest += (await self.reader.readexactly(size + 2))[:-2]
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        self.ended_well = size == 0
        return size > 0
