"""The hash chain of the event table, read from its first link to its end: has anything been changed since?

Each row's hash covers the hash before it, its position and everything that was recorded (`kit.events.digest`), so an
edited, removed, inserted or reordered row breaks the chain there. What was cut off at the end leaves a chain that is
whole: the head, one row kept in the transaction that lengthens the chain, says how far it went. Whoever can write to
the database could write all of it anew, the head too: who wants to be sure of that keeps the end's position and hash
elsewhere, and compares.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlmodel import Session

from service.kit.database.rows import table_of
from service.kit.events import BESIDE, GENESIS, EventHead, EventRow, digest, last_position, read_after

HEAD: Final = table_of(EventHead)
AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Link:
    """One place of the chain: a position and the hash there, as 64 hexadecimal digits."""

    position: int
    hash: str


START: Final = Link(0, GENESIS)
"""Before the first event."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What a look at the whole chain found: its end, and where and how it is broken, if it is."""

    end: Link
    broken_at: int | None = None
    because: str = ""


def read_chain(session: Session, known: Link | None = None, progress: Callable[[int], None] | None = None) -> Chain:
    """Compare every link, a thousand rows at a time; `known` is an end that was noted earlier, elsewhere.

    `progress` is called with the position that has been reached. One row of the table at a time is in memory.
    """
    head = _head(session)  # read first: what is recorded meanwhile lies after it
    marks = [link for link in (head, known) if link is not None and link != START]
    end = START
    while rows := read_after(session, end.position, AT_ONCE):
        for row in rows:
            if broken := _wrong(end, row):
                return Chain(end, end.position + 1, broken)
            end = Link(end.position + 1, row.hash or "")
            if any(mark.position == end.position and mark.hash != end.hash for mark in marks):
                return Chain(end, end.position, "the chain was written anew: here it ended with another hash before")
        session.expunge_all()
        if progress is not None:
            progress(end.position)
    lost = [mark.position for mark in marks if mark.position > end.position]
    if lost:
        return Chain(end, end.position + 1, f"everything after it was removed: the chain went on to {max(lost)}")
    if head is None and end != START:
        return Chain(end, end.position, "the mark of the chain's end was removed")
    return Chain(end)


def _head(session: Session) -> Link | None:
    row = session.execute(select(HEAD.c.position, HEAD.c.hash)).first()
    return None if row is None else Link(row.position, row.hash)


def _wrong(before: Link, row: EventRow) -> str:
    """What is wrong with the row that follows a link; nothing, if all is right."""
    place = before.position + 1
    if row.position != place:
        return f"an event was removed, or moved: the next one there is {row.position}"
    if row.hash != digest(before.hash, row.model_dump(exclude={"hash", *BESIDE}), place):
        return "this event was changed, or is not the one that was here"
    return ""


def end_is_broken(session: Session, length: int = AT_ONCE) -> str:
    """What is wrong with the last `length` links; empty if nothing is. Quick, where `read_chain` compares all."""
    head, last = _head(session), last_position(session)
    before = START
    if (first := last - length) > 0:
        (row,) = read_after(session, first - 1, 1)
        before = Link(first, row.hash or "")
    for row in read_after(session, before.position, length):
        if broken := _wrong(before, row):
            return f"at position {before.position + 1}: {broken}"
        before = Link(before.position + 1, row.hash or "")
    if (head or START) != before:
        return f"it ends at {before.position}, and by its mark at {(head or START).position}"
    return ""
