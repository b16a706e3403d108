"""Whether what was to be sent is still wanted at the moment of sending. Pure."""

from dataclasses import dataclass

from service.notifications.models import CLOSED
from service.notifications.policy.deciding import MENTIONED, PERSONAL
from service.subscriptions.models import MUTED, WATCHING


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
