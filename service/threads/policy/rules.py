"""Which rule closes a thread: the reason, and which level says so. Pure."""

from dataclasses import dataclass
from typing import Final

from service.site.models import ClosingTerms
from service.threads.policy.state import Closing

TERM_OF: Final = {
    "scheduled": "closes_at",
    "age": "close_after_age",
    "idle": "close_after_idle",
    "replies": "close_after_replies",
}
"""The closing term behind each reason that is one; the others are a moderator's deeds."""

MODERATOR: Final = "moderator"


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule by which a thread closes or closed: `level` is `thread`, `category`, `site` or `moderator`."""

    reason: str
    level: str


def rule_of(closing: Closing, thread: ClosingTerms, category: ClosingTerms, site: ClosingTerms) -> Rule | None:
    """The rule behind a closing; None where nothing closes the thread."""
    if closing.reason is None:
        return None
    term = TERM_OF.get(closing.reason)
    if term is None:
        return Rule(closing.reason, MODERATOR)
    levels = (("thread", thread), ("category", category), ("site", site))
    said = (level for level, terms in levels if getattr(terms, term) is not None)
    return Rule(closing.reason, next(said, "site"))
