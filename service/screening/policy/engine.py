"""The pipeline: which rules a submission passes, in which order, and the verdict of the first that decides. Pure.

The order is that of decisiveness, whatever the rules' places: those that reject or find spam, the one against
duplicates, the one against floods, those that hold, the external check; within each, by place. Nothing is published
that a rule holds, and nothing is asked of the world that is decided here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from service.screening.policy.kinds import LOOKS, Look
from service.screening.policy.submission import Facts, Finding, Outcome, Submission
from service.screening.policy.terms import RuleKind, Terms, stored_terms

NOT_OF_EDITS: Final = frozenset(("duplicate", "flood"))
"""Kinds that an edit is not asked about: it repeats its own text, and makes no new post."""


class RuleRow(Protocol):
    """A rule as it is stored, or a draft of one that is tried."""

    id: Any
    name: str
    kind: Any
    terms: dict[str, Any]
    verdict: Any
    public_reason: str
    category_id: int | None
    exempt_roles: list[Any]
    place: int
    version: int


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule made ready to look at posts; `id` is None for what the site's own setting holds."""

    id: int | None
    version: int | None
    name: str
    kind: RuleKind
    terms: Terms
    verdict: str
    public_reason: str
    category_id: int | None
    exempt_roles: frozenset[str]
    place: int
    look: Look

    def is_asked(self, submission: Submission) -> bool:
        """Whether it is this rule's business."""
        if self.category_id not in (None, submission.category_id) or submission.role in self.exempt_roles:
            return False
        return not (submission.kind == "edit" and self.kind in NOT_OF_EDITS)

    @property
    def order(self) -> tuple[int, int, int]:
        """Where it stands in the pipeline."""
        return phase_of(self.kind, self.verdict), self.place, self.id or 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to a submission: the outcome, and the rule that decided with what it found; of what is published
    nothing. A `refuse` is the duplicate's or the flood's.

    `to_ask` is the external rule that is still to be asked while the post waits; the outcome is `hold` then.
    """

    outcome: Outcome = "publish"
    rule: InForce | None = None
    finding: Finding | None = None
    to_ask: InForce | None = None

    @property
    def public_reason(self) -> str:
        """What its author is told; empty where the rule says nothing, and of spam, which nobody is told."""
        return self.rule.public_reason if self.rule is not None and self.outcome != "spam" else ""


PUBLISH: Final = Verdict()


def phase_of(kind: str, verdict: str) -> int:
    """Where rules of this kind and verdict come."""
    if kind in ("duplicate", "flood", "external"):
        return {"duplicate": 1, "flood": 2, "external": 4}[kind]
    return 3 if verdict == "hold" else 0


def to_rule(row: RuleRow) -> InForce:
    """A rule made ready. Raises pydantic's ValidationError for terms that are not those of its kind."""
    terms = stored_terms(row.kind, row.terms)
    return InForce(
        row.id, row.version, row.name, row.kind, terms, row.verdict, row.public_reason, row.category_id,
        frozenset(row.exempt_roles), row.place, LOOKS[row.kind](terms),
    )  # fmt: skip


def in_order(rules: Iterable[InForce]) -> tuple[InForce, ...]:
    """The rules as `evaluate` takes them."""
    return tuple(sorted(rules, key=lambda rule: rule.order))


def evaluate(rules: Sequence[InForce], submission: Submission, facts: Facts) -> Verdict:
    """The verdict of the first rule, of rules `in_order`, that finds something.

    Spam is answered as a held post would be, so what refuses a held post refuses spam too: else the one could be told
    from the other by sending it twice.
    """
    spam = None
    for rule in rules:
        if spam is not None and rule.verdict != "refuse":
            continue
        finding = rule.look(submission, facts) if rule.is_asked(submission) else None
        if finding is None:
            continue
        if rule.verdict == "spam":
            spam = Verdict("spam", rule, finding)
        elif rule.kind == "external":
            return Verdict("hold", rule, finding, to_ask=rule)
        else:
            return Verdict(to_outcome(rule.verdict), rule, finding)
    return spam or PUBLISH


def to_outcome(verdict: str) -> Outcome:
    """A rule's verdict as an outcome."""
    for outcome in ("hold", "spam", "reject", "refuse"):
        if outcome == verdict:
            return outcome
    raise ValueError(f"there is no verdict “{verdict}”")
