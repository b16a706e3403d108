"""Which events belong to a thread, and who may hear of one. Pure."""

from typing import Final

from service.kit.actor import Actor
from service.kit.events import EventRow

OF_MANY: Final = frozenset({"site.changed", "category.changed"})
"""Kinds that may change the state of threads which they do not name: a closing policy was changed."""


def thread_of(event: EventRow) -> int | None:
    """The thread an event belongs to: its subject, or the one its facts name; None for an event of no thread."""
    if event.subject_type == "thread":
        return event.subject_id
    named = event.facts.get("thread_id")
    return named if isinstance(named, int) else None


def may_hear(actor: Actor, event: EventRow) -> bool:
    """Whether one who may see the thread now may hear of this event of it.

    What a category hears, hears whoever sees the thread today: the thread may have moved since. `actor` is as they
    stand in its category.
    """
    if event.audience == "staff":
        return actor.moderates
    if event.audience == "person":
        return actor.signed_in and event.audience_id == actor.account_id
    return event.audience in ("public", "category")
