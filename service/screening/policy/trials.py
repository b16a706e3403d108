"""Trying rules on earlier posts: what can be tried, what is found, and how it is counted. Pure.

A post has a *verdict* (what the rules that are tried would have done with it) and an *outcome* (what became of it). The
report counts one against the other, for all rules together and for each alone, and keeps the places of a few posts of
each kind. It keeps no text: what a post says is read when the report is.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, Field

from service.screening.policy.engine import InForce, RuleRow, Verdict, evaluate
from service.screening.policy.submission import Facts, Submission

TRIABLE: Final = ("hold_all", "first_posts", "links", "words", "account_age")
"""Kinds that look at what is known of earlier posts. Not kept are addresses, programs and how a form was filled in; and
what was refused as a repetition, or as one too many, was never stored."""

CAUGHT: Final = ("hold", "reject", "spam")
BY_PEOPLE: Final = ("approved", "hidden", "rejected", "spam", "trashed")
OUTCOMES: Final = (*BY_PEOPLE, "undecided", "waiting", "automatic", "withdrawn")
"""What became of a post: people decided so (the first five); it is shown and nobody decided anything; it waits; a rule,
flags or an import took it away; its author did."""

TAKEN_AWAY: Final = BY_PEOPLE[1:]
MISSED: Final = "missed"
MOST_SAMPLES: Final = 20
"""Posts of each verdict, and of those that people took away and no rule would have caught."""

BY_ACTION: Final = {
    "approve": "approved", "restore": "approved", "dismiss": "approved", "hide": "hidden", "reject": "rejected",
    "spam": "spam", "trash": "trashed",
}  # fmt: skip
BY_STATE: Final = {"published": "undecided", "pending": "waiting", "trashed": "withdrawn"}
"""Where no person's decision is kept, the state speaks."""


@dataclass(slots=True)
class Draft:
    """A rule that is tried; `id` is its place in the list. It is `rule_id` in its `version`, or not stored yet."""

    id: int
    kind: str
    terms: dict[str, Any]
    verdict: str
    name: str = ""
    public_reason: str = ""
    category_id: int | None = None
    exempt_roles: list[Any] = field(default_factory=list)
    place: int = 0
    version: int = 0
    rule_id: int | None = None


class Sample(BaseModel):
    """A post by its place. `rule` is the place of the rule in the list that decided (None: none did); the text matched
    in `field` from `start` to `end` (in characters), where it did; `print` tells whether it still is that text.
    """

    thread_id: int
    reply_id: int | None = None
    outcome: str
    rule: int | None = None
    field: str = ""
    start: int = 0
    end: int = 0
    print: str = ""


class Report(BaseModel):
    """What was found so far: `together` counts posts by the verdict of all rules and by outcome; `alone` has for each
    rule how many posts it would have caught by itself, by outcome. `seconds` is the time of work, without rests.
    """

    together: dict[str, dict[str, int]] = Field(default_factory=dict)
    alone: list[dict[str, int]] = Field(default_factory=list)
    samples: dict[str, list[Sample]] = Field(default_factory=dict)
    seconds: float = 0.0


def mark_of(rule: RuleRow) -> str:
    """What tells whether a rule is the very one that was tried: a hash of all that decides what it does."""
    said = [rule.kind, rule.terms, rule.verdict, rule.category_id, sorted(rule.exempt_roles)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def is_triable(kind: str, terms: dict[str, Any]) -> bool:
    """Whether a rule looks at anything that is known of earlier posts."""
    return kind in TRIABLE and (kind != "words" or set(terms["fields"]) != {"agent"})


def outcome_of(moderation: str, action: str | None) -> str:
    """What became of a post that is in this state, and about which people decided this last (None: nothing)."""
    return BY_ACTION[action] if action else BY_STATE.get(moderation, "automatic")


def enough_of(rules: Sequence[InForce]) -> int:
    """How many of an author's earlier posts any of the rules counts at most."""
    counted = [
        getattr(rule.terms, name, None) or 0 for rule in rules for name in ("posts", "approved", "only_first_posts")
    ]
    return max(counted, default=0)


def print_of(title: str, body: str) -> str:
    """What tells whether a post still says the same."""
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:16]


def note(
    report: Report,
    rules: Sequence[InForce],
    submission: Submission,
    facts: Facts,
    outcome: str,
    at: tuple[int, int | None],
) -> None:
    """Count one post, asked of all rules (in their order) together and of each alone; `at` is its thread and reply."""
    verdict = evaluate(rules, submission, facts)
    _count(report.together.setdefault(verdict.outcome, {}), outcome)
    for rule in rules:
        caught = verdict.rule is rule or (len(rules) > 1 and evaluate((rule,), submission, facts).rule is rule)
        if caught and rule.id is not None:
            _count(report.alone[rule.id], outcome)
    of = verdict.outcome if verdict.outcome in CAUGHT else MISSED if outcome in TAKEN_AWAY else None
    if of and len(shown := report.samples.setdefault(of, [])) < MOST_SAMPLES:
        shown.append(_sample(verdict, submission, outcome, at))


def _sample(verdict: Verdict, submission: Submission, outcome: str, at: tuple[int, int | None]) -> Sample:
    found = Sample(
        thread_id=at[0], reply_id=at[1], outcome=outcome, rule=verdict.rule.id if verdict.rule else None,
        print=print_of(submission.title, submission.body),
    )  # fmt: skip
    if verdict.finding and (span := verdict.finding.span):
        found.field, found.start, found.end = span.field, span.start, span.end
    return found


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
