"""What happened and why one is told, in words. Pure."""

from typing import Final

from service.notifications.models import CLOSED, CLOSING_SOON, OPENING, REMINDER, REPLY
from service.notifications.policy.deciding import (
    AFFECTED,
    ANSWERED,
    APPEALED,
    ASKED,
    FLAGGED,
    MENTIONED,
    QUOTED,
)

WHY: Final = {
    MENTIONED: "you are mentioned",
    ANSWERED: "this is an answer to your reply",
    QUOTED: "you are quoted",
    "opened": "you opened this thread",
    "replied": "you replied in this thread",
    "chosen": "you chose to watch this thread",
    "read": "you read this thread for a while",
    "tag": "you watch a tag of this thread",
    "category": "you watch the category of this thread",
    ASKED: "you asked to be reminded",
    AFFECTED: "it is about you",
    FLAGGED: "you flagged it",
    APPEALED: "you appealed",
}
"""The reasons by code, as the second half of "You are told because …". The first that holds is the one that is said."""

DEEDS: Final = {MENTIONED: "mentioned you in", ANSWERED: "answered you in", QUOTED: "quoted you in"}
"""What somebody did by a post, for one whom it concerns; for others they "replied to" the thread."""


def deed_for(reason: str, kind: str = REPLY) -> str:
    """What somebody did, as it concerns one who is told of it for this reason: “mentioned you in”."""
    return DEEDS.get(reason, "opened" if kind == OPENING else "replied to")


def sentence(kind: str, reason: str, actor: str | None, title: str) -> str:
    """What happened, in one line of plain text; `actor` is None when Parley did it itself."""
    if kind == CLOSED:
        return f"{actor} closed “{title}”" if actor else f"“{title}” is closed"
    if kind == CLOSING_SOON:
        return f"“{title}” closes soon"
    if kind == REMINDER:
        return f"Your reminder of “{title}”"
    return f"{actor or 'Somebody'} {deed_for(reason, kind)} “{title}”"
