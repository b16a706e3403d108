"""What was worked out once and is still true, in this process's memory: whole answers, and parts of pages.

An entry says of which subjects it tells, at which position of the event log it was drawn, and until when it holds by
time alone. What a unit of work of this process changes is dropped after its commit, before its caller is answered;
what other processes change is dropped as the log tells of it (`service.kit.follower`). An entry whose drawing began
before such a change is never kept (decision 19). Everything here is called on the event loop.
"""

import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from service.kit.clock import Clock

Subject = tuple[str, int]
"""What an entry tells of: `("thread", 12)`, or a group of pages."""

EVERYTHING: Final[Subject] = ("everything", 0)
"""The subject that every entry has."""

LISTS: Final[Subject] = ("lists", 0)
"""The subject of what lists threads: the front page, a category's page, a tag's, their feeds."""

Change = tuple[str, int | None]
"""What may have changed pages: an event's kind, and its thread (None: it belongs to none)."""

MOST_MISSED: Final = 200
"""How much may happen during one drawing before it is given up: one whose client does not read may last for days."""

OVERHEAD: Final = 600
"""Bytes that an entry takes beside its value."""

PROVEN: Final = 0.8
"""The part of the room that is left to entries that were asked for again, however many are asked for once."""


def of_thread(thread_id: int) -> Subject:
    """The subject of what shows a thread."""
    return "thread", thread_id


@dataclass(frozen=True, slots=True)
class Terms:
    """Of what an answer tells, and how long it holds: drawn at `at` from a snapshot whose last event was `position`, it
    is right until something happens to one of its `subjects`, and not after `until` (None: no time changes it).
    """

    subjects: frozenset[Subject]
    position: int
    at: datetime
    until: datetime | None = None


@dataclass(eq=False, slots=True)
class Offer:
    """A drawing under way. What changes meanwhile is noted on it: `missed` pairs a subject with the position of its
    event, None where this process changed it and the log has not told of it yet. Its snapshot must reach `floor`: what
    happened before that, nobody tells it (None: the log is not followed yet).
    """

    floor: int | None
    began: float
    offset: timedelta
    missed: set[tuple[Subject, int | None]] = field(default_factory=set)

    def is_true(self, terms: Terms) -> bool:
        """Whether nothing has changed what was drawn, as far as this process knows."""
        subjects = terms.subjects | {EVERYTHING}
        late = (subject in subjects and (at is None or at > terms.position) for subject, at in self.missed)
        return (self.floor is None or terms.position >= self.floor) and not any(late)


@dataclass(eq=False, slots=True)
class Entry:
    """A kept value with its terms, and the moment (monotonic seconds) after which it holds no more."""

    value: Any
    size: int
    terms: Terms
    expires: float
    offset: timedelta
    proven: bool = False


@dataclass(slots=True)
class Counts:
    """For metrics: how often an entry was found, was not, was kept, was dropped for a change or for want of room."""

    hits: int = 0
    misses: int = 0
    kept: int = 0
    dropped: int = 0
    evicted: int = 0


