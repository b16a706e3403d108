"""The shapes of backtests on the wire."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StrictInt, TypeAdapter

from service.kit.database.rows import stored_id
from service.kit.errors import Invalid
from service.screening.models import Backtest
from service.screening.operations.trying import Wish
from service.screening.policy import RuleKind, RuleVerdict
from service.screening.policy.trials import BY_PEOPLE, TAKEN_AWAY, Draft, Report, Sample
from service.screening.queries.then import PostThen
from service.screening.queries.tried import Key
from service.screening.schemas.rules import LARGEST, RuleDraft, Slug
from service.site.schemas import Moment
from service.web.bodies import RequestModel

MOST_RULES, MOST_POSTS, USUAL = 20, 100_000, 5_000
AROUND: Final = 60
LONGEST: Final = 200
"""Characters on each side of what matched, and of the match, in an excerpt."""

State = Literal["queued", "running", "done", "failed"]
RuleId = Annotated[StrictInt, Field(ge=1, le=LARGEST)]
ID: Final[TypeAdapter[int]] = TypeAdapter(RuleId)


def rule_or_id(value: Any) -> int | RuleDraft:
    """A stored rule's id, or a rule as it might be."""
    return RuleDraft.model_validate(value) if isinstance(value, dict) else ID.validate_python(value)


