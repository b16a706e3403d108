"""The shapes of the log on the wire."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from service.audit.queries import Entry
from service.site.schemas import Moment

KIND_SHAPE = r"^[a-z]+(\.[a-z_]+)?$"
Kind = Annotated[str, Field(max_length=60, pattern=KIND_SHAPE)]


class EntryActor(BaseModel):
    """Who did it, and the role it was done in: `system` is Parley itself."""

    id: int | None
    username: str | None
    role: str


class EntrySubject(BaseModel):
    """What it was done to."""

    type: str
    id: int


class DecisionNote(BaseModel):
    """The decision that an entry tells of; `undone_at` says since when it does not hold any more."""

    id: int
    action: str
    subject: str
    state_before: str | None
    state_after: str | None
    automated: bool
    rule_id: int | None
    rule_version: int | None
    reason: str | None
    undone_at: Moment | None


class AuditEntry(BaseModel):
    """An entry of the log: the event's envelope, its link of the hash chain, and the decision that it tells of.

    `address` is a keyed hash of the address that it was done from; null where there is none, or none any more.
    """

    position: int
    id: int
    kind: str
    schema_version: int
    at: Moment
    actor: EntryActor
    subject: EntrySubject
    data: dict[str, Any]
    hash: str
    address: str | None
    decision: DecisionNote | None

    @classmethod
    def of(cls, entry: Entry) -> "AuditEntry":
        """The wire form of an entry."""
        event = entry.event
        return cls(
            position=entry.position, id=event.id or 0, kind=event.kind, schema_version=event.schema_version,
            at=event.at, actor=EntryActor(id=event.actor_id, username=entry.username, role=event.actor_role),
            subject=EntrySubject(type=event.subject_type, id=event.subject_id), data=event.facts,
            hash=event.hash or "", address=event.address_hash, decision=_note(entry),
        )  # fmt: skip


def _note(entry: Entry) -> DecisionNote | None:
    made = entry.decision
    if made is None:
        return None
    return DecisionNote(
        id=made.id or 0, action=made.action, subject=made.subject, state_before=made.state_before or None,
        state_after=made.state_after or None, automated=made.automated, rule_id=made.rule_id,
        rule_version=made.rule_version, reason=made.reason or None, undone_at=made.undone_at,
    )  # fmt: skip
