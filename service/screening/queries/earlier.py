"""What rules must know of a post's author and of what they posted before; asked only where a rule that is on asks.

The tables of posts are named, not imported: their rooms stand above this one.
"""

from collections.abc import Sequence

from sqlmodel import Session

from service.kit.actor import Actor
from service.screening.policy import Facts, InForce, Submission
from service.screening.queries.counts import COUNT


def facts_about(session: Session, actor: Actor, rules: Sequence[InForce], submission: Submission) -> Facts:
    """The facts that these rules need."""
    needed = max((getattr(rule.terms, "approved", 0) for rule in rules), default=0)
    if not needed:
        return Facts()
    published = session.execute(COUNT, {"author": actor.account_id, "enough": needed}).scalar_one()
    return Facts(published=int(published))
