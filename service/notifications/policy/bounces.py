"""When mail that came back stops a person's mail, and what they are told. Pure."""

from dataclasses import dataclass
from typing import Final

from service.notifications.models import COMPLAINT, HARD

ENOUGH: Final = 3
"""So many letters in 30 days that could not be taken are taken for a mailbox that nobody reads."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of a letter that came back: which one, how (hard, soft or complaint), and why."""

    message_id: str
    kind: str
    reason: str


def is_enough(kind: str, soft: int) -> bool:
    """Whether mail stops: at once where there is no such mailbox or its reader complained, else at the third time.

    `soft` counts the soft bounces of the last 30 days, this one among them.
    """
    return kind in (HARD, COMPLAINT) or soft >= ENOUGH


def words_for(kind: str, reason: str) -> str:
    """Why mail was stopped, as its person reads it."""
    if kind == COMPLAINT:
        return "it was reported as unwanted"
    said = reason.strip() or "the mailbox could not be reached"
    return (said if kind == HARD else f"{ENOUGH} times in 30 days, at last: {said}")[:500]
