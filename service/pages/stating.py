"""Decisions as pages show them: a statement of reasons in words, for whom it is about and for moderators."""

import json
from typing import Final

from service.kit.text import plain
from service.moderation.models import OPEN
from service.moderation.queries import reasons
from service.moderation.queries.stating import Statement
from service.moderation.schemas.statements import EXCERPT
from service.pages.rendering import in_words
from service.pages.views.frame import Person
from service.pages.views.statements import AppealShown, StatementShown

OUTCOMES: Final = {"upheld": "The decision stands", "reversed": "The appeal was granted: the decision is taken back"}


def shown(seen: Statement, *, inside: bool = False) -> StatementShown:
    """The statement for whom it is about; `inside`, for moderators, with who decided and the evidence."""
    decision = seen.decision
    ends = in_words(seen.ends_at) if seen.ends_at else ""
    scope = () if inside else (reasons.scope_of(seen), reasons.duration_of(seen, ends))
    facts = (*scope, reasons.grounds_of(seen), *reasons.means_of(seen))
    return StatementShown(
        sentence=reasons.headline_of(seen) if inside else reasons.sentence_of(seen),
        at=decision.decided_at,
        state=state_of(seen),
        excerpt=plain(seen.text, most=EXCERPT) if seen.about != "account" else "",
        post_url=seen.post_url,
        reason=decision.reason,
        rule=seen.rule_name if inside else "",
        rule_reason=seen.rule_reason,
        facts=tuple(fact for fact in facts if fact),
        appeal=appeal_of(seen),
        appeal_until=seen.appeal_until if seen.can_appeal else None,
        contact=seen.contact,
        person=Person(seen.person.username, seen.person.shown_name) if inside else None,
        by=seen.decider or "Parley" if inside else "",
        evidence=evidence_of(seen) if inside else "",
    )


def state_of(seen: Statement) -> str:
    """Whether it holds, in a few words."""
    if seen.decision.undone_at is not None:
        return "taken back"
    if not seen.decision.restricts:
        return ""
    return "in force" if seen.in_force else "over"


def appeal_of(seen: Statement) -> AppealShown | None:
    """The appeal against it, if there is one."""
    appeal = seen.appeal
    if appeal is None:
        return None
    outcome = "" if appeal.state == OPEN else OUTCOMES[appeal.state]
    return AppealShown(appeal.body, appeal.made_at, outcome, appeal.reason, appeal.decided_at)


def evidence_of(seen: Statement) -> str:
    """What matched and was looked at, as it is kept; empty where nothing is."""
    found = seen.decision.evidence
    return json.dumps(found, ensure_ascii=False, indent=1) if found else ""
