"""The fields of the form of each kind of rule, and how its terms stand in them."""

from datetime import timedelta
from typing import Any, Final

from service.pages.rule_words import FIELDS
from service.pages.views.frame import Choice
from service.pages.views.rules import Input
from service.screening.policy import TERMS, RuleKind, Terms, stored_terms

SECONDS: Final = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
UNITS: Final = {
    ("account_age", "younger_than"): "days", ("flood", "window"): "seconds", ("duplicate", "window"): "minutes",
    ("too_fast", "least"): "seconds", ("shared_host", "window"): "hours", ("shared_host", "younger_than"): "days",
}  # fmt: skip
"""Terms that are durations, with the unit in which the form has them."""

FEWER: Final = Input(
    "only_first_posts", "number", "Only of newcomers",
    "Of people of whom fewer posts than this are published. Empty: of everybody.", "published posts",
)  # fmt: skip
INPUTS: Final[dict[RuleKind, tuple[Input, ...]]] = {
    "hold_all": (),
    "first_posts": (
        Input("posts", "number", "First posts that are caught in any case", "0: none.", "posts"),
        Input("approved", "number", "And all until so many were published", "", "posts"),
    ),
    "links": (
        Input("least", "number", "From how many links on", "", "links"),
        Input(
            "count", "choice", "What is counted", "",
            choices=(Choice("hosts", "Different sites"), Choice("links", "Every link")),
        ),
        FEWER,
    ),
    "words": (
        Input(
            "lines", "lines", "Words",
            "One a line. A plain line is a whole word or phrase; ~part stands anywhere, also inside words; "
            "/expression/ is a regular expression (RE2). Small and capital letters, and look-alikes, are the same.",
        ),
        Input(
            "fields", "checks", "Where to look", "", choices=tuple(Choice(*each) for each in FIELDS.items())
        ),
        FEWER,
    ),
    "addresses": (
        Input("networks", "lines", "Addresses and networks", "One a line, such as 192.0.2.7 or 2001:db8::/32."),
        FEWER,
    ),
    "account_age": (Input("younger_than", "number", "Accounts younger than", "", "days"),),
    "flood": (
        Input("posts", "number", "So many posts are taken", "", "posts"),
        Input("window", "number", "Of one person within", "", "seconds"),
    ),
    "duplicate": (Input("window", "number", "Within", "", "minutes"),),
    "honeypot": (),
    "unproven": (
        Input(
            "bits", "number", "How much is computed",
            "Browsers do it while somebody types: 16 bits take a telephone a second, each further one twice as long. "
            "Nobody can without scripting, so hold rather than reject.", "bits",
        ),
        FEWER,
    ),
    "shared_host": (
        Input("times", "number", "From how many posts on", "", "posts"),
        Input("window", "number", "Within", "", "hours"),
        Input("younger_than", "number", "Of accounts younger than", "", "days"),
    ),
    "too_fast": (Input("least", "number", "Sooner than people type", "", "seconds"), FEWER),
    "external": (
        Input("url", "text", "Address", "Asked with the post’s text, its author’s names and the domain of their mail."),
        Input(
            "protocol", "choice", "Protocol", "",
            choices=(Choice("parley", "Signed JSON"), Choice("akismet", "Akismet’s comment-check")),
        ),
        Input("secret", "text", "Key", "For Akismet: the key that they gave you. Empty: as it is."),
        Input(
            "fails", "choice", "When there is no answer", "",
            choices=(Choice("closed", "A moderator decides"), Choice("open", "The post is published")),
        ),
    ),
}  # fmt: skip
LABELS: Final = {each.name: each.label for inputs in INPUTS.values() for each in inputs} | {
    "lines": "Lines", "networks": "Lines", "public_reason": "What its author is told",
}  # fmt: skip


def values_of(kind: RuleKind, terms: dict[str, Any]) -> dict[str, str]:
    """Terms, as JSON has them, as the form's fields."""
    return _values(kind, stored_terms(kind, terms))


def usual_values(kind: RuleKind) -> dict[str, str]:
    """What stands in the form of a new rule of this kind."""
    return _values(kind, TERMS[kind].model_construct())


def _values(kind: RuleKind, terms: Terms) -> dict[str, str]:
    values: dict[str, str] = {}
    for name in TERMS[kind].model_fields:
        value = getattr(terms, name, None)  # in a new rule what has no usual value is not there
        if isinstance(value, timedelta):
            values[name] = f"{value.total_seconds() / SECONDS[UNITS[kind, name]]:g}"
        elif name == "fields":
            values |= {f"field_{each}": "on" for each in value or ()}
        elif isinstance(value, list):
            values[name] = "\n".join(value)
        else:
            values[name] = "" if value is None else str(value)
    return values