class TryRules(RequestModel):
    """Rules to try on the last posts: stored ones by their ids, and drafts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"rules": [{"kind": "words", "terms": {"lines": ["casino"]}, "verdict": "hold"}], "last": 5000}
            ]
        },
    )
    rules: list[Annotated[Any, PlainValidator(rule_or_id, json_schema_input_type=RuleId | RuleDraft)]] = Field(
        min_length=1, max_length=MOST_RULES
    )
    last: StrictInt = Field(default=USUAL, ge=1, le=MOST_POSTS, description="On how many posts, the latest first.")
    category: Slug | None = Field(
        default=None, description="On posts of this category; null: of the one that all rules hold for, or everywhere."
    )


def to_wish(draft: TryRules | Invalid) -> Wish | Invalid:
    """What is to be tried, or the refusal that the operation raises in its turn."""
    if isinstance(draft, Invalid):
        return draft
    rules = [said if isinstance(said, int) else (to_draft(said), said.category) for said in draft.rules]
    return Wish(rules, draft.last, draft.category)


def to_draft(said: RuleDraft) -> Draft:
    """A rule as it might be; its category is found by who tries it."""
    return Draft(
        id=0, kind=said.kind, terms=said.terms, verdict=said.verdict or "", name=said.name,
        public_reason=said.public_reason, exempt_roles=list(said.exempt_roles),
    )  # fmt: skip


class Outcomes(BaseModel):
    """How many posts, by what became of them: people decided so (`approved` to `trashed`); nobody decided anything and
    they are shown (`undecided`); they wait; a rule, flags or an import took them away (`automatic`), or their author.
    """

    approved: int = 0
    hidden: int = 0
    rejected: int = 0
    spam: int = 0
    trashed: int = 0
    undecided: int = 0
    waiting: int = 0
    automatic: int = 0
    withdrawn: int = 0


class Verdicts(BaseModel):
    """What would have been done with the posts, all rules together."""

    publish: Outcomes
    hold: Outcomes
    reject: Outcomes
    spam: Outcomes


class Agreement(BaseModel):
    """Of the posts that people decided about: of how many the rules would have said the same. People agree with a rule
    that catches what they took away, and that lets pass what they approved.
    """

    decided: int
    agreed: int


class TriedRule(BaseModel):
    """A rule as it was tried; `rule_id` is null for a draft. `caught` is what it would have caught by itself."""

    rule_id: int | None
    name: str
    kind: RuleKind
    terms: dict[str, Any]
    verdict: RuleVerdict
    exempt_roles: list[str]
    caught: Outcomes


class SampleView(BaseModel):
    """A post that rules would have caught, or (`missed`) that people took away and no rule would have caught.

    `rule` is the place of the rule that decides in the list of rules. `excerpt` is of the text as it was submitted, and
    null where that is gone; what matched stands in it from `match_start` to `match_end` (in characters), where `field`
    is `title` or `body`.
    """

    thread_id: int
    reply_id: int | None
    outcome: str
    rule: int | None
    field: str | None
    excerpt: str | None
    match_start: int | None
    match_end: int | None

    @classmethod
    def of(cls, sample: Sample, post: PostThen | None) -> "SampleView":
        """The wire form of a sample, with its post as it was submitted."""
        excerpt, start, end = excerpt_of(sample, post) if post else (None, None, None)
        return cls(
            thread_id=sample.thread_id, reply_id=sample.reply_id, outcome=sample.outcome, rule=sample.rule,
            field=sample.field or None, excerpt=excerpt, match_start=start, match_end=end,
        )  # fmt: skip


class Samples(BaseModel):
    """Up to 20 posts of each kind, the latest first."""

    hold: list[SampleView]
    reject: list[SampleView]
    spam: list[SampleView]
    missed: list[SampleView]


class ReportView(BaseModel):
    """What was found. `seconds` is how long the work took, without the rests between."""

    verdicts: Verdicts
    agreement: Agreement
    samples: Samples
    seconds: float


class BacktestView(BaseModel):
    """A backtest: `examined` of `total` posts have been looked at; the `report` is there once it is `done`."""

    id: int
    state: State
    examined: int
    total: int
    made_at: Moment
    finished_at: Moment | None
    rules: list[TriedRule]
    report: ReportView | None

    @classmethod
    def of(cls, found: Backtest, posts: Mapping[Key, PostThen]) -> "BacktestView":
        """The wire form of a backtest; `posts` are those of its samples."""
        report = Report.model_validate(found.report or {})
        return cls(
            id=stored_id(found.id), state=cast("State", found.state), examined=found.examined, total=found.total,
            made_at=found.made_at, finished_at=found.finished_at,
            rules=[tried_rule(Draft(**said), report) for said in found.rules],
            report=report_of(report, posts) if found.state == "done" else None,
        )  # fmt: skip


def tried_rule(draft: Draft, report: Report) -> TriedRule:
    """A rule with what it would have caught so far."""
    alone = report.alone[draft.id] if report.alone else {}
    return TriedRule(
        rule_id=draft.rule_id, name=draft.name, kind=cast("RuleKind", draft.kind), terms=draft.terms,
        verdict=cast("RuleVerdict", draft.verdict),        exempt_roles=draft.exempt_roles, caught=Outcomes(**alone),
    )  # fmt: skip


def report_of(report: Report, posts: Mapping[Key, PostThen]) -> ReportView:
    """The wire form of a report."""
    return ReportView(
        verdicts=Verdicts(**{name: Outcomes(**report.together.get(name, {})) for name in Verdicts.model_fields}),
        agreement=agreement_of(report),
        samples=Samples(
            **{
                name: [
                    SampleView.of(one, posts.get(Key(one.thread_id, one.reply_id)))
                    for one in report.samples.get(name, [])
                ]
                for name in Samples.model_fields
            }
        ),
        seconds=round(report.seconds, 3),
    )


def agreement_of(report: Report) -> Agreement:
    """Where people and rules said the same, of all that people decided."""
    decided = agreed = 0
    for verdict, outcomes in report.together.items():
        decided += sum(outcomes.get(name, 0) for name in BY_PEOPLE)
        same = ("approved",) if verdict == "publish" else TAKEN_AWAY
        agreed += sum(outcomes.get(name, 0) for name in same)
    return Agreement(decided=decided, agreed=agreed)


def excerpt_of(sample: Sample, post: PostThen) -> tuple[str, int | None, int | None]:
    """Some of the text around what matched, and where in it that is; the beginning where nothing in it did."""
    if sample.field not in ("title", "body"):
        return post.body[: 2 * AROUND], None, None
    text = post.own_title if sample.field == "title" else post.body
    begin, end = max(0, sample.start - AROUND), min(sample.end, sample.start + LONGEST)
    return text[begin : end + AROUND], sample.start - begin, end - begin
