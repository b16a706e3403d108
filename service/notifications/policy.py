"""What a person is told and why, and whether a letter is still wanted. Pure."""

from dataclasses import dataclass
from typing import Final

from service.notifications.models import CLOSED
from service.subscriptions.models import MUTED, WATCHING

WHY: Final = {
    "answered": "this is an answer to your reply",
    "opened": "you opened this thread",
    "replied": "you replied in this thread",
    "chosen": "you chose to watch this thread",
}
"""The reasons by code, as the second half of "You are told because …". The first that holds is the one that is said."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides whether a letter is still wanted, as it is at the moment of sending."""

    kind: str
    read: bool
    mail_on: bool
    thread_shown: bool
    reply_shown: bool
    visible: bool
    level: str
    closed: bool


def why_not(standing: Standing) -> str | None:
    """Why the letter must not be sent, in words that are stored; None when it is still wanted.

    What must stay hidden is asked first, then what the person wishes, then whether it is still true.
    """
    reasons = (
        (not standing.thread_shown, "the thread is no longer shown"),
        (not standing.reply_shown, "the reply is no longer shown"),
        (not standing.visible, "the recipient may no longer see the category"),
        (not standing.mail_on, "mail is switched off"),
        (standing.level == MUTED, "the thread is muted"),
        (standing.level not in (WATCHING, MUTED), "the thread is no longer watched"),
        (standing.read, "read on the site"),
        (standing.kind == CLOSED and not standing.closed, "the thread is open again"),
    )
    return next((words for applies, words in reasons if applies), None)


def reason_for(account_id: int, watching_because: str, answered_id: int | None) -> str:
    """Why a watcher is told: being answered comes before why they watch."""
    return "answered" if account_id == answered_id else watching_because
