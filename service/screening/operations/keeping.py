"""Keeping decisions: each act of moderation leaves a record that explains it and can undo it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from service.kit.actor import Actor
from service.kit.clock import Instant, from_micros, now, to_micros
from service.kit.database.rows import stored_id, table_of
from service.kit.queue import enqueue
from service.screening.models import Decision

TELL: Final = "notifications.tell_decision"
"""The kind of job that tells the person affected what was decided, or that it was undone; payload `{decision}`."""


def keep(session: Session, decision: Decision) -> Decision:
    """Store what was decided, in the transaction of its effect. Returns it with its id. The person whom it is about is
    told afterwards, where it is theirs to know.
    """
    session.add(decision)
    session.flush()
    if decision.is_told:
        enqueue(session, TELL, {"decision": stored_id(decision.id)})
    return decision


def keep_step(session: Session, actor: Actor, action: str, subject: str, **about: Any) -> Decision:
    """Store a step that this actor takes now with one aspect of a post or a person; `about` are columns of Decision.

    Without an account it was Parley itself that decided.
    """
    who = {"decided_by_id": actor.account_id, "decided_at": now(session), "automated": not actor.signed_in}
    return keep(session, Decision(action=action, subject=subject, **who | about))


def take_back(session: Session, decision: Decision, actor_id: int | None) -> None:
    """Note that a decision was undone, and by whom; what it told its person vanishes, or is told to be undone. What it
    changed is put back by whoever calls this.
    """
    decision.undone_at, decision.undone_by_id = now(session), actor_id
    session.add(decision)
    session.flush()
    enqueue(session, TELL, {"decision": stored_id(decision.id)})


def pass_on(session: Session, decision: Decision, later: Decision) -> None:
    """Take a decision out of the middle of its aspect's history: the next one that stands takes over what this one says
    was before, so that nothing is seen to change, and undoing all of them, in any order, restores what was at first.
    """
    later.before, later.state_before = later.before | decision.before, decision.state_before
    session.add(later)
    session.flush()


def snapshot(row: Any, columns: Iterable[str]) -> dict[str, Any]:
    """These columns of a row as JSON keeps them, for a decision's `before`; instants are in microseconds since 1970."""
    values = ((name, getattr(row, name)) for name in columns)
    return {name: to_micros(value) if isinstance(value, datetime) else value for name, value in values}


def put_columns_back(row: Any, before: Mapping[str, Any], columns: Iterable[str]) -> None:
    """Write these columns of a row as a snapshot has them; what the snapshot does not have stays as it is."""
    types = table_of(type(row)).c
    for name in columns:
        if name in before:
            value = before[name]
            is_instant = value is not None and isinstance(types[name].type, Instant)
            setattr(row, name, from_micros(value) if is_instant else value)
