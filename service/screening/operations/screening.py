"""Screening a post that is sent in: the verdict, before anything of it is stored."""

import secrets

from sqlalchemy import update
from sqlmodel import Session, col

from service.kit.actor import Actor
from service.screening.policy import PUBLISH, Submission, Verdict, evaluate
from service.screening.queries.earlier import facts_about
from service.screening.queries.in_force import rules_in_force
from service.site.models import Site
from service.site.queries import get_site


def screen(session: Session, actor: Actor, submission: Submission) -> Verdict:
    """What happens to a post: published, held, taken for spam, rejected or refused, and by which rule.

    Pure but for the facts that a rule which is on needs; nothing is stored.
    """
    asked = [rule for rule in rules_in_force(session, get_site(session)) if rule.is_asked(submission)]
    if not asked:
        return PUBLISH
    return evaluate(asked, submission, facts_about(session, actor, asked, submission))


def rules_changed(session: Session) -> None:
    """Let every process make the rules ready anew: called by whoever changes one, in the same transaction."""
    mark = secrets.randbits(62)
    session.execute(
        update(Site).where(col(Site.id) == 1).values(rules_mark=mark).execution_options(synchronize_session="fetch")
    )
