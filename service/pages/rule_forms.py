"""The form of a rule: from what was typed to the room's own request models."""

from typing import Any, Final

from service.kit.errors import Invalid
from service.pages import forms
from service.pages.rule_inputs import INPUTS, SECONDS, UNITS
from service.pages.rule_words import FIELDS
from service.screening.policy import RuleKind
from service.screening.schemas import ChangeRule, MakeRule, RuleDraft

EXEMPT: Final = ("moderator", "admin")


def read_terms(sent: forms.Sent, kind: RuleKind) -> dict[str, Any]:
    """The terms as they were typed; what is no number stays a text, for the terms' own rule to refuse."""
    terms: dict[str, Any] = {}
    for field in INPUTS[kind]:
        if field.name == "fields":
            terms["fields"] = [name for name in FIELDS if sent.value(f"field_{name}")]
        elif field.shape == "lines":
            terms[field.name] = [line for line in sent.value(field.name).splitlines() if line.strip()]
        elif (kind, field.name) in UNITS:
            terms[field.name] = _duration(sent.value(field.name), UNITS[kind, field.name])
        elif field.shape == "number":
            number = sent.number(field.name)
            terms[field.name] = (sent.value(field.name) or None) if number is None else number
        elif field.name != "secret":
            terms[field.name] = sent.value(field.name)
    return terms


def _duration(typed: str, unit: str) -> str:
    """So many of a unit as an ISO 8601 duration; what is no number stays as it is."""
    try:
        seconds = float(typed) * SECONDS[unit]
    except ValueError:
        return typed
    return f"PT{seconds:.6f}S" if 0 <= seconds < 10**9 else typed


def fields_of(sent: forms.Sent, kind: RuleKind) -> dict[str, Any]:
    """What every rule has, as it was typed, with its terms."""
    said: dict[str, Any] = {name: sent.value(name) for name in ("name", "verdict", "public_reason")}
    said["category"] = sent.value("category") or None
    said["exempt_roles"] = [role for role in EXEMPT if sent.value(f"exempt_{role}")]
    return said | {"terms": read_terms(sent, kind)}


def draft_of(sent: forms.Sent, kind: RuleKind) -> RuleDraft | Invalid:
    """The rule as it might be, to be tried."""
    return sent.model(RuleDraft, {"kind": kind} | fields_of(sent, kind))


def made_of(sent: forms.Sent, kind: RuleKind) -> MakeRule | Invalid:
    """The rule to be made."""
    return sent.model(MakeRule, {"kind": kind} | fields_of(sent, kind) | _stored(sent))


def changes_of(sent: forms.Sent, kind: RuleKind) -> ChangeRule | Invalid:
    """What changes of a stored rule."""
    return sent.model(ChangeRule, fields_of(sent, kind) | _stored(sent))


def _stored(sent: forms.Sent) -> dict[str, Any]:
    """What only a stored rule has; `confirm` switches it on though it was not tried."""
    place = sent.number("place")
    said: dict[str, Any] = {"place": sent.value("place") if place is None else place}
    if sent.value("secret"):
        said["secret"] = sent.value("secret")
    return said | ({"enabled": True, "confirm": True} if sent.value("confirm") else {})
