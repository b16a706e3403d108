"""The JSON door of backtests: rules tried on earlier posts, in the background; nothing else changes."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Conflict, Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.screening import operations
from service.screening.models import Backtest
from service.screening.queries.backtests import get_backtest as load_backtest
from service.screening.queries.backtests import sampled, samples_of
from service.screening.schemas import BacktestView, TryRules, to_wish
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
BacktestId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The backtest's id.")]


def view_of(session: Session, actor: Actor, found: Backtest) -> BacktestView:
    """A backtest as it is shown, with the texts of its samples as they can be read now."""
    return BacktestView.of(found, sampled(session, actor, samples_of(found)))


@router.post(
    "/moderation/rules/backtest",
    operation_id="try_rules",
    status_code=202,
    response_model=BacktestView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, Conflict, NotReady),
)
async def try_rules(draft: Deferred[TryRules], asks: Asking) -> Response:
    """Try rules on the last posts: moderators. The answer comes at once; `Location` says how far it is, and then what
    was found. It is done in the background, and changes nothing. One at a time for each person.
    """
    wish = to_wish(draft)

    def work(session: Session, actor: Actor) -> Answer:
        view = view_of(session, actor, operations.begin_backtest(session, actor, wish))
        return json_answer(view, 202, Location=f"/api/v1/moderation/rules/backtests/{view.id}")

    return await asks.write(work)


@router.get(
    "/moderation/rules/backtests/{backtest_id}",
    operation_id="get_backtest",
    response_model=BacktestView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, NotReady),
)
async def get_backtest(backtest_id: BacktestId, asks: Asking) -> Response:
    """How far a backtest is, and its report: moderators."""
    return await asks.answer(
        lambda session, actor: json_answer(view_of(session, actor, load_backtest(session, actor, backtest_id)))
    )
