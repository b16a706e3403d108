"""One reader of the event table per process, and the many streams it tells.

Two hundred streams that each asked the database took 332 MB and a query each; one that asks for all of them takes
neither (decision 9). It is woken by the database's hints and polls beside them, because a hint may get lost; while
nobody listens it asks for nothing. What a stream may hear is `look`'s to say, in the snapshot in which it read.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from service.kit import events
from service.kit.actor import Actor
from service.kit.database import Database, Session
from service.kit.ending import end
from service.kit.errors import NotReady, RateLimited
from service.kit.streams import Stream, offer_all

log = logging.getLogger(__name__)
POLL: Final = 1.0
CHECK: Final = 3.0
COALESCE: Final = 0.02
RETRY: Final = 1.0
PATIENCE: Final = 10.0
"""Seconds: between polls while somebody listens; between looks at whether each may still listen (with a poll on top it
stays under five); after a hint, for its neighbours to arrive; after the database did not answer; and for a stream that
waits to be let in."""

BEAT: Final = 1.0
HEARTBEAT: Final = 13.0
DEAF: Final = 60.0
"""Seconds: between looks at how long streams have been silent, one for all of them; after which a silent one says that
it is alive, for proxies and for the client; and after which one that cannot be written on is cut off."""

COMMENT: Final = b":\n\n"
"""What says so (WHATWG HTML, section 9.2.5: a comment)."""

MOST_EACH: Final = 250
"""Open streams of one account or, of guests, one address: a school may sit behind one."""
MOST_STREAMS: Final = 6_000


Told = tuple[Sequence[Stream], int | None, Any]
"""To which streams of a topic, at which position (None: it has none), and what: an event, or how things stand."""


@dataclass(frozen=True, slots=True)
class News:
    """What one look found: the position read up to, whether more was left, what is told by topic and in order, which
    streams end, and whose actor is another now.
    """

    position: int
    more: bool
    letters: Mapping[int, Sequence[Told]] = field(default_factory=dict)
    ended: Sequence[Stream] = ()
    actors: Sequence[tuple[Stream, Actor]] = ()


Look = Callable[[Session, int, Mapping[int, Sequence[Stream]], bool], News]
"""(session, position read up to, the streams by their topics, whether to ask of every credential) → what is new, in
one snapshot.
"""


class Broadcaster:
    """Reads events for all streams of this process. `encode` makes a letter of what `look` found, once for everybody.

    `most_each` and `most` bound the open streams of one key and of the process. `streams` are those let in. What it did
    so far: `looks` at the database, `letters` told (one for each stream and piece), streams that were `opened`, and
    those that were `cut` because their readers did not read.
    """

    def __init__(
        self,
        database: Database,
        look: Look,
        encode: Callable[[Any], bytes],
        *,
        most_each: int = MOST_EACH,
        most: int = MOST_STREAMS,
    ) -> None:
        self.most_each, self.most = most_each, most
        self.streams: set[Stream] = set()
        self.looks = self.letters = self.opened = self.cut = 0
        self._database = database
        self._look = look
        self._encode = encode
        self._position: int | None = None
        self._by_topic: dict[int, tuple[Stream, ...]] | None = None
        self._arriving: list[tuple[Stream, asyncio.Future[int]]] = []
        self._counts: Counter[str] = Counter()
        self._woken = asyncio.Event()
        self._checked = float("-inf")
        self._closed = True
        self._work: asyncio.Task[None] | None = None
        self._beat: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Begin to listen for hints; the database must be started. Nothing is read before the first stream."""
        for channel in ("event", "sequenced"):
            self._database.channels.on(channel, self._hint)
        self._closed = False
        self._work = asyncio.create_task(self._forever(), name="parley-broadcast")

    async def stop(self) -> None:
        """End every stream and the reading."""
        self.end_all()
        if self._beat is not None:
            self._beat.cancel()
        await end(self._work)

    def end_all(self) -> None:
        """End every stream, and let nobody in any more: the process is about to stop."""
        self._closed = True
        for stream in list(self.streams):
            stream.end()
        for _, admitted in self._arriving:
            if not admitted.done():
                admitted.set_exception(closing_down())

    @property
    def open_streams(self) -> int:
        """How many streams are open or arriving."""
        return self._counts.total()

    async def join(self, stream: Stream, *, limited: bool = True) -> int:
        """Let a stream in: it will be told of every event after the returned position.

        Raises RateLimited when its key has too many (unless not `limited`), NotReady when the process has.
        """
        if self._closed:
            raise closing_down()
        if self.open_streams >= self.most:
            raise NotReady("Too many streams are open here. Ask now and then instead.")
        if limited and self._counts[stream.key] >= self.most_each:
            raise RateLimited(f"At most {self.most_each} open streams at a time", headers={"Retry-After": "30"})
        self._counts[stream.key] += 1
        admitted: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._arriving.append((stream, admitted))
        self._woken.set()
        try:
            async with asyncio.timeout(PATIENCE):
                return await admitted
        except TimeoutError as error:
            self.leave(stream)
            raise NotReady from error
        except BaseException:
            self.leave(stream)
            raise

    def leave(self, stream: Stream) -> None:
        """Forget a stream that has joined."""
        if stream in self.streams:
            self.streams.remove(stream)
            self._by_topic = None
            self.cut += stream.is_cut
        stream.is_over = True
        self._counts[stream.key] -= 1
        if self._counts[stream.key] <= 0:
            del self._counts[stream.key]

    def _hint(self) -> None:
        if self.streams:
            self._woken.set()

    async def _forever(self) -> None:
        ailing = False
        while True:
            await self._wait()
            try:
                while await self._round():
                    pass
                ailing = False
            except Exception as error:
                log.log(logging.DEBUG if ailing else logging.WARNING, "streams wait: %s", type(error).__name__)
                ailing = True
                await asyncio.sleep(RETRY)

    async def _wait(self) -> None:
        """Until something may be new; as long as nobody listens, until somebody comes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL if self.streams else None):
                await self._woken.wait()
        if self.streams:
            await asyncio.sleep(COALESCE)
        self._woken.clear()

    async def _round(self) -> bool:
        """Let the arriving in, read on, tell. True if there is more to read at once."""
        if not self.streams:
            self._position = None
        if self._arriving:
            await self._admit()
        if not self.streams or self._position is None:
            return False
        due = time.monotonic() - self._checked >= CHECK
        self.looks += 1
        news = await self._database.read(self._look, self._position, self._topics(), due)
        self._position = news.position
        self._checked = time.monotonic() if due else self._checked
        self._tell(news)
        return news.more

    def _topics(self) -> Mapping[int, Sequence[Stream]]:
        """Who listens, by topic: made anew when somebody came or went, and never changed, because threads read it."""
        if self._by_topic is None:
            found: dict[int, list[Stream]] = {}
            for stream in self.streams:
                found.setdefault(stream.topic, []).append(stream)
            self._by_topic = {topic: tuple(those) for topic, those in found.items()}
        return self._by_topic

    async def _admit(self) -> None:
        """Who is let in is told of everything after the position at hand: what the next look begins with."""
        if self._position is None:
            self._position = await self._database.read(events.last_position)
        arriving, self._arriving = self._arriving, []
        for stream, admitted in arriving:
            if not admitted.done():
                self.streams.add(stream)
                self.opened += 1
                admitted.set_result(self._position)
        self._by_topic = None
        if self._beat is None:
            self._beat = asyncio.get_running_loop().call_later(BEAT, self._keep_alive)

    def _tell(self, news: News) -> None:
        for stream, actor in news.actors:
            stream.actor = actor
        for told in news.letters.values():
            letters = [(position, self._encode(found)) for _, position, found in told]
            hearers = told[0][0]
            if all(streams is hearers for streams, _, _ in told):
                offer_all(hearers, letters)
            else:
                for (streams, _, _), letter in zip(told, letters, strict=True):
                    offer_all(streams, [letter])
            self.letters += sum(len(streams) for streams, _, _ in told)
        for stream in news.ended:
            stream.drop()

    def _keep_alive(self) -> None:
        """Let streams that were told nothing for long say that they live; cut those that nobody has read for longer."""
        at = time.monotonic()
        for stream in list(self.streams):
            if at - stream.told_at < HEARTBEAT:
                continue
            if not stream.is_stuck:
                stream.say(COMMENT)
            elif at - stream.told_at >= DEAF:
                stream.cut()
        self._beat = None
        if self.streams and not self._closed:
            self._beat = asyncio.get_running_loop().call_later(BEAT, self._keep_alive)


def closing_down() -> NotReady:
    """The refusal of a process that stops."""
    return NotReady("This server is about to stop. Try again.")
