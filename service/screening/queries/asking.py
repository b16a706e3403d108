"""What a rule that asks a program elsewhere says for the case that there is no answer."""

from sqlmodel import Session

from service.screening.models import Rule


def fails_open(session: Session, rule_id: int) -> bool:
    """Whether a post is published without an answer: the rule says so, or is off or gone and holds nothing any more."""
    rule = session.get(Rule, rule_id, populate_existing=True)
    return rule is None or not rule.enabled or rule.terms.get("fails") == "open"
