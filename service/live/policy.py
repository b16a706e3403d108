"""Which events belong to a thread, and who may hear of one. Pure."""

from typing import Final

from service.kit.actor import Actor
from service.kit.events import EventRow
from service.kit.kept import EVERYTHING, LISTS, Change, Subject, of_thread

OF_MANY: Final = frozenset({"site.changed", "category.changed"})
"""Kinds that may change the state of threads which they do not name: a closing policy was changed."""


UNSEEN: Final = ("account.", "appeal.", "flag.")
"""How the kinds begin of what changes no page but its person's and the moderators' own. A rule does: forms ask for its
proof of work.
"""

NAMED: Final = frozenset({"account.changed"})
"""Of those the kinds that do: somebody has another name."""


def subjects_of(change: Change) -> tuple[Subject, ...]:
    """Which kept pages something concerns: a thread's own and every list, or all of them where it names no thread."""
    kind, thread_id = change
    if kind.startswith(UNSEEN) and kind not in NAMED:
        return ()
    return (EVERYTHING,) if thread_id is None else (of_thread(thread_id), LISTS)


def thread_of(event: EventRow) -> int | None:
    """The thread an event belongs to: its subject, or the one its facts name; None for an event of no thread."""
    if event.subject_type == "thread":
        return event.subject_id
    named = event.facts.get("thread_id")
    return named if isinstance(named, int) else None


FOR_ALL: Final = ("public", "category")
"""The audiences of what everybody hears who may see the thread."""


def may_hear(actor: Actor, event: EventRow) -> bool:
    """Whether one who may see the thread now may hear of this event of it.

    What a category hears, hears whoever sees the thread today: the thread may have moved since. `actor` is as they
    stand in its category.
    """
    if event.audience == "staff":
        return actor.moderates
    if event.audience == "person":
        return actor.signed_in and event.audience_id == actor.account_id
    return event.audience in FOR_ALL
