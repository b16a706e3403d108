"""`/mod/rules`: the rules that posts pass, in the order in which they are asked, and the form of each. For moderators.

A rule is tried on earlier posts before it is switched on (`backtests`); one that cannot be is switched on as it is.
"""

from dataclasses import replace
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Path, Query, Request, Response

from service.accounts.current import Asking, Asks
from service.categories.queries import list_categories
from service.kit.actor import Actor, check_moderates_some
from service.kit.database import Session
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound, Problem, invalid
from service.pages import forms, rule_forms, rule_inputs, rule_words
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.frame import Choice, Form
from service.pages.views.rules import RuleLine, RulePage, RulesPage
from service.screening import operations
from service.screening.operations.trying import Wish
from service.screening.policy import RuleKind
from service.screening.policy.ruling import may_rule
from service.screening.policy.trials import TRIABLE, Draft, is_triable
from service.screening.queries import backtests, rules
from service.screening.queries.rules import RuleSeen
from service.screening.schemas import to_changes, to_values
from service.screening.schemas.backtests import USUAL, to_draft
from service.site.queries import get_site
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/mod/rules"
RuleId = Annotated[int, Path(ge=1, le=2**63 - 1)]
BacktestId = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
SAVED: Final = {
    "made": "The rule was made. It is off.", "saved": "The rule was saved.", "on": "The rule is on.",
    "off": "The rule is off.", "deleted": "The rule was deleted.",
}  # fmt: skip
SWITCHES: Final[dict[str, dict[str, Any]]] = {
    "on": {"enabled": True}, "blind": {"enabled": True, "confirm": True}, "off": {"enabled": False},
}  # fmt: skip
NEW: Final = {"place": "100", "exempt_moderator": "on", "exempt_admin": "on"}
"""What stands in the form of a new rule, besides its kind's usual terms."""


@router.get(HERE)
async def show_rules(asks: Asking, done: str = "") -> Response:
    """The list; `done` says what was done just now."""
    return await _show(asks, SAVED.get(done, ""))


@router.post(HERE)
async def change_rules(request: Request, asks: Asking) -> Response:
    """A rule's button: `do` is `on`, `blind` (on, though it cannot be tried), `off` or `try`."""
    sent = await forms.read(request)

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        rule_id = sent.number("rule") or 0
        if sent.deed == "try":
            found = operations.begin_backtest(session, actor, Wish([rule_id], USUAL))
            return see_other(f"{HERE}/backtests/{found.id}#run")
        if sent.deed not in SWITCHES:
            raise invalid("/do", "must be one of this page's buttons")
        operations.change_rule(session, actor, rule_id, SWITCHES[sent.deed], sent.number("version") or 0)
        return see_other(f"{HERE}?done={'off' if sent.deed == 'off' else 'on'}#rules")

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, "", sent.again(outcome), outcome.status)


async def _show(asks: Asks, notice: str, form: Form | None = None, status: int = 200) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, RulesPage]:
        found = rules.rules_in_order(session, actor)
        hits = rules.hits(session, [seen.id for seen in found])
        lines = tuple(_line(seen, hits.get(seen.id, 0)) for seen in found)
        kinds = tuple(Choice(f"{HERE}/new?kind={kind}", label) for kind, label in rule_words.KINDS.items())
        held = get_site(session).hold_first_posts
        return around(session, actor, HERE), RulesPage(lines, kinds, held, form or forms.fresh(), notice, USUAL)

    framed, view = await asks.read(load)
    return page("mod_rules.html", framed, view, status=status)


def _line(seen: RuleSeen, hits: int) -> RuleLine:
    rule = seen.rule
    button = "off" if rule.enabled else "on" if rule.backtest_id else "try"
    if button == "try" and not is_triable(rule.kind, rule.terms):
        button = "blind"
    return RuleLine(
        id=seen.id, version=rule.version, name=rule.name, says=rule_words.says(rule.kind, rule.terms, rule.verdict),
        where=seen.category_name or "", enabled=rule.enabled, hits=hits, changed_at=rule.changed_at, button=button,
    )  # fmt: skip


@router.get(f"{HERE}/new")
async def show_new(asks: Asking, kind: str = "words", backtest: BacktestId = None) -> Response:
    """The form of a new rule; with `backtest` filled in as it was tried."""
    return await _show_rule(asks, None, kind, backtest)


@router.get(f"{HERE}/{{rule_id:int}}")
async def show_rule(rule_id: RuleId, asks: Asking, backtest: BacktestId = None, done: str = "") -> Response:
    """The form of a rule; with `backtest` filled in as it was tried, not as it is stored."""
    return await _show_rule(asks, rule_id, "", backtest, notice=SAVED.get(done))


@router.post(f"{HERE}/new")
async def make(request: Request, asks: Asking, kind: str = "words") -> Response:
    """`do` is `save`, or `try` on the last posts."""
    sent, of = await forms.read(request), _kind(kind)
    if sent.deed == "try":
        return await _try(asks, sent, None, of)
    values, made = to_values(rule_forms.made_of(sent, of)), list[RuleSeen]()

    def work(session: Session, actor: Actor) -> Answer:
        made.append(operations.make_rule(session, actor, values))
        return see_other(f"{HERE}?done={'on' if made[0].rule.enabled else 'made'}#rules")

    answer = await _attempt(asks, sent, work, None, of)
    if made and made[0].new_secret:
        return await _show_rule(asks, made[0].id, of, None, notice=SAVED["made"], secret=made[0].new_secret)
    return answer


