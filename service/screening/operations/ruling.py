"""Rules as rows: make, change and delete them. Each version is kept, and the next post is asked by the newest."""

from dataclasses import replace
from typing import Any, Final

from sqlmodel import Session

from service.categories.queries import get_category
from service.kit import events
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.errors import Conflict, NotFound, Problem, invalid, settled
from service.kit.versions import Wanted, check_version
from service.kit.webhooks import PREFIX, new_secret
from service.screening.errors import NotTried
from service.screening.events import RuleChanged
from service.screening.models import Rule, RuleVersion
from service.screening.operations.screening import rules_changed
from service.screening.policy.ruling import asked_at, check_exempts, check_may_ask_elsewhere, check_may_rule
from service.screening.policy.trials import is_triable, mark_of
from service.screening.queries.backtests import finished_backtest
from service.screening.queries.rules import MOST_RULES, RuleSeen, category_of_rule, count_rules, get_rule

SAID: Final = (
    "name", "kind", "terms", "verdict", "public_reason", "category_id", "exempt_roles", "enabled", "place",
)  # fmt: skip
"""What a rule says: its columns that people choose, which each of its versions keeps (the category by its slug)."""


def make_rule(session: Session, actor: Actor, values: dict[str, Any] | Problem) -> RuleSeen:
    """Make a rule; it is off unless `enabled`. `values` are its columns, its `category` (a slug, or None for the whole
    site), and what stands for its being tried: `backtest_id`, or `confirm`.

    Raises NotSignedIn, NotAllowed, Invalid, Conflict (there are too many), NotTried.
    """
    check_moderates_some(actor)
    fields = dict(settled(values))
    confirmed = fields.pop("confirm", False)
    fields["category_id"] = category_of(session, actor, fields.pop("category", None))
    check_may_rule(actor, fields["category_id"])
    check_may_ask_elsewhere(actor, fields["kind"])
    check_exempts(actor, fields["exempt_roles"])
    if count_rules(session) >= MOST_RULES:
        raise Conflict(f"There are {MOST_RULES} rules already: delete one first")
    tried_by = fields.pop("backtest_id", None)
    given = fields.pop("secret", None)
    rule = Rule(**fields, changed_at=now(session), changed_by_id=actor.account_id)
    made = _settle_secret(rule, given, moved=False)
    _note_trial(session, actor, rule, tried_by, changed=True)
    if rule.enabled:
        _check_tried(rule, confirmed)
    session.add(rule)
    session.flush()
    return replace(_keep(session, actor, rule, "made", (), confirmed=confirmed), new_secret=made)


def change_rule(
    session: Session, actor: Actor, rule_id: int, values: dict[str, Any] | Problem, version: Wanted
) -> RuleSeen:
    """Change what `values` names, as `make_rule` takes it; a rule's kind stays. One that is on afterwards, and was off
    or did something else, must have been tried.

    Raises NotSignedIn, NotAllowed, NotFound, Invalid, PreconditionRequired, EditConflict, NotTried.
    """
    rule = get_rule(session, actor, rule_id, lock=True).rule
    check_may_ask_elsewhere(actor, rule.kind)
    seen, fields = settled(version), dict(settled(values))
    check_version(seen, rule.version)
    before = {name: getattr(rule, name) for name in SAID}
    confirmed, tried_by = fields.pop("confirm", False), fields.pop("backtest_id", None)
    if "category" in fields:
        fields["category_id"] = category_of(session, actor, fields.pop("category"))
        check_may_rule(actor, fields["category_id"])
    was, given = mark_of(rule), fields.pop("secret", None)
    for name, value in fields.items():
        setattr(rule, name, value)
    moved = rule.kind == "external" and asked_at(rule.terms) != asked_at(before["terms"])
    made, does_other = _settle_secret(rule, given, moved=moved), mark_of(rule) != was
    does_more = does_other or (rule.enabled and not before["enabled"])
    if does_more:
        check_exempts(actor, rule.exempt_roles)
    _note_trial(session, actor, rule, tried_by, changed=does_other)
    if rule.enabled and does_more:
        _check_tried(rule, confirmed)
    changed = tuple(name for name in SAID if getattr(rule, name) != before[name])
    if not changed and tried_by is None and given is None:
        return get_rule(session, actor, rule_id)
    rule.version += 1
    rule.changed_at, rule.changed_by_id = now(session), actor.account_id
    session.add(rule)
    session.flush()
    switched = {True: "switched_on", False: "switched_off"}[rule.enabled] if "enabled" in changed else "changed"
    return replace(_keep(session, actor, rule, switched, changed, confirmed=confirmed), new_secret=made)


