"""The links of a moderator's letter: for one moderator, one step with one review as it stood, for seven days. Pure.

A link is used up by the first decision, whoever takes it: that raises the review's version, and the link names the one
that the letter showed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.kit.clock import MICROSECOND, from_micros, to_micros
from service.kit.errors import NotFound
from service.kit.signing import seal, unseal
from service.screening.policy import Action

REVIEW: Final = "review"
"""The purpose that these links are sealed for."""

LASTS: Final = timedelta(days=7)
STEPS: Final[tuple[Action, ...]] = ("approve", "reject")
"""What a letter offers; a link names a step by its place, from 1."""

SECOND: Final = timedelta(seconds=1) // MICROSECOND


@dataclass(frozen=True, slots=True)
class ReviewLink:
    """What a link was made for: the moderator's account, the review at a version, and the step; until when it holds."""

    account_id: int
    review_id: int
    version: int
    action: Action
    expires_at: datetime

    def path(self, secret: str) -> str:
        """The page that asks once more and has the button."""
        step, until = STEPS.index(self.action) + 1, to_micros(self.expires_at) // SECOND
        return f"/review/{seal(secret, REVIEW, self.account_id, self.review_id, self.version, step, until)}"


def read_review_link(secret: str, token: str, now: datetime) -> ReviewLink:
    """What the link was made for. Raises NotFound for a token that is not ours, or that has expired."""
    numbers = unseal(secret, REVIEW, token)
    if numbers is None or len(numbers) != 5 or numbers[3] > len(STEPS):
        raise NotFound("This link is not whole. Copy it once more from the letter")
    account_id, review_id, version, step, until = numbers
    expires_at = from_micros(until * SECOND)
    if now >= expires_at:
        raise NotFound("This link has expired. What waits is in the review queue")
    return ReviewLink(account_id, review_id, version, STEPS[step - 1], expires_at)