@router.post(f"{HERE}/{{rule_id:int}}")
async def change(rule_id: RuleId, request: Request, asks: Asking) -> Response:
    """`do` is `save`, `delete`, or `try` on the last posts."""
    sent = await forms.read(request)
    of = cast("RuleKind", (await asks.read(lambda session, actor: rules.get_rule(session, actor, rule_id))).rule.kind)
    if sent.deed == "try":
        return await _try(asks, sent, rule_id, of)
    changes, version = to_changes(rule_forms.changes_of(sent, of), of), sent.number("version") or 0

    def work(session: Session, actor: Actor) -> Answer:
        if sent.refusal is not None:
            raise sent.refusal
        if sent.deed == "delete":
            operations.delete_rule(session, actor, rule_id, version)
            return see_other(f"{HERE}?done=deleted#rules")
        if sent.deed != "save":
            raise invalid("/do", "must be one of this page's buttons")
        made.append(operations.change_rule(session, actor, rule_id, changes, version).new_secret or "")
        return see_other(f"{HERE}?done=saved#rules")

    made = list[str]()
    answer = await _attempt(asks, sent, work, rule_id, of)
    if made and made[-1]:
        return await _show_rule(asks, rule_id, of, None, notice=SAVED["saved"], secret=made[-1])
    return answer


async def _try(asks: Asks, sent: forms.Sent, rule_id: int | None, kind: RuleKind) -> Response:
    """Try what is in the form; the rule stays as it is."""
    draft = rule_forms.draft_of(sent, kind)

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        if isinstance(draft, Problem):
            raise draft
        said = to_draft(draft)
        said.place, said.rule_id, said.version = sent.number("place") or 0, rule_id, sent.number("version") or 0
        found = operations.begin_backtest(session, actor, Wish([(said, draft.category)], USUAL))
        return see_other(f"{HERE}/backtests/{found.id}#run")

    return await _attempt(asks, sent, work, rule_id, kind)


async def _attempt(asks: Asks, sent: forms.Sent, work: Any, rule_id: int | None, kind: RuleKind) -> Response:
    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    form = sent.again(outcome, labels=rule_inputs.LABELS)
    return await _show_rule(asks, rule_id, kind, None, form=form, status=outcome.status)


async def _show_rule(
    asks: Asks,
    rule_id: int | None,
    kind: str,
    backtest: int | None,
    *,
    form: Form | None = None,
    notice: str | None = None,
    secret: str = "",
    status: int = 200,
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, RulePage]:
        check_moderates_some(actor)
        seen = rules.get_rule(session, actor, rule_id) if rule_id else None
        of = _kind(seen.rule.kind if seen else kind)
        tried = _tried(session, actor, backtest, rule_id, of)
        shown = form or forms.fresh(_values(session, actor, seen, tried, of), notice=notice)
        here = f"{HERE}/{rule_id}" if rule_id else f"{HERE}/new"
        return around(session, actor, here), replace(_rule_page(session, actor, seen, of, shown), secret=secret)

    framed, view = await asks.read(load)
    return page("mod_rule.html", framed, view, status=status)


def _kind(kind: str) -> RuleKind:
    if kind not in rule_words.KINDS:
        raise NotFound("There is no such kind of rule")
    return kind


def _tried(session: Session, actor: Actor, backtest: int | None, rule_id: int | None, kind: str) -> Draft | None:
    """The rule as a backtest has tried it, where that is this one."""
    if backtest is None:
        return None
    drafts = [Draft(**said) for said in backtests.get_backtest(session, actor, backtest).rules]
    return next((draft for draft in drafts if (draft.rule_id, draft.kind) == (rule_id, kind)), None)


def _values(
    session: Session, actor: Actor, seen: RuleSeen | None, tried: Draft | None, kind: RuleKind
) -> dict[str, str]:
    rule = tried or (seen.rule if seen else None)
    if rule is None:
        usual = NEW | rule_inputs.usual_values(kind)
        return usual | {"name": rule_words.KINDS[kind], "verdict": rule_words.verdicts_of(kind)[0].value}
    slugs = {category.id: category.slug for category in list_categories(session, actor)}
    values = {name: getattr(rule, name) for name in ("name", "verdict", "public_reason")}
    values |= {"place": str(rule.place), "category": slugs.get(rule.category_id, "")}
    values |= {f"exempt_{role}": "on" for role in rule.exempt_roles}
    version = seen.rule.version if seen else 0
    return values | rule_inputs.values_of(kind, rule.terms) | {"version": str(version)}


def _rule_page(session: Session, actor: Actor, seen: RuleSeen | None, kind: RuleKind, form: Form) -> RulePage:
    rule = seen.rule if seen else None
    choices = [Choice("", "The whole site")] if may_rule(actor, None) else []
    choices += [
        Choice(category.slug, category.name)
        for category in list_categories(session, actor)
        if may_rule(actor, stored_id(category.id))
    ]
    return RulePage(
        id=seen.id if seen else None, kind=kind,
        heading=rule.name if rule else f"New rule: {rule_words.KINDS[kind].lower()}",
        says=rule_words.says(kind, rule.terms, rule.verdict) if rule else "",
        action=f"{HERE}/{seen.id}" if seen else f"{HERE}/new?kind={kind}", form=form, inputs=rule_inputs.INPUTS[kind],
        verdicts=rule_words.verdicts_of(kind), categories=tuple(choices), enabled=bool(rule and rule.enabled),
        triable=kind in TRIABLE, last=USUAL,
    )  # fmt: skip
