"""The JSON door of appeals as moderators see them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor, check_moderates_some
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, InvalidTransition, NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation.errors import AlreadyUndone, Claimed, StaleDecision
from service.moderation.operations.appealing import decide_appeal
from service.moderation.queries.appeals import list_appeals
from service.moderation.schemas.appeals import AppealView, DecideAppeal, to_verdict
from service.threads.errors import ThreadIsClosed
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
AppealId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The appeal's id.")]


@router.get(
    "/appeals",
    operation_id="list_appeals",
    response_model=Page[AppealView],
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def show_appeals(
    asks: Asking, state: Literal["open", "decided"] | None = None, limit: Limit = 20, cursor: Cursor = None
) -> Response:
    """Appeals where you moderate, what waits longest first: moderators."""

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        rows = list_appeals(session, actor, state, from_cursor(cursor, 2), limit)
        return page_answer(
            rows, limit, lambda seen: seen.key, lambda seen: AppealView.of(seen, actor), "/api/v1/appeals", state=state
        )

    return await asks.answer(work)


@router.put(
    "/appeals/{appeal_id}/decision",
    operation_id="decide_appeal",
    response_model=AppealView,
    responses=declare(
        NotSignedIn,
        NotAllowed,
        NotFound,
        Invalid,
        StaleDecision,
        AlreadyUndone,
        Claimed,
        ThreadIsClosed,
        EditConflict,
        InvalidTransition,
        NotReady,
    ),
)
async def put_decision(appeal_id: AppealId, draft: Deferred[DecideAppeal], asks: Asking) -> Response:
    """Decide about an appeal: `reversed` undoes the decision. Moderators, but not who took the decision, unless nobody
    else here may; and nobody about their own appeal.
    """
    verdict = to_verdict(draft)

    def work(session: Session, actor: Actor) -> Answer:
        return json_answer(AppealView.of(decide_appeal(session, actor, appeal_id, verdict), actor))

    return await asks.write(work)