class Kept:
    """At most `room` bytes of entries. What nobody asked for again goes first, then the longest unused: so a flood of
    addresses that are asked for once takes nothing away from those that people read. `room` 0 keeps nothing.

    `subjects_of` says which subjects a change concerns; `known` is the position up to which the log has been followed,
    None while nobody follows it; `is_followed` answers whether that was lately enough to go by.
    """

    def __init__(self, room: int, clock: Clock, subjects_of: Callable[[Change], Collection[Subject]]) -> None:
        self.room = room
        self.size = 0
        self.counts = Counts()
        self.known: int | None = None
        self.is_followed: Callable[[], bool] = lambda: True
        self.on_first: Callable[[], None] = lambda: None
        self._clock = clock
        self._subjects_of = subjects_of
        self._entries: dict[Hashable, Entry] = {}
        self._once: OrderedDict[Hashable, Entry] = OrderedDict()
        self._again: OrderedDict[Hashable, Entry] = OrderedDict()
        self._again_size = 0
        self._keys: dict[Subject, set[Hashable]] = defaultdict(set)
        self._offers: set[Offer] = set()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Any:
        """The value that is kept under `key` and is still true; None when there is none."""
        entry = self._entries.get(key)
        if entry is None or not self.is_followed():
            self.counts.misses += 1
            return None
        if time.monotonic() >= entry.expires or entry.offset != self._clock.offset:
            self._remove(key)
            self.counts.misses += 1
            return None
        self._prove(key, entry)
        self.counts.hits += 1
        return entry.value

    def _prove(self, key: Hashable, entry: Entry) -> None:
        """It was asked for again. Where too many were, those that were it longest ago count as new ones."""
        if entry.proven:
            self._again.move_to_end(key)
            return
        self._again[key] = self._once.pop(key)
        entry.proven = True
        self._again_size += entry.size
        while self._again_size > PROVEN * self.room:
            key, entry = self._again.popitem(last=False)
            self._once[key] = entry
            entry.proven = False
            self._again_size -= entry.size

    @contextmanager
    def offer(self) -> Iterator[Offer]:
        """Around the reading and drawing of what may be kept."""
        offer = Offer(self.known, time.monotonic(), self._clock.offset)
        self._offers.add(offer)
        try:
            yield offer
        finally:
            self._offers.discard(offer)

    def put(self, key: Hashable, value: Any, size: int, terms: Terms, offer: Offer) -> bool:
        """Keep a value of so many bytes, if it is still true. Inside its offer. Returns whether it was kept."""
        if size + OVERHEAD > self.room or offer not in self._offers or not offer.is_true(terms):
            return False
        if self.known is None:
            self._follow_from(terms.position)
        lasts = float("inf") if terms.until is None else (terms.until - terms.at).total_seconds()
        self._remove(key)
        entry = Entry(value, size + OVERHEAD, terms, offer.began + lasts, offer.offset)
        self._entries[key] = self._once[key] = entry
        for subject in terms.subjects:
            self._keys[subject].add(key)
        self._take(size + OVERHEAD)
        self.counts.kept += 1
        return key in self._entries

    def _follow_from(self, position: int) -> None:
        """The log is followed from the first entry's position on; drawings under way are told of nothing before it."""
        self.known = position
        for offer in self._offers:
            offer.floor = position if offer.floor is None else offer.floor
        self.on_first()

    def rest(self) -> bool:
        """Stop following the log if nothing is kept or drawn. Returns whether it stopped."""
        if not self._entries and not self._offers:
            self.known = None
        return self.known is None

    def grow(self, key: Hashable, size: int) -> None:
        """Count so many bytes more for an entry (its compressed form, say)."""
        if (entry := self._entries.get(key)) is not None:
            entry.size += size
            self._again_size += size if entry.proven else 0
            self._take(size)

    def _take(self, size: int) -> None:
        self.size += size
        while self.size > self.room and self._entries:
            self._remove(next(iter(self._once or self._again)))
            self.counts.evicted += 1

    def changed(self, changes: Collection[Change], position: int | None = None) -> None:
        """Drop what these changes concern: after a commit of this process, or with the `position` of a logged event,
        which an entry drawn after it has seen.
        """
        for subject in {subject for change in changes for subject in self._subjects_of(change)}:
            for offer in tuple(self._offers):
                offer.missed.add((subject, position))
                if len(offer.missed) > MOST_MISSED:
                    self._offers.discard(offer)
            keys = self._entries if subject == EVERYTHING else self._keys.get(subject, ())
            for key in list(keys):
                if position is None or self._entries[key].terms.position < position:
                    self._remove(key)
                    self.counts.dropped += 1

    def clear(self) -> None:
        """Forget everything."""
        for each in (self._entries, self._once, self._again, self._keys):
            each.clear()
        self.size = self._again_size = 0

    def _remove(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.size -= entry.size
        self._again_size -= entry.size if entry.proven else 0
        (self._again if entry.proven else self._once).pop(key)
        for subject in entry.terms.subjects:
            keys = self._keys[subject]
            keys.discard(key)
            if not keys:
                del self._keys[subject]
