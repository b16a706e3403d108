"""The shapes of rules on the wire. What a kind's terms are stands in `policy/terms.py` alone."""

from typing import Annotated, Any, Final, Literal, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from service.kit.errors import FieldError, Invalid
from service.kit.text import check_text
from service.screening.policy import TERMS, VERDICTS, RuleKind, RuleVerdict, parse_terms, terms_json
from service.screening.policy.trials import is_triable
from service.screening.queries.rules import RuleSeen
from service.site.schemas import MOST_TIME, Moment, each_once
from service.web.bodies import ChangeModel, RequestModel, invalid_fields, refused

MOST_NAME, MOST_REASON, MOST_SLUG, MOST_SECRET = 80, 500, 60, 100
LARGEST: Final = 2**63 - 1
Role = Literal["member", "moderator", "admin"]
STAFF: Final[tuple[Role, ...]] = ("moderator", "admin")


def name_text(value: str) -> str:
    """A rule's name, cleaned."""
    return check_text(value, name="the name", lines=False, most=MOST_NAME)


def reason_text(value: str) -> str:
    """What the author of a post is told that the rule catches, cleaned; may be empty."""
    return check_text(value, name="the public reason", lines=True, least=0, most=MOST_REASON)


def secret_text(value: str) -> str:
    """A key that somebody was given elsewhere, cleaned."""
    return check_text(value, name="the secret", lines=False, most=MOST_SECRET)


def terms_schema() -> dict[str, Any]:
    """The terms of every kind, as JSON Schema says it."""
    return {"anyOf": [_bounded(model.model_json_schema()) for model in TERMS.values()]}


def _bounded(schema: Any) -> Any:
    """The schema, with a bound for durations, which are text."""
    if isinstance(schema, list):
        return [_bounded(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    bound = {"maxLength": MOST_TIME} if schema.get("format") == "duration" else {}
    return {name: _bounded(member) for name, member in schema.items()} | bound


TermsBody = Annotated[dict[str, Any], WithJsonSchema(terms_schema())]
Name = Annotated[str, AfterValidator(name_text)]
PublicReason = Annotated[str, AfterValidator(reason_text)]
Roles = Annotated[list[Role], AfterValidator(each_once)]
Slug = Annotated[str, Field(max_length=MOST_SLUG)]
Secret = Annotated[str, AfterValidator(secret_text)]


def check_verdict(kind: RuleKind, verdict: RuleVerdict) -> RuleVerdict:
    """The verdict, if a rule of this kind may have it; a ValueError names those that it may."""
    if verdict not in VERDICTS[kind]:
        raise ValueError(f"must be {' or '.join(f'“{each}”' for each in VERDICTS[kind])} for a rule of this kind")
    return verdict


class RuleDraft(RequestModel):
    """What a rule looks at, and what happens to the posts that it catches. `terms` are those of its kind."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "links", "terms": {"least": 3}, "verdict": "hold"}]},
    )
    kind: RuleKind
    terms: TermsBody = Field(default_factory=dict, validate_default=True)
    verdict: RuleVerdict | None = Field(
        default=None, validate_default=True, description="null: the first that a rule of this kind may have."
    )
    name: Name = Field(default="Untitled", max_length=MOST_NAME, description="How moderators call it.")
    public_reason: PublicReason = Field(
        default="", max_length=MOST_REASON, description="What the author of a post is told that it holds or rejects."
    )
    category: Slug | None = Field(default=None, description="The category whose posts are asked; null: everywhere.")
    exempt_roles: Roles = Field(
        default_factory=lambda: list(STAFF), max_length=3, description="Whose posts are not asked."
    )

    @field_validator("terms")
    @classmethod
    def are_of_its_kind(cls, terms: dict[str, Any], said: ValidationInfo) -> dict[str, Any]:
        """The terms, with what was left out."""
        kind = said.data.get("kind")
        return terms_json(parse_terms(kind, terms)) if kind else terms

    @field_validator("verdict")
    @classmethod
    def is_of_its_kind(cls, verdict: RuleVerdict | None, said: ValidationInfo) -> RuleVerdict | None:
        """The verdict, or the first that there is."""
        kind = said.data.get("kind")
        return check_verdict(kind, verdict or VERDICTS[kind][0]) if kind else verdict


class MakeRule(RuleDraft):
    """A new rule. It is off, unless it is `enabled` and was tried before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Casinos",
                    "kind": "words",
                    "terms": {"lines": ["casino", "~free spins"]},
                    "verdict": "hold",
                    "public_reason": "Posts about games of chance wait for a moderator.",
                }
            ]
        },
    )
    name: Name = Field(max_length=MOST_NAME)
    enabled: StrictBool = False
    place: StrictInt = Field(default=100, ge=0, le=1_000_000, description="Lower places are asked first.")
    backtest_id: StrictInt | None = Field(
        default=None, ge=1, le=LARGEST, description="The finished backtest that tried exactly this."
    )
    confirm: StrictBool = Field(default=False, description="Switch it on though it was not tried.")
    secret: Secret | None = Field(
        default=None, min_length=1, max_length=MOST_SECRET, description="For `akismet`: the key that the service gave."
    )


