"""One look for all streams of a process: what is new, who may hear of it, and who may not listen any more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.broadcast import News, Told
from service.kit.events import EventRow
from service.kit.streams import Stream
from service.live.policy import FOR_ALL, OF_MANY, may_hear, thread_of
from service.live.queries.standing import Facts, known_credentials, may_see, standings, states


def look(session: Session, position: int, streams: Mapping[int, Sequence[Stream]], ask_all: bool) -> News:
    """What happened after `position`, for the streams of these threads: see `kit.broadcast.Look`.

    Whether a stream's reader may see the thread is asked in this snapshot before anything of it is told; whether the
    credential is still good when `ask_all` says so, and when something happened to any account.
    """
    rows = events.read_after(session, position, events.BATCH)
    if not rows and not ask_all:
        return News(position, more=False)
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
    by_topic: Mapping[int, Sequence[Stream]]
    actor_of: dict[Stream, Actor] = field(default_factory=dict)
    category_of: dict[int, int] = field(default_factory=dict)
    letters: dict[int, list[Told]] = field(default_factory=dict)
    ended: set[Stream] = field(default_factory=set)
    actors: list[tuple[Stream, Actor]] = field(default_factory=list)
    _staying: dict[int, Sequence[Stream]] = field(default_factory=dict)

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
        signed_in = [stream for streams in self.by_topic.values() for stream in streams if stream.secret]
        known = known_credentials(self.session, {stream.secret for stream in signed_in if stream.secret})
        for stream in signed_in:
            actor = known.get(stream.secret) if stream.secret else None
            if actor is None or actor.suspension:
                self.ended.add(stream)
            elif actor != stream.actor:
                self.actor_of[stream] = actor
                self.actors.append((stream, actor))

    def ask_threads(self, topics: Collection[int]) -> None:
        """End the streams of these threads whose readers may not see them any more."""
        standing = standings(self.session, topics)
        self.category_of |= {topic: found[2] for topic, found in standing.items()}
        for topic in topics:
            for actor, streams in self._by_reader(topic).items():
                if not may_see(self.session, actor, topic, standing):
                    self.ended.update(streams)

    def _by_reader(self, topic: int) -> dict[Actor, list[Stream]]:
        """The streams of a thread by who reads: guests are all one, so most questions are asked once."""
        same: dict[int, tuple[Actor, list[Stream]]] = {}
        for stream in self.by_topic.get(topic, ()):
            actor = self._actor(stream)
            same.setdefault(id(actor), (actor, []))[1].append(stream)
        found: dict[Actor, list[Stream]] = {}
        for actor, streams in same.values():
            found.setdefault(actor, []).extend(streams)
        return found

    def _actor(self, stream: Stream) -> Actor:
        """Who listens, as they are now."""
        return self.actor_of.get(stream, stream.actor)

    def tell(self, topic: int | None, position: int | None, found: EventRow | Facts) -> None:
        """Let the streams of a thread hear of this, where they may."""
        if topic is None or not (streams := self._those_left(topic)):
            return
        if not isinstance(found, Facts) and found.audience not in FOR_ALL:
            streams = [stream for stream in streams if may_hear(self._reader(stream), found)]
        if streams:
            self.letters.setdefault(topic, []).append((streams, position, found))

    def _those_left(self, topic: int) -> Sequence[Stream]:
        """The streams of a thread that have not ended: one and the same sequence for all that is told in a look."""
        if topic not in self._staying:
            streams = self.by_topic.get(topic, ())
            gone = self.ended and any(stream in self.ended for stream in streams)
            self._staying[topic] = [one for one in streams if one not in self.ended] if gone else streams
        return self._staying[topic]

    def _reader(self, stream: Stream) -> Actor:
        """Who listens, as they stand in the thread's category; that is asked for those who moderate some alone."""
        actor = self._actor(stream)
        if not actor.moderated:
            return actor
        if stream.topic not in self.category_of:
            self.category_of |= {topic: found[2] for topic, found in standings(self.session, [stream.topic]).items()}
        return actor.within(self.category_of.get(stream.topic, 0))
