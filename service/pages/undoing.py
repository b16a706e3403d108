"""The button that undoes what a moderator has just decided: for ten minutes, later it is in the log."""

from datetime import timedelta
from typing import Final

from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.moderation.operations import undoable
from service.moderation.queries import PostSeen, post_of, records_of, told_by
from service.screening.models import Decision
from service.screening.queries.standing import last_standing

DEED: Final = "undo"
"""The name of the form's button; its field `event` is the log's entry."""

STEP: Final = "undo-step"
"""The same on a thread's page, where `undo` undoes its closing."""

OFFERED: Final = timedelta(minutes=10)
"""How long after a decision the button stands beside what was done."""


def undo_of(session: Session, actor: Actor, seen: PostSeen) -> int | None:
    """The entry of the log by which the actor's own last decision about a post is undone; None where there is none."""
    decisions = (each.decision for each in records_of(session, [seen]).get(post_of(seen), ()))
    last = next((decision for decision in decisions if decision.undone_at is None), None)
    return last.event_id if last is not None and _is_offered(session, actor, last) else None


def entry_of(session: Session, subject: str) -> int | None:
    """The log's entry of the last decision about something that stands; None where there is none."""
    last = last_standing(session, subject)
    return (last.event_id or last.step_event_id) if last else None


def undo_at(session: Session, actor: Actor, event_id: int | None) -> int | None:
    """The same entry, where the actor decided what it tells of just now; None otherwise."""
    told = told_by(session, [event_id]) if event_id else ()
    return event_id if any(_is_offered(session, actor, decision) for decision in told) else None


def _is_offered(session: Session, actor: Actor, decision: Decision) -> bool:
    """Whether it was this person who decided, in the last ten minutes, and it can be undone."""
    entry = decision.event_id or decision.step_event_id
    if decision.decided_by_id != actor.account_id or entry is None or decision.undone_at is not None:
        return False
    return now(session) - decision.decided_at < OFFERED and bool(undoable(session, actor, [entry]))
