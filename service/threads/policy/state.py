"""The law of closing, in its pure form. `queries/law.py` says the same in SQL; a property test holds them equal.

effective_close_at is the earliest of

- archived: archived_at
- manual: closed_at
- scheduled: closes_at (the thread's, else the category's, else the site's)
- age: published_at + close_after_age (inherited alike; not under override=open)
- idle: idle_anchor + close_after_idle (inherited alike; not under override=open)
- replies: when the close_after_replies-th of the replies published now, in the order of their numbers, was published,
  once there are so many (inherited alike; not under override=open)

and closed ⇔ now >= effective_close_at.

A closing may be temporary: `reopens_at`, inherited alike, ends it. From that instant on a thread's own voids every
term that is no later, but archived; an inherited one voids only the scheduled term: a holiday of the whole site opens
nothing that a moderator, or another term, has closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.kit.clock import from_micros
from service.site.models import OFF, ClosingTerms
from service.threads.models import Thread


@dataclass(frozen=True, slots=True)
class Closing:
    """When a thread closes, or closed, and why; both None when nothing will close it."""

    at: datetime | None
    reason: str | None

    def is_closed(self, now: datetime) -> bool:
        """The boundary rule: closed from the very instant on."""
        return self.at is not None and now >= self.at


def inherited(*levels: int | None) -> int | None:
    """The first level that says anything; OFF means none, and ends the search."""
    for level in levels:
        if level is not None:
            return None if level == OFF else level
    return None


def effective_closing(
    thread: Thread, category: ClosingTerms, site: ClosingTerms, reached_at: datetime | None, at: datetime
) -> Closing:
    """The thread's closing under these terms as it stands at `at`; on a tie the first of the order above.

    `reached_at` is when the last reply that the term `replies` allows was published (`queries.law.reached_at`). Without
    it, or with one from before the terms or the replies changed, the instant is not right; the answer to "closed?" is,
    unless the thread has its own `reopens_at`. Whoever shows or records that loads the thread again.
    """
    terms = list(deadlines(thread, category, site, reached_at))
    reopens = reopening(thread, category, site)
    if reopens is not None:
        own = thread.reopens_at is not None
        terms = [term for term in terms if not is_over(term, reopens, at, own=own)]
    return min(terms, key=when) if terms else Closing(None, None)


def reopening(thread: Thread, category: ClosingTerms, site: ClosingTerms) -> datetime | None:
    """When closings end, by the first level that says; None where none does."""
    said = inherited(thread.reopens_at, category.reopens_at, site.reopens_at)
    return None if said is None else from_micros(said)


def is_over(term: Closing, reopens: datetime, at: datetime, *, own: bool) -> bool:
    """Whether a term's closing has ended by `at`; `own`: it is the thread itself that says when."""
    if term.reason == "archived" or not (own or term.reason == "scheduled"):
        return False
    return at >= reopens and reopens >= when(term)


def when(term: Closing) -> datetime:
    """The instant of a term that applies."""
    if term.at is None:
        raise AssertionError("a term that applies has an instant")
    return term.at


def deadlines(
    thread: Thread, category: ClosingTerms, site: ClosingTerms, reached_at: datetime | None
) -> Iterator[Closing]:
    """Every term that applies, with its instant."""
    if thread.archived_at is not None:
        yield Closing(thread.archived_at, "archived")
    if thread.closed_at is not None:
        yield Closing(thread.closed_at, "manual")
    scheduled = inherited(thread.closes_at, category.closes_at, site.closes_at)
    if scheduled is not None:
        yield Closing(from_micros(scheduled), "scheduled")
    if thread.override == "open":
        return
    age = inherited(thread.close_after_age, category.close_after_age, site.close_after_age)
    if age is not None:
        yield Closing(thread.published_at + timedelta(microseconds=age), "age")
    idle = inherited(thread.close_after_idle, category.close_after_idle, site.close_after_idle)
    if idle is not None:
        yield Closing(thread.idle_anchor + timedelta(microseconds=idle), "idle")
    enough = inherited(thread.close_after_replies, category.close_after_replies, site.close_after_replies)
    if enough is not None and thread.reply_count >= enough:
        yield Closing(reached_at or thread.last_reply_at, "replies")


def state_of(thread: Thread, closing: Closing, now: datetime) -> str:
    """`open`, `closed` or `archived`."""
    if thread.archived_at is not None and now >= thread.archived_at:
        return "archived"
    return "closed" if closing.is_closed(now) else "open"
