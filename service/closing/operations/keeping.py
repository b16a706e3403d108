"""What moderators do to a thread's openness is a decision: it keeps how the thread was, and can be undone later."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from service.kit.actor import Actor
from service.screening.operations import keep_step, pass_on, snapshot, take_back
from service.screening.queries.standing import last_standing, next_standing
from service.threads.models import Thread
from service.threads.queries import ThreadSeen

ASPECT: Final = (
    "closed_at", "closed_by_id", "closure_reason", "override", "closes_at", "closes_silently", "reopens_at",
    "archived_at", "closing_recorded_at", "closure_before",
)  # fmt: skip
"""The columns that a closing, a reopening or archiving may change."""


def as_it_is(thread: Thread) -> dict[str, Any]:
    """Those columns as they stand, to be compared later."""
    return snapshot(thread, ASPECT)


def keep_closure(
    session: Session, actor: Actor, seen: ThreadSeen, action: str, was: Mapping[str, Any], event_id: int
) -> None:
    """Keep what somebody who moderates here, or a timer, has done to a locked thread since it was as `was` says.

    What an author does to their own thread is no decision of moderation.
    """
    thread, present = seen.thread, as_it_is(seen.thread)
    before = {name: value for name, value in was.items() if value != present[name]}
    if before and actor.within(thread.category_id).moderates:
        keep_step(
            session, actor, action, subject_of(seen), thread_id=seen.id, category_id=thread.category_id, before=before,
            reason=thread.closure_reason if action == "close" else "", step_event_id=event_id,
        )  # fmt: skip


def forget_closure(session: Session, actor: Actor, seen: ThreadSeen, closed_at: datetime | None) -> None:
    """The closing of this instant was undone by its own door: the decision that was kept of it is undone with it."""
    decision = last_standing(session, subject_of(seen), "close")
    if decision is None or decision.decided_at != closed_at:
        return
    if later := next_standing(session, decision):
        pass_on(session, decision, later)
    take_back(session, decision, actor.account_id)


def subject_of(seen: ThreadSeen) -> str:
    """What decisions about a thread's openness are about."""
    return f"closure:{seen.id}"
