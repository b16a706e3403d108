"""What must be told to whom, worked out from what people were told is done: plain Python, no database.

Every deed has a time before which it did not hold and one from which it does: when its first request left, and when it
was acknowledged. Between the two, and only there, either outcome is right. So each fact is a timeline, and the
questions are asked of a span of time: could the person have been told; could they have been passed over?
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

WATCHING: Final = "watching"


@dataclass(frozen=True)
class Change:
    """A fact changes to `value` at some moment from `begun` to `done` (seconds since 1970)."""

    begun: float
    done: float
    value: Any


@dataclass
class Timeline:
    """One fact through time; `first` holds until the first change. Changes come one after the other."""

    first: Any
    changes: list[Change] = field(default_factory=list)

    def possible(self, since: float, until: float) -> set[Any]:
        """The values that it may have had at some moment of the span."""
        values = {self.first}
        for change in self.changes:
            if change.done <= since:
                values = {change.value}
            elif change.begun <= until:
                values.add(change.value)
        return values

    @property
    def last(self) -> Any:
        """What holds now."""
        return self.changes[-1].value if self.changes else self.first


@dataclass(frozen=True)
class Told:
    """One event that people are to be told of: a reply, posted at some moment from `begun` on, told by `until`."""

    reply_id: int
    thread_id: int
    author: str
    marker: str
    begun: float
    until: float


@dataclass
class World:
    """Everything that decides who is told, by username, thread and category.

    `staff` see what is for staff only. Nobody has a level but by a deed in the book: authors of threads are people
    apart.
    """

    category_of: dict[int, str]
    staff: frozenset[str]
    levels: dict[tuple[str, int], Timeline] = field(default_factory=dict)
    visibility: dict[str, Timeline] = field(default_factory=lambda: defaultdict(lambda: Timeline("public")))
    mail: dict[str, Timeline] = field(default_factory=lambda: defaultdict(lambda: Timeline(True)))
    gone: dict[str, Timeline] = field(default_factory=lambda: defaultdict(lambda: Timeline(False)))
    read: dict[tuple[str, int], Timeline] = field(default_factory=lambda: defaultdict(lambda: Timeline(False)))

    def told(self, person: str, event: Told) -> set[bool]:
        """Whether the person is told on the site: certainly, certainly not, or either."""
        if person == event.author:
            return {False}
        return self._all(person, event.thread_id, event.begun, event.until)

    def wanted(self, person: str, event: Told, since: float, until: float) -> set[bool]:
        """Whether a letter about the event was wanted at some moment of the span, and whether it was not at some."""
        return all_of(
            self._all(person, event.thread_id, since, until),
            self.mail[person].possible(since, until),
            {not read for read in self.read[person, event.reply_id].possible(since, until)},
        )

    def _all(self, person: str, thread_id: int, since: float, until: float) -> set[bool]:
        """Watches, sees and exists."""
        level = self.levels.get((person, thread_id), Timeline("normal"))
        visible = self.visibility[self.category_of[thread_id]].possible(since, until)
        return all_of(
            {value == WATCHING for value in level.possible(since, until)},
            {value == "public" or person in self.staff for value in visible},
            {not value for value in self.gone[person].possible(since, until)},
        )


def all_of(*facts: set[bool]) -> set[bool]:
    """What the conjunction of facts may be, where each may be true, false, or either at a moment of its own."""
    found = set()
    if all(True in fact for fact in facts):
        found.add(True)
    if any(False in fact for fact in facts):
        found.add(False)
    return found
