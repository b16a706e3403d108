"""The event table: audit log, outbox, live stream and webhook source in one (decision 0003).

`record` inserts the fact in the causing transaction, without a position, and runs wiring's listeners in the same
transaction. One sequencer gives `position` and the hash chain, in order, to what is committed: on SQLite the writer
thread, in the same commit; on PostgreSQL whoever holds an advisory lock, right after. Every reader goes by position,
so no reader ever steps past a transaction that is still in flight.

A row holds ids, versions and kinds: never text, mail addresses or names.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    bindparam,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlmodel import Field, Session, SQLModel, col

from service.kit.actor import SYSTEM, Actor
from service.kit.clock import Instant, now
from service.kit.database.columns import identity
from service.kit.database.marks import note_change, notify
from service.kit.database.ready import Ready
from service.kit.database.rows import table_of

AUDIENCES: Final = ("public", "category", "person", "staff")
SEQUENCER_LOCK: Final = 0x5061726C  # the advisory lock's key on PostgreSQL
GENESIS: Final = "0" * 64
BATCH: Final = 500


UNCOMMON: Final[ColumnElement[bool]] = literal_column("kind <> 'reply.posted'", Boolean)
"""Of all but the kind that most events are of: who looks for that one finds it everywhere, and storing costs less."""


class EventRow(SQLModel, table=True):
    """One committed fact. `position` and `hash` are null until the sequencer has seen it. `address_hash` is a keyed
    hash of the address that whoever acted came from; it is no part of the chain, so that it can be erased. Nor is
    `thread_id`, which repeats for an index what the subject or the facts say.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index(
            "event_unsequenced", "id", sqlite_where=text("position IS NULL"), postgresql_where=text("position IS NULL")
        ),
        Index("event_subject", "subject_type", "subject_id"),
        Index(
            "event_of_thread",
            "thread_id",
            "position",
            sqlite_where=text("thread_id IS NOT NULL"),
            postgresql_where=text("thread_id IS NOT NULL"),
        ),
        Index("event_of_kind", "kind", "position", sqlite_where=UNCOMMON, postgresql_where=UNCOMMON),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=identity())
    position: int | None = Field(default=None, sa_column=Column(BigInteger, unique=True))
    hash: str | None = Field(default=None, max_length=64)
    kind: str = Field(max_length=60)
    schema_version: int = 1
    at: datetime = Field(sa_type=Instant)
    actor_id: int | None = Field(default=None, sa_type=BigInteger)
    actor_role: str = Field(max_length=20)
    subject_type: str = Field(max_length=30)
    subject_id: int = Field(sa_type=BigInteger)
    audience: str = Field(max_length=20)
    audience_id: int | None = Field(default=None, sa_type=BigInteger)
    facts: dict[str, Any] = Field(sa_column=Column("data", JSON, nullable=False))
    address_hash: str | None = Field(default=None, max_length=64)
    thread_id: int | None = Field(default=None, sa_type=BigInteger)


