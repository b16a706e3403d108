"""Whether what was to be sent is still wanted at the moment of sending. Pure."""

from dataclasses import dataclass
from datetime import datetime

from service.kit.clock import to_micros
from service.notifications.models import CLOSED, CLOSING_SOON, MAIL, MODERATION
from service.notifications.policy.deciding import ASKED, MENTIONED, PERSONAL, QUOTED, WATCHED
from service.subscriptions.models import MUTED


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides whether news are still wanted by a channel, as it is at the moment of sending.

    `mentioned` and `quoted` say whether the post mentions or quotes the person as it stands now,
    `closed` that the thread is, `closes` that it will be at the instant that was said.
    """

    kind: str
    reason: str
    read: bool
    channel_on: bool
    thread_shown: bool
    reply_shown: bool
    visible: bool
    level: str
    mentioned: bool
    closed: bool
    quoted: bool = False
    closes: bool = False
    channel: str = MAIL
    suspended: bool = False
    over: str | None = None


def why_not(standing: Standing) -> str | None:
    """Why it must not be sent, in words that are stored; None when it is still wanted.

    What must stay hidden is asked first, then what the person wishes, then whether it is still true.
    """
    if standing.kind in MODERATION:
        return standing.over or _why_not_moderation(standing)
    unwatched = standing.level not in WATCHED.get(standing.kind, ()) and standing.reason != ASKED
    reasons = (
        (not standing.thread_shown, "the thread is no longer shown"),
        (not standing.reply_shown, "the reply is no longer shown"),
        (standing.suspended, "the recipient is suspended"),
        (not standing.visible, "the recipient may no longer see the category"),
        (not standing.channel_on, f"{standing.channel} is switched off"),
        (standing.level == MUTED, "the thread is muted"),
        (unwatched and standing.reason not in PERSONAL, "the thread is no longer watched"),
        (unwatched and standing.reason == MENTIONED and not standing.mentioned, "the mention was taken back"),
        (unwatched and standing.reason == QUOTED and not standing.quoted, "the quote was taken back"),
        (standing.read, "read on the site"),
        (standing.kind == CLOSED and not standing.closed, "the thread is open again"),
        (standing.kind == CLOSING_SOON and standing.closed, "the thread has closed by now"),
        (standing.kind == CLOSING_SOON and not standing.closes, "the thread does not close then any more"),
    )
    return next((words for applies, words in reasons if applies), None)


def _why_not_moderation(standing: Standing) -> str | None:
    """Who is suspended is told of decisions about them all the same."""
    reasons = (not standing.channel_on, f"{standing.channel} is switched off"), (standing.read, "read on the site")
    return next((words for applies, words in reasons if applies), None)


def closing_soon_subject(thread_id: int, deadline: int) -> str:
    """What a warning is about: one deadline (microseconds since 1970) of one thread, told to everybody once."""
    return f"closing_soon:{thread_id}:{deadline}"


def comes_as_said(subject: str, closes_at: datetime | None) -> bool:
    """Whether a thread still closes at the instant that its warning was about."""
    return closes_at is not None and subject.rpartition(":")[2] == str(to_micros(closes_at))


def why_no_letter(*, stopped: bool, away: bool) -> str | None:
    """Why a person is sent nothing at all, in words that are stored: mail came back from them, or nobody has seen them
    for half a year. None when they are.
    """
    if stopped:
        return "mail to this address came back"
    return "nobody has seen them for half a year" if away else None
