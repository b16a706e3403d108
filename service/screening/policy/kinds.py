"""What each kind of rule looks for: from its terms to a pure function of a submission and the facts about its author.

A look is made once for each version of a rule, so that what can be worked out beforehand is.
"""

from collections.abc import Callable
from typing import Any, Final

from service.screening.policy.submission import Facts, Finding, Submission
from service.screening.policy.terms import FirstPosts, HoldAll, RuleKind

Look = Callable[[Submission, Facts], Finding | None]
"""What a rule finds in a submission; None: nothing."""


def hold_all(terms: HoldAll) -> Look:
    """Every post is caught."""
    return lambda submission, facts: Finding()


def first_posts(terms: FirstPosts) -> Look:
    """Caught while the author's posts, or those of them that were published, are too few; of a stranger none is."""

    def look(submission: Submission, facts: Facts) -> Finding | None:
        made, published = facts.made or 0, facts.published or 0
        if made >= terms.posts and published >= terms.approved:
            return None
        return Finding(inputs={"posts": made, "published": published})

    return look


LOOKS: Final[dict[RuleKind, Callable[[Any], Look]]] = {
    "hold_all": hold_all, "first_posts": first_posts,
}  # fmt: skip
