"""The law of closing a third time, as a person would tell it: on a sheet of paper, term by term, each with the time in
which it keeps the thread closed. It reads the rows of a history and knows nothing of the two forms that Parley uses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.kit.clock import to_micros
from service.site.models import OFF
from tests.closing.histories import World

Row = dict[str, Any]
FOR_EVER = 10**18


@dataclass(frozen=True)
class Shut:
    """From `begin` on, and before `end`, a term keeps the thread closed. In microseconds."""

    begin: int
    end: int

    def holds(self, at: int) -> bool:
        """Whether it does at this instant."""
        return self.begin <= at < self.end


def is_closed(world: World, row: Row, at: int) -> bool:
    """Whether the thread of this row is closed."""
    category = next(each for each in world.categories if each["id"] == row["category_id"])
    return any(shut.holds(at) for shut in shuts(world, row, (row, category, world.site)))


def shuts(world: World, row: Row, levels: tuple[Row, ...]) -> Iterator[Shut]:
    """What keeps the thread closed, each by itself."""
    opens, is_own = said(levels, "reopens_at"), row["reopens_at"] is not None
    if row["archived_at"] is not None:
        yield Shut(to_micros(row["archived_at"]), FOR_EVER)
    begin = said(levels, "closes_at")
    if begin is not None:
        yield until(begin, opens)
    for begin in others(world, row, levels):
        yield until(begin, opens if is_own else None)


def until(begin: int, opens: int | None) -> Shut:
    """From `begin` until the thread opens, where that comes no earlier; else for ever."""
    return Shut(begin, FOR_EVER if opens is None or opens < begin else opens)


def others(world: World, row: Row, levels: tuple[Row, ...]) -> Iterator[int]:
    """When the thread closed, or will close, by hand, by its age, by silence and by the number of its replies."""
    if row["closed_at"] is not None:
        yield to_micros(row["closed_at"])
    if row["override"] == "open":
        return
    age, idle, enough = (said(levels, f"close_after_{name}") for name in ("age", "idle", "replies"))
    if age is not None:
        yield to_micros(row["published_at"]) + age
    if idle is not None:
        yield to_micros(row["idle_anchor"]) + idle
    published = world.shown(row["id"])
    if enough is not None and len(published) >= enough:
        yield to_micros(published[enough - 1]["published_at"])


def said(levels: tuple[Row, ...], name: str) -> int | None:
    """The value of a term on the first level that says anything; None where that is off, or none does."""
    found = next((level[name] for level in levels if level[name] is not None), None)
    return None if found == OFF else found
