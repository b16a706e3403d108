"""One look for all streams of a process: what is new, who may hear of it, and who may not listen any more."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.broadcast import News, Stream
from service.kit.events import EventRow
from service.live.policy import OF_MANY, may_hear, thread_of
from service.live.queries.standing import Facts, known_credentials, may_see, standings, states


def look(session: Session, position: int, streams: Sequence[Stream], ask_all: bool) -> News:
    """What happened after `position`, for these streams: see `kit.broadcast.Look`.

    Whether a stream's reader may see the thread is asked in this snapshot before anything of it is told; whether the
    credential is still good when `ask_all` says so, and when something happened to any account.
    """
    rows = events.read_after(session, position, events.BATCH)
    found = _Finding(session, streams)
    heard = found.heard(rows)
    if ask_all or any(row.subject_type in WHO for row in rows):
        found.ask_credentials()
        found.ask_threads(found.by_topic.keys())
    else:
        found.ask_threads(heard)
    for row in rows:
        found.tell(thread_of(row), row.position, row)
    for thread_id, facts in states(session, heard).items():
        found.tell(thread_id, None, facts)
    until = (rows[-1].position or position) if rows else position
    return News(until, len(rows) == events.BATCH, found.letters, list(found.ended), found.actors)


WHO: Final = frozenset({"account", "category"})
"""What happens to these may change who somebody is: their role, whether they are suspended, what they moderate."""


@dataclass(slots=True)
class _Finding:
    """One look in the making: who is told what, and who is not any more."""

    session: Session
    streams: Sequence[Stream]
    by_topic: dict[int, list[Stream]] = field(init=False)
    actor_of: dict[Stream, Actor] = field(init=False)
    category_of: dict[int, int] = field(default_factory=dict)
    letters: list[tuple[Stream, int | None, Any]] = field(default_factory=list)
    ended: set[Stream] = field(default_factory=set)
    actors: list[tuple[Stream, Actor]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_topic = defaultdict(list)
        for stream in self.streams:
            self.by_topic[stream.topic].append(stream)
        self.actor_of = {stream: stream.actor for stream in self.streams}

    def heard(self, rows: Sequence[EventRow]) -> set[int]:
        """The threads with listeners whose state these events may have changed."""
        if any(row.kind in OF_MANY for row in rows):
            return set(self.by_topic)
        public = [row for row in rows if row.audience in ("public", "category")]  # what staff hears changes no state
        return {topic for row in public if (topic := thread_of(row)) in self.by_topic and topic is not None}

    def ask_credentials(self) -> None:
        """End the streams whose session or token has ended, or whose owner is suspended; take the other owners as they
        are now.
        """
        known = known_credentials(self.session, {stream.secret for stream in self.streams if stream.secret})
        for stream in self.streams:
            if stream.secret is None:
                continue
            actor = known.get(stream.secret)
            if actor is None or actor.suspension:
                self.ended.add(stream)
            elif actor != stream.actor:
                self.actor_of[stream] = actor
                self.actors.append((stream, actor))

    def ask_threads(self, topics: Collection[int]) -> None:
        """End the streams of these threads whose readers may not see them any more."""
        standing = standings(self.session, topics)
        self.category_of |= {topic: found[2] for topic, found in standing.items()}
        allowed: dict[tuple[int, Actor], bool] = {}
        for topic in topics:
            for stream in self.by_topic[topic]:
                asked = (topic, self.actor_of[stream])
                if asked not in allowed:
                    allowed[asked] = may_see(self.session, asked[1], topic, standing)
                if not allowed[asked]:
                    self.ended.add(stream)

    def tell(self, topic: int | None, position: int | None, found: EventRow | Facts) -> None:
        """Let the streams of a thread hear of this, where they may."""
        for stream in self.by_topic.get(topic, ()) if topic is not None else ():
            if stream not in self.ended and (isinstance(found, Facts) or may_hear(self._reader(stream), found)):
                self.letters.append((stream, position, found))

    def _reader(self, stream: Stream) -> Actor:
        """Who listens, as they stand in the thread's category; that is asked for those who moderate some alone."""
        actor = self.actor_of[stream]
        if not actor.moderated:
            return actor
        if stream.topic not in self.category_of:
            self.category_of |= {topic: found[2] for topic, found in standings(self.session, [stream.topic]).items()}
        return actor.within(self.category_of.get(stream.topic, 0))
