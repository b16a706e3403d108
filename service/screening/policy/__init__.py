"""Screening's rules, pure: the states of a post with the one function that moves between them, and the pipeline that a
new post passes before it is published.

states (moderation) · submission (what is screened, and what is found) · terms (of each kind of rule) · words (lists of
words) · kinds (what each kind looks for) · engine (the order, and the verdict).
"""

from service.screening.policy.engine import PUBLISH, InForce, Verdict, evaluate, in_order, phase_of, to_rule
from service.screening.policy.states import (
    ACTIONS,
    BACK,
    DEEDS,
    DISMISS,
    SEEN_BY_AUTHOR,
    STATES,
    STEPS,
    Action,
    Deed,
    Post,
    State,
    Transition,
    came_from,
    check_step,
    has_been_public,
    may_read,
    possible,
    tell,
    told_to,
    transition,
)
from service.screening.policy.submission import OUTCOMES, Facts, Finding, Outcome, Span, Submission, role_in
from service.screening.policy.terms import (
    TERMS,
    VERDICTS,
    RuleKind,
    RuleVerdict,
    Terms,
    parse_terms,
    stored_terms,
    terms_json,
)

__all__ = [
    "ACTIONS", "BACK", "DEEDS", "DISMISS", "OUTCOMES", "PUBLISH", "SEEN_BY_AUTHOR", "STATES", "STEPS", "TERMS",
    "VERDICTS", "Action", "Deed", "Facts", "Finding", "InForce", "Outcome", "Post", "RuleKind", "RuleVerdict", "Span",
    "State", "Submission", "Terms", "Transition", "Verdict", "came_from", "check_step", "evaluate", "has_been_public",
    "in_order", "may_read", "parse_terms", "phase_of", "possible", "role_in", "stored_terms", "tell", "terms_json",
    "to_rule", "told_to", "transition",
]  # fmt: skip
