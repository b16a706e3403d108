"""Screening a post that is sent in: the verdict, before anything of it is stored; and the record of a verdict."""

import secrets
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col

from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.errors import RateLimited
from service.screening.errors import AlreadyPosted, Rejected
from service.screening.models import Decision
from service.screening.operations.hosts import note_hosts
from service.screening.operations.keeping import keep
from service.screening.policy import PUBLISH, InForce, Submission, Verdict, evaluate
from service.screening.policy.terms import Flood
from service.screening.queries.earlier import Same, facts_about
from service.screening.queries.in_force import rules_in_force
from service.site.models import Site
from service.site.queries import get_site
from service.web.limits import Quota, hashed, spend

STATES: Final = {"publish": "published", "hold": "pending", "spam": "spam", "reject": "rejected"}
"""The state in which a new post begins, by the verdict."""


def screen(
    session: Session, actor: Actor, submission: Submission, same: Same | None = None, site: Site | None = None
) -> Verdict:
    """What happens to a post: published, held, taken for spam or rejected, and by which rule. `same` looks for the
    same text of the same author; `site` is its row, where the caller has it.

    What is rejected is kept like any other post, so the caller stores it and returns `refusal(verdict)`. But the same
    text is not kept twice, nor more than the rule against floods lets in: then Rejected is raised.
    Raises AlreadyPosted, RateLimited, Rejected.
    """
    asked = _asked(session, submission, site)
    if not asked:
        return PUBLISH
    facts = facts_about(session, actor, asked, same, submission.hosts)
    verdict = evaluate(asked, submission, facts)
    if verdict.outcome == "reject":
        _keep_few(session, actor, asked, submission, verdict, facts.first_url)
    elif verdict.outcome == "refuse":
        raise AlreadyPosted(
            _sentence(verdict, "You posted this same text a moment ago"), extra={"url": facts.first_url}
        )
    else:
        _count(session, actor, asked, submission)
    note_hosts(session, actor, asked, submission, facts)
    return verdict


def screen_edit(session: Session, actor: Actor, submission: Submission) -> Verdict:
    """What happens to an edit: as `screen`, but an edit is no second post, and counts for no flood."""
    asked = _asked(session, submission)
    if not asked:
        return PUBLISH
    facts = facts_about(session, actor, asked, None, submission.hosts)
    verdict = evaluate(asked, submission, facts)
    note_hosts(session, actor, asked, submission, facts)
    return verdict


def _asked(session: Session, submission: Submission, site: Site | None = None) -> list[InForce]:
    """The rules that are on and whose business this is, in order."""
    return [rule for rule in rules_in_force(session, site or get_site(session)) if rule.is_asked(submission)]


def refusal(verdict: Verdict) -> Rejected:
    """What the author of a rejected post is told: the rule's public reason."""
    return Rejected(_sentence(verdict, Rejected.title))


def _sentence(verdict: Verdict, otherwise: str) -> str:
    return verdict.rule.public_reason or otherwise if verdict.rule else otherwise


def _keep_few(
    session: Session, actor: Actor, rules: list[InForce], submission: Submission, verdict: Verdict, first: str | None
) -> None:
    """Raise Rejected where no record is kept: nobody fills the disk with what is refused."""
    try:
        _count(session, actor, rules, submission)
    except RateLimited:
        raise refusal(verdict) from None
    if first is not None:
        raise refusal(verdict)


def _count(session: Session, actor: Actor, rules: list[InForce], submission: Submission) -> None:
    """Count one post for each rule against floods. Raises RateLimited."""
    if not submission.sender.limited:
        return
    for rule in rules:
        if isinstance(rule.terms, Flood):
            quota = Quota("posts", rule.terms.posts, rule.terms.window)
            key = hashed(submission.sender.secret, "posts", str(rule.id), str(actor.account_id))
            try:
                spend(session, quota, key)
            except RateLimited as limited:
                said = f"{rule.public_reason} {limited.detail}".strip()
                raise RateLimited(said, headers=limited.headers) from None


def keep_verdict(session: Session, verdict: Verdict, event_id: int, **about: Any) -> Decision | None:
    """The record of a verdict on a new post: the rule in its version, what it found, and what its author is told.

    `about` are columns of Decision: the post and its author. None where the post was published.
    """
    if verdict.rule is None or verdict.finding is None:
        return None
    rule = verdict.rule
    return keep(
        session,
        Decision(
            step_event_id=event_id, action=verdict.outcome, state_after=STATES[verdict.outcome], automated=True,
            ground="rules", rule_id=rule.id, rule_version=rule.version, reason=rule.public_reason,
            evidence=verdict.finding.evidence() | {"rule": rule.name}, decided_at=now(session), **about,
        ),
    )  # fmt: skip


def rules_changed(session: Session) -> None:
    """Let every process make the rules ready anew: called by whoever changes one, in the same transaction."""
    mark = secrets.randbits(62)
    session.execute(
        update(Site).where(col(Site.id) == 1).values(rules_mark=mark).execution_options(synchronize_session="fetch")
    )
