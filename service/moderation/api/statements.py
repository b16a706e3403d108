"""The JSON door of decisions as the people affected read them, and of their appeals."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, InvalidTransition, NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation.errors import AppealExists, AppealTooLate
from service.moderation.operations.appealing import appeal_decision, appeal_review
from service.moderation.queries.statements import get_statement, list_own
from service.moderation.schemas.appeals import MakeAppeal
from service.moderation.schemas.statements import StatementView
from service.web.answers import Answer, created, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
DecisionId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The decision's id.")]
ReviewId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The review's id.")]
APPEALING = (NotSignedIn, NotAllowed, NotFound, Invalid, InvalidTransition, AppealExists, AppealTooLate, NotReady)


def made(session: Session, actor: Actor, decision_id: int) -> Answer:
    """The answer to an appeal: the decision, with it."""
    view = StatementView.of(get_statement(session, actor, decision_id), actor)
    return created(view, f"/api/v1/decisions/{decision_id}")


@router.get(
    "/decisions",
    operation_id="list_decisions",
    response_model=Page[StatementView],
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def list_decisions(asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """Decisions that took something from you: posts out of sight, silences, suspensions; the newest first."""

    def work(session: Session, actor: Actor) -> Answer:
        key = from_cursor(cursor, 1)
        rows = list_own(session, actor, key[0] if key else None, limit)
        return page_answer(rows, limit, lambda seen: (seen.id,), StatementView.of, "/api/v1/decisions")

    return await asks.answer(work)


@router.get(
    "/decisions/{decision_id}",
    operation_id="get_decision",
    response_model=StatementView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, NotReady),
)
async def get_decision(decision_id: DecisionId, asks: Asking) -> Response:
    """A decision's statement of reasons: for the person whom it is about, and for who moderates there."""

    def work(session: Session, actor: Actor) -> Answer:
        return json_answer(StatementView.of(get_statement(session, actor, decision_id), actor))

    return await asks.answer(work)


@router.post(
    "/decisions/{decision_id}/appeal",
    operation_id="appeal_decision",
    response_model=StatementView,
    status_code=201,
    responses=declare(*APPEALING),
)
async def make_appeal(decision_id: DecisionId, draft: Deferred[MakeAppeal], asks: Asking) -> Response:
    """Appeal a decision about you, once, within 14 days; another moderator than who took it looks at it."""

    def work(session: Session, actor: Actor) -> Answer:
        appeal_decision(session, actor, decision_id, draft if isinstance(draft, Invalid) else draft.reason)
        return made(session, actor, decision_id)

    return await asks.write(work)


@router.post(
    "/reviews/{review_id}/appeal",
    operation_id="appeal_review",
    response_model=StatementView,
    status_code=201,
    responses=declare(*APPEALING),
)
async def make_appeal_of_review(review_id: ReviewId, draft: Deferred[MakeAppeal], asks: Asking) -> Response:
    """Appeal the last standing decision of a review that took your post out of sight; as `appeal_decision`."""

    def work(session: Session, actor: Actor) -> Answer:
        said = draft if isinstance(draft, Invalid) else draft.reason
        appeal = appeal_review(session, actor, review_id, said)
        return made(session, actor, appeal.decision_id)

    return await asks.write(work)
