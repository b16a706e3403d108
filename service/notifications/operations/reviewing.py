"""Tell moderators by mail that posts wait for them: at most one letter in each window, whatever comes."""

from datetime import timedelta
from typing import Final

from sqlmodel import Session

from service.kit.clock import EPOCH, now
from service.kit.queue import enqueue
from service.moderation.events import AppealMade, FlagRaised
from service.notifications.models import MAIL, REVIEWS
from service.notifications.operations.gathering import Envelope, letters_for
from service.notifications.policy import DEFAULTS, wants
from service.notifications.policy.timing import Due, quiet_until, times_of
from service.notifications.queries.moderators import asked_last, moderators
from service.notifications.queries.preferences import preferences_of
from service.replies.events import ReplyEvent
from service.screening.events import EditHeld
from service.threads.events import ThreadEvent

ASK: Final = "notifications.ask_moderators"
"""The kind of job that sees to it that moderators are sent a letter."""

WINDOW: Final = timedelta(minutes=30)
"""The least time between two letters to one moderator."""


def announce_review(session: Session, event: ReplyEvent | ThreadEvent | FlagRaised, event_id: int) -> None:
    """Listener: a post waits, or readers flagged it, so moderators are told, after this transaction."""
    enqueue(session, ASK, {})


def announce_edit(session: Session, held: EditHeld) -> None:
    """Listener: an edit waits, so moderators are told in the same letter."""
    enqueue(session, ASK, {})


def announce_appeal(session: Session, event: AppealMade, event_id: int) -> None:
    """Listener: an appeal waits, so moderators are told in the same letter."""
    enqueue(session, ASK, {})


def ask_moderators(session: Session, *, delay: timedelta, domain: str) -> None:
    """See to it that each moderator who wants mail about reviews has a letter that gathers. What it says is read when
    it is sent; so this is cheap, and done twice is done once.
    """
    at, people = now(session), moderators(session)
    preferences, last = preferences_of(session, people), asked_last(session, people)
    dues: dict[int, Due] = {}
    for account_id in people:
        preference = preferences.get(account_id, DEFAULTS)
        if not wants(preference, "reviews", MAIL):
            continue
        times = times_of(preference, delay)
        due = max(at + times.delay, last.get(account_id, EPOCH) + WINDOW)
        dues[account_id] = Due(REVIEWS, REVIEWS, quiet_until(times, due) or due)
    letters_for(session, Envelope(REVIEWS, domain), dues, {})
