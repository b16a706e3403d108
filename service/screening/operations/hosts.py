"""The hosts that young accounts link to, noted while a rule asks which of them several have in common."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, insert
from sqlmodel import Session, col

from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import table_of
from service.screening.models import MOST_HOST, PostedHost
from service.screening.policy import Facts, InForce, Submission
from service.screening.policy.terms import SharedHost
from service.screening.queries.earlier import MOST_HOSTS

KEPT: Final = timedelta(days=30)
"""As long as a rule may look back."""


def note_hosts(session: Session, actor: Actor, rules: Sequence[InForce], submission: Submission, facts: Facts) -> None:
    """Note the hosts of a young account's post, whatever becomes of the post; without such a rule nothing."""
    ages = [rule.terms.younger_than for rule in rules if isinstance(rule.terms, SharedHost)]
    if not ages or not submission.hosts or facts.age is None or facts.age >= max(ages):
        return
    hosts = [host for host in dict.fromkeys(submission.hosts) if len(host) <= MOST_HOST][:MOST_HOSTS]
    rows = [{"host": host, "account_id": actor.account_id, "at": now(session)} for host in hosts]
    if rows:
        session.execute(insert(table_of(PostedHost)), rows)


def forget_hosts(session: Session) -> None:
    """Delete the hosts that no rule can look back to."""
    session.execute(delete(PostedHost).where(col(PostedHost.at) <= now(session) - KEPT))