def delete_rule(session: Session, actor: Actor, rule_id: int, version: Wanted) -> None:
    """Delete a rule; its versions stay, because decisions name them.

    Raises NotSignedIn, NotAllowed, NotFound, PreconditionRequired, EditConflict.
    """
    rule = get_rule(session, actor, rule_id, lock=True).rule
    check_version(version, rule.version)
    events.record(session, RuleChanged(actor=actor, rule_id=rule_id, version=rule.version, change="deleted"))
    session.delete(rule)
    session.flush()
    rules_changed(session)


def category_of(session: Session, actor: Actor, slug: str | None) -> int | None:
    """The category that a rule holds for; None is the whole site. Raises Invalid for one that is not seen."""
    if slug is None:
        return None
    try:
        return get_category(session, actor, slug).id
    except NotFound as error:
        raise invalid("/category", "must be the address of a category") from error


def _note_trial(session: Session, actor: Actor, rule: Rule, tried_by: int | None, *, changed: bool) -> None:
    """Keep by which backtest the rule was tried; one that does something else since has not been tried."""
    if tried_by is not None:
        tried = finished_backtest(session, actor, tried_by)
        if tried is None or mark_of(rule) not in tried.marks:
            raise NotTried("The backtest that `backtest_id` names is not finished, or tried something else")
        rule.backtest_id = tried_by
    elif changed:
        rule.backtest_id = None


def _check_tried(rule: Rule, confirmed: bool) -> None:
    """Raise NotTried for a rule that was not tried, unless the moderator will do without."""
    if confirmed or rule.backtest_id is not None:
        return
    if not is_triable(rule.kind, rule.terms):
        raise NotTried("Rules of this kind cannot be tried on earlier posts: send `confirm`: true")
    raise NotTried


def _settle_secret(rule: Rule, given: str | None, *, moved: bool) -> str | None:
    """What an external check is signed with, or the key of the service that is asked: returns one that was made now,
    which is shown once. Where the address has `moved`, who was asked before shares no secret with who is asked now.
    Raises Invalid.
    """
    protocol = rule.terms.get("protocol") if rule.kind == "external" else None
    if protocol != "akismet":
        if given is not None:
            raise invalid("/secret", "is only for rules that ask a service by the protocol “akismet”")
        if protocol is None or (rule.secret.startswith(PREFIX) and not moved):
            return None
        rule.secret = new_secret()
        return rule.secret
    if moved and given is None:
        raise invalid("/secret", "is needed again when the address changes")
    rule.secret = given or rule.secret
    if not rule.secret or rule.secret.startswith(PREFIX):
        raise invalid("/secret", "must be the key that the service gave you")
    return None


def _keep(
    session: Session, actor: Actor, rule: Rule, change: str, fields: tuple[str, ...], *, confirmed: bool
) -> RuleSeen:
    """Keep the version, tell of it, and let every process make the rules ready anew."""
    seen = RuleSeen(rule, *category_of_rule(session, rule.category_id))
    said = {"category" if name == "category_id" else name: getattr(rule, name) for name in SAID}
    version = RuleVersion(
        rule_id=seen.id, version=rule.version, said=said | {"category": seen.slug}, backtest_id=rule.backtest_id,
        confirmed=confirmed, made_by_id=actor.account_id, made_at=rule.changed_at,
    )  # fmt: skip
    session.add(version)
    session.flush()
    fact = RuleChanged(actor=actor, rule_id=seen.id, version=rule.version, change=change, fields=fields)
    events.record(session, fact)
    rules_changed(session)
    return seen