class EventHead(SQLModel, table=True):
    """The end of the chain, in one row: without it nobody would miss events that were cut off at the end."""

    __tablename__ = "event_head"
    id: int = Field(default=1, primary_key=True)
    position: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: str = Field(max_length=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(ABC):
    """A fact in the past tense; rooms subclass it in their `events.py`.

    `kind` is its public name (`reply.posted`). `subject` is what it is about, `audience` who may hear of it (checked
    again when read), `facts` the ids and versions that go into `data`. Of a nameless kind only the role is kept, of
    who did it: listeners know them, the table does not.
    """

    kind: ClassVar[str]
    schema_version: ClassVar[int] = 1
    is_nameless: ClassVar[bool] = False
    actor: Actor

    @abstractmethod
    def subject(self) -> tuple[str, int]:
        """Type and id of what the event is about."""

    def audience(self) -> tuple[str, int | None]:
        """Who may hear of it: `public`, `category` with its id, `person` with the account's id, or `staff`."""
        return "public", None

    def facts(self) -> dict[str, Any]:
        """Ids, versions and kinds only: never text, addresses or names."""
        return {}


EVENT: Final = table_of(EventRow)
MEMBERS: Final = (
    "id", "kind", "schema_version", "at", "actor_id", "actor_role", "subject_type", "subject_id", "audience",
    "audience_id",
)  # fmt: skip
"""What the chain's hash covers, beside the facts and the position."""

BESIDE: Final = ("address_hash", "thread_id")
"""What it does not cover: the one may be erased, the other says again what is covered."""

# Built once, because every reply runs them: to build a statement costs more than to run it.
STORED: Final = (*MEMBERS[1:], "data", "thread_id", "address_hash")
INSERT: Final = Ready(insert(EVENT).returning(EVENT.c.id), columns=STORED)
TAKEN: Final = (*MEMBERS, "facts")
WAITING: Final = Ready(
    select(*(EVENT.c[name] for name in MEMBERS), EVENT.c.data.label("facts"))
    .where(EVENT.c.position.is_(None))
    .order_by(EVENT.c.id)
    .limit(BATCH)
)
OLDEST_WAITING: Final = select(EVENT.c.at).where(EVENT.c.position.is_(None)).order_by(EVENT.c.id).limit(1)
ANY_WAITING: Final = select(EVENT.c.id).where(EVENT.c.position.is_(None)).limit(1)
LAST: Final = Ready(
    select(EVENT.c.position, EVENT.c.hash)
    .where(EVENT.c.position.is_not(None))
    .order_by(EVENT.c.position.desc())
    .limit(1)
)
LAST_OF_THREAD: Final = Ready(
    select(EVENT.c.position)
    .where(EVENT.c.thread_id == bindparam("thread", type_=BigInteger), EVENT.c.position.is_not(None))
    .order_by(EVENT.c.position.desc())
    .limit(1)
)
PLACE: Final = Ready(
    update(EVENT).where(EVENT.c.id == bindparam("event_id")).values(position=bindparam("place"), hash=bindparam("link"))
)

HEAD: Final = table_of(EventHead)
MOVE_HEAD: Final = Ready(update(HEAD).where(HEAD.c.id == 1).values(position=bindparam("place"), hash=bindparam("link")))


def record(session: Session, event: Event, *, at: datetime | None = None) -> int:
    """Insert the event's row and run its listeners in this transaction; returns the row's id.

    `at` is for facts whose time is not now, such as a closing told after its deadline. Where whoever asks came from an
    address, the door has put its keyed hash into the session's `info`; what Parley does by itself has none.
    """
    hidden = event.is_nameless or event.actor is SYSTEM
    kind, subject_id = event.subject()
    audience, audience_id = event.audience()
    facts = event.facts()
    thread_id = subject_id if kind == "thread" else facts.get("thread_id")
    row = {
        "kind": event.kind, "schema_version": event.schema_version, "at": at or now(session),
        "actor_id": None if event.is_nameless else event.actor.account_id, "actor_role": event.actor.recorded_role,
        "subject_type": kind, "subject_id": subject_id, "audience": audience, "audience_id": audience_id,
        "data": facts, "thread_id": thread_id,
        "address_hash": None if hidden else session.info.get("address_hash"),
    }  # fmt: skip
    event_id = int(INSERT.scalar(session, row))
    notify(session, "event")
    note_change(session, event.kind, thread_id)
    for listener in session.info["listeners"].get(type(event), ()):
        listener(session, event, event_id)
    return event_id


def let_know(session: Session, fact: object) -> None:
    """Run the listeners of a fact that is no event: the rooms above must know of it, and the log need not."""
    for listener in session.info["listeners"].get(type(fact), ()):
        listener(session, fact)


def changes(row: Any, fields: Mapping[str, Any], texts: Collection[str]) -> dict[str, list[Any]]:
    """What `fields` would change in a row, as `{name: [before, after]}` for an event's facts; of `texts` nothing."""
    told = {name: [getattr(row, name), value] for name, value in fields.items() if name not in texts}
    return {name: pair for name, pair in told.items() if pair[0] != pair[1]}


def digest(previous: str, members: Mapping[str, Any], position: int) -> str:
    """The row's link of the hash chain: SHA-256 (FIPS 180-4) over the one before and every stored fact, as hex."""
    dated = {**members, "position": position, "at": members["at"].isoformat()}
    stored = json.dumps(dated, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(previous.encode() + stored.encode()).hexdigest()


def sequence(session: Session) -> int:
    """Give position and hash to committed events that have none, in order of their ids; returns how many.

    One sequencer at a time: SQLite's write lock, or PostgreSQL's advisory lock, held to the end of the transaction.
    """
    if session.get_bind().dialect.name == "postgresql":
        # It waits for its turn: giving way to a sequencer that looked before our commit would cost our events a poll.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEQUENCER_LOCK})
    waiting = [dict(zip(TAKEN, row, strict=True)) for row in WAITING.all(session)]
    if not waiting:
        return 0
    last = LAST.first(session)
    position, previous = (last[0], last[1]) if last else (0, GENESIS)
    places = []
    for row in waiting:
        position, previous = position + 1, digest(previous, row, position + 1)
        places.append({"event_id": row["id"], "place": position, "link": previous})
    PLACE.each(session, places)
    _keep_head(session, position, previous)
    return len(waiting)


def _keep_head(session: Session, position: int, link: str) -> None:
    """Note where the chain ends now: without that nobody would miss what was cut off there."""
    if not MOVE_HEAD.changed(session, {"place": position, "link": link}):
        session.execute(insert(HEAD), {"id": 1, "position": position, "hash": link})


def read_after(session: Session, position: int, limit: int = 100) -> Sequence[EventRow]:
    """Events after `position`, oldest first, at most `limit`: no gap, no repeat for one who goes on from the last."""
    query = select(EventRow).where(col(EventRow.position) > position).order_by(col(EventRow.position)).limit(limit)
    return session.execute(query).scalars().all()


def last_position(session: Session) -> int:
    """The end of the table: the last position given out, 0 before the first event."""
    last = LAST.first(session)
    return int(last[0]) if last else 0


def last_of_thread(session: Session, thread_id: int) -> int:
    """The position of the last event of a thread, 0 where it has none: what a page of it was drawn after."""
    return LAST_OF_THREAD.scalar(session, {"thread": thread_id}) or 0


def oldest_waiting(session: Session) -> datetime | None:
    """When the oldest event happened that has no position yet; None where each has one."""
    found: datetime | None = session.execute(OLDEST_WAITING).scalar_one_or_none()
    return found


def is_waiting(session: Session) -> bool:
    """Whether something committed has no position yet: on PostgreSQL, for the moment until the sequencer comes."""
    return session.get_bind().dialect.name == "postgresql" and session.execute(ANY_WAITING).first() is not None
