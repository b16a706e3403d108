"""Every SELECT of the log: entries for one reader, the newest first."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.actor import Actor, check_moderates_some
from service.kit.events import UNCOMMON, EventRow
from service.screening.models import Decision
from service.threads.models import Thread

AT_ONCE: Final = 500
"""Entries that a download reads at a time: it asks for the next ones from the last position on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries somebody looks for; all that is given must hold.

    `kind` is a kind (`thread.closed`) or what it begins with (`thread`); `actor_id` who did it (0: Parley itself);
    `thread_id` a thread with all its replies; `account_id` the person that it was done to; `address_hash` where it was
    done from; `since` is included and `until` is not.
    """

    kind: str | None = None
    actor_id: int | None = None
    account_id: int | None = None
    thread_id: int | None = None
    category_id: int | None = None
    address_hash: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log: the event, who did it (None: nobody who is known), and the decision that it tells of."""

    event: EventRow
    username: str | None
    decision: Decision | None

    @property
    def thread_id(self) -> int | None:
        """The thread that it tells of, if it does."""
        found = self.event.subject_id if self.event.subject_type == "thread" else self.event.facts.get("thread_id")
        return found if isinstance(found, int) else None

    @property
    def position(self) -> int:
        """Its place in the log."""
        return self.event.position or 0


def list_entries(session: Session, actor: Actor, wanted: Wanted, before: int | None, limit: int) -> Sequence[Entry]:
    """Up to `limit + 1` entries that this reader may see, before a position, the newest first.

    Raises NotSignedIn, NotAllowed.
    """
    check_moderates_some(actor)
    query = _select_entries().where(_seen_by(actor), *_conditions(wanted))
    if before is not None:
        query = query.where(col(EventRow.position) < before)
    return [Entry(*row) for row in session.execute(query.limit(limit + 1))]


def _select_entries() -> Select[*tuple[Any, ...]]:
    return (
        select(EventRow, col(Account.username), Decision)
        .outerjoin(Account, col(Account.id) == EventRow.actor_id)
        .outerjoin(Decision, col(Decision.event_id) == EventRow.id)
        .where(col(EventRow.position).is_not(None))
        .order_by(col(EventRow.position).desc())
    )


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """What this reader finds: everything; all but people's own affairs; or what happened in their categories."""
    if actor.administers:
        return true()
    if actor.moderates:
        return col(EventRow.audience) != "person"
    mine = sorted(actor.moderated)
    decided = select(col(Decision.event_id)).where(col(Decision.category_id).in_(mine))
    return or_(
        and_(col(EventRow.audience) == "category", col(EventRow.audience_id).in_(mine)), col(EventRow.id).in_(decided)
    )


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.kind is not None:
        yield from _of_kind(wanted.kind)
    if wanted.actor_id is not None:
        yield col(EventRow.actor_id) == wanted.actor_id if wanted.actor_id else col(EventRow.actor_role) == "system"
    if wanted.account_id is not None:
        about = select(col(Decision.event_id)).where(col(Decision.account_id) == wanted.account_id)
        yield or_(_is_about("account", wanted.account_id), col(EventRow.id).in_(about))
    if wanted.thread_id is not None:
        yield col(EventRow.thread_id) == wanted.thread_id  # done to it, to its replies, or by decision about either
    if wanted.category_id is not None:
        decided = select(col(Decision.event_id)).where(col(Decision.category_id) == wanted.category_id)
        here = and_(col(EventRow.audience) == "category", col(EventRow.audience_id) == wanted.category_id)
        yield or_(here, _is_about("category", wanted.category_id), col(EventRow.id).in_(decided))
    if wanted.address_hash is not None:
        yield col(EventRow.address_hash) == wanted.address_hash
    if wanted.since is not None:
        yield col(EventRow.at) >= wanted.since
    if wanted.until is not None:
        yield col(EventRow.at) < wanted.until


def _of_kind(kind: str) -> Iterator[ColumnElement[bool]]:
    """Events of a kind, or of all that begin so. The kinds have an index but for the one that most events are of."""
    if "." not in kind:
        yield or_(col(EventRow.kind) == kind, col(EventRow.kind).startswith(f"{kind}.", autoescape=True))
        return
    yield col(EventRow.kind) == kind
    if kind != "reply.posted":
        yield UNCOMMON


def _is_about(kind: str, subject_id: int) -> ColumnElement[bool]:
    return and_(col(EventRow.subject_type) == kind, col(EventRow.subject_id) == subject_id)


def titles_of(session: Session, thread_ids: Collection[int]) -> dict[int, str]:
    """The titles of threads that entries tell of; one whose text is gone for good has none."""
    query = select(col(Thread.id), col(Thread.title)).where(col(Thread.id).in_(sorted(thread_ids)))
    return {row[0]: row[1] for row in session.execute(query) if row[1]} if thread_ids else {}


def addressed(session: Session, until: datetime, limit: int) -> Sequence[int]:
    """The ids of up to `limit` entries from before `until` that have an address still.

    Without an index, which every new event would pay for: once a day somebody reads the table (1,000,000 entries: a
    tenth of a second), and never on the writer.
    """
    old = select(col(EventRow.id)).where(col(EventRow.at) < until, col(EventRow.address_hash).is_not(None))
    return [found for found in session.execute(old.limit(limit)).scalars() if found is not None]
