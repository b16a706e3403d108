"""`/mod/rules/backtests/{id}`: a rule is tried on earlier posts; how far that is, and what was found. For moderators.

While it goes on the page brings itself up to date with a script, and has a link for those without.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor, check_moderates_some
from service.kit.database import Session
from service.kit.database.rows import stored_id
from service.kit.errors import Problem, invalid
from service.pages import backtest_views, forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.frame import Form
from service.pages.views.rules import BacktestPage
from service.screening import operations
from service.screening.models import Backtest
from service.screening.policy.trials import Draft
from service.screening.queries import backtests, rules
from service.screening.queries.rules import RuleSeen
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/mod/rules/backtests"
BacktestId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get(f"{HERE}/{{backtest_id:int}}")
async def show_backtest(backtest_id: BacktestId, asks: Asking) -> Response:
    """How far it is, or what was found."""
    return await _show(asks, backtest_id)


@router.post(f"{HERE}/{{backtest_id:int}}")
async def switch_on(backtest_id: BacktestId, request: Request, asks: Asking) -> Response:
    """`do` is `on`: the rule is from now on as it was tried, and on; a new one is made."""
    sent = await forms.read(request)

    def work(session: Session, actor: Actor) -> Answer:
        found = backtests.get_backtest(session, actor, backtest_id)
        if sent.deed != "on" or len(found.rules) != 1:
            raise invalid("/do", "must be one of this page's buttons")
        draft, tried = Draft(**found.rules[0]), {"enabled": True, "backtest_id": backtest_id}
        if draft.rule_id is None:
            operations.make_rule(session, actor, _said(session, draft) | {"kind": draft.kind} | tried)
        else:
            said = _said(session, draft) if _differs(session, actor, draft) else {}
            operations.change_rule(session, actor, draft.rule_id, said | tried, draft.version)
        return see_other("/mod/rules?done=on#rules")

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, backtest_id, sent.again(outcome), outcome)


def _said(session: Session, draft: Draft) -> dict[str, object]:
    """What the rule says that was tried, as operations take it."""
    names = ("name", "terms", "verdict", "public_reason", "exempt_roles", "place")
    slug, _ = rules.category_of_rule(session, draft.category_id)
    return {name: getattr(draft, name) for name in names} | {"category": slug}


def _differs(session: Session, actor: Actor, draft: Draft) -> bool:
    stored = rules.get_rule(session, actor, draft.rule_id or 0).rule
    return any(getattr(stored, name) != getattr(draft, name) for name in backtest_views.SAID)


async def _show(asks: Asks, backtest_id: int, form: Form | None = None, problem: Problem | None = None) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, BacktestPage]:
        check_moderates_some(actor)
        found = backtests.get_backtest(session, actor, backtest_id)
        posts = backtests.sampled(session, actor, backtests.samples_of(found))
        _, where = rules.category_of_rule(session, found.category_id)
        stored = _stored(session, actor, found)
        shown = backtest_views.shown(found, posts, where, stored, form or forms.fresh())
        return around(session, actor, f"{HERE}/{backtest_id}"), shown

    framed, view = await asks.read(load)
    return page("mod_backtest.html", framed, view, status=problem.status if problem else 200)


def _stored(session: Session, actor: Actor, found: Backtest) -> RuleSeen | None:
    """The rule that was tried, where there was one and it is there: a stored one, or made since from what was tried."""
    if len(found.rules) != 1:
        return None
    return rules.find_tried(session, actor, Draft(**found.rules[0]).rule_id, stored_id(found.id))