class ChangeRule(ChangeModel):
    """What to change; what is absent stays. `terms` are named as a whole. A rule's kind stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"enabled": True, "confirm": True}]})
    name: Name = Field(default="", max_length=MOST_NAME)
    terms: TermsBody = Field(default_factory=dict)
    verdict: RuleVerdict = "hold"
    public_reason: PublicReason = Field(default="", max_length=MOST_REASON)
    category: Slug | None = None
    exempt_roles: Roles = Field(default_factory=list, max_length=3)
    enabled: StrictBool = False
    place: StrictInt = Field(default=100, ge=0, le=1_000_000)
    backtest_id: StrictInt = Field(default=1, ge=1, le=LARGEST)
    confirm: StrictBool = False
    secret: Secret = Field(default="", min_length=1, max_length=MOST_SECRET)


def to_values(draft: MakeRule | Invalid) -> dict[str, Any] | Invalid:
    """The columns of a new rule. A refusal stays one."""
    return draft if isinstance(draft, Invalid) else draft.model_dump()


def to_changes(draft: ChangeRule | Invalid, kind: str) -> dict[str, Any] | Invalid:
    """The columns that change of a rule of this kind, or the refusal that the operation raises in its turn."""
    if isinstance(draft, Invalid):
        return draft
    named = {name: getattr(draft, name) for name in draft.model_fields_set}
    try:
        if "terms" in named:
            named["terms"] = terms_json(parse_terms(cast("RuleKind", kind), named["terms"]))
    except ValidationError as error:
        return within("terms", invalid_fields(error))
    try:
        if "verdict" in named:
            check_verdict(cast("RuleKind", kind), named["verdict"])
    except ValueError as error:
        return refused([(("verdict",), str(error))])
    return named


def within(name: str, problem: Invalid) -> Invalid:
    """The refusal of a member's own fields, as one of the body's."""
    errors = tuple(FieldError(f"/{name}{error.pointer}", error.detail) for error in problem.errors)
    return Invalid("; ".join(f"{error.pointer.lstrip('/')}: {error.detail}" for error in errors[:5]), errors=errors)


class RuleView(BaseModel):
    """A rule. `backtest_id` is the backtest that tried it as it is now (null: none did), `can_be_tried` says whether
    one could: what it looks at is kept of earlier posts. `secret` is what signs the questions of an external check; it
    is shown once, to whoever made the rule.
    """

    id: int
    name: str
    kind: RuleKind
    terms: dict[str, Any]
    verdict: RuleVerdict
    public_reason: str
    category: str | None
    exempt_roles: list[Role]
    enabled: bool
    place: int
    version: int
    changed_at: Moment
    backtest_id: int | None
    can_be_tried: bool
    secret: str | None = None

    @classmethod
    def of(cls, seen: RuleSeen) -> "RuleView":
        """The wire form of a rule."""
        rule = seen.rule
        return cls(
            **rule.model_dump(include=set(cls.model_fields) - {"secret"}),
            category=seen.slug,
            can_be_tried=is_triable(rule.kind, rule.terms),
            secret=seen.new_secret,
        )
