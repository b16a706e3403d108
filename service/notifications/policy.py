"""What a person is told and why, and whether a letter is still wanted. Pure."""

from dataclasses import dataclass
from typing import Final

from service.kit.errors import NotFound
from service.kit.signing import seal, unseal
from service.notifications.models import CLOSED
from service.subscriptions.models import MUTED, WATCHING

MENTIONED: Final = "mentioned"
ANSWERED: Final = "answered"

WHY: Final = {
    MENTIONED: "you are mentioned",
    ANSWERED: "this is an answer to your reply",
    "opened": "you opened this thread",
    "replied": "you replied in this thread",
    "chosen": "you chose to watch this thread",
}
"""The reasons by code, as the second half of "You are told because …". The first that holds is the one that is said."""

PERSONAL: Final = (MENTIONED, ANSWERED)
"""Reasons for which one is told without watching the thread."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides whether a letter is still wanted, as it is at the moment of sending.

    `mentioned` says whether the post mentions the person as it stands now.
    """

    kind: str
    reason: str
    read: bool
    mail_on: bool
    thread_shown: bool
    reply_shown: bool
    visible: bool
    level: str
    mentioned: bool
    closed: bool


def why_not(standing: Standing) -> str | None:
    """Why the letter must not be sent, in words that are stored; None when it is still wanted.

    What must stay hidden is asked first, then what the person wishes, then whether it is still true.
    """
    unwatched = standing.level != WATCHING
    reasons = (
        (not standing.thread_shown, "the thread is no longer shown"),
        (not standing.reply_shown, "the reply is no longer shown"),
        (not standing.visible, "the recipient may no longer see the category"),
        (not standing.mail_on, "mail is switched off"),
        (standing.level == MUTED, "the thread is muted"),
        (unwatched and standing.reason not in PERSONAL, "the thread is no longer watched"),
        (unwatched and standing.reason == MENTIONED and not standing.mentioned, "the mention was taken back"),
        (standing.read, "read on the site"),
        (standing.kind == CLOSED and not standing.closed, "the thread is open again"),
    )
    return next((words for applies, words in reasons if applies), None)


def reason_for(watches: str | None, *, answered: bool, mentioned: bool) -> str | None:
    """Why somebody is told: once, and for the most personal reason that holds. None for nobody's reason.

    `watches` is why they watch the thread, if they do.
    """
    if mentioned:
        return MENTIONED
    return ANSWERED if answered else watches


DEEDS: Final = {MENTIONED: "mentioned you in", ANSWERED: "answered you in"}
"""What somebody did by a post, for one whom it concerns; for others they "replied to" the thread."""


def deed_for(reason: str) -> str:
    """What somebody did, as it concerns one who is told for this reason: “mentioned you in”."""
    return DEEDS.get(reason, "replied to")


def sentence(kind: str, reason: str, actor: str | None, title: str) -> str:
    """What happened, in one line of plain text; `actor` is None when Parley did it itself."""
    if kind == CLOSED:
        return f"{actor} closed “{title}”" if actor else f"“{title}” is closed"
    return f"{actor or 'Somebody'} {deed_for(reason)} “{title}”"


UNSUBSCRIBE: Final = "unsubscribe"
"""The purpose that the links of letters are sealed for."""


def unsubscribe_path(secret: str, account_id: int, thread_id: int) -> str:
    """The page that mutes one thread for one person, signed in or not: whoever has the letter may."""
    return f"/unsubscribe/{seal(secret, UNSUBSCRIBE, account_id, thread_id)}"


def read_token(secret: str, token: str) -> tuple[int, int]:
    """The account's id and the thread's that a link was made for. Raises NotFound for a token that is not ours."""
    numbers = unseal(secret, UNSUBSCRIBE, token)
    if numbers is None or len(numbers) != 2:
        raise NotFound("This link is not whole. Copy it once more from the letter")
    return numbers[0], numbers[1]
