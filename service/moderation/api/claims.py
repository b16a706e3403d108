"""The JSON door of claims: who looks at a review now."""

from fastapi import APIRouter, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation import operations
from service.moderation.api.reviews import ReviewId, show
from service.moderation.errors import Claimed
from service.moderation.schemas import ReviewView
from service.web.answers import Answer, no_content
from service.web.bodies import StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])


@router.put(
    "/reviews/{review_id}/claim",
    operation_id="claim_review",
    response_model=ReviewView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, Claimed, NotReady),
)
async def claim_review(review_id: ReviewId, asks: Asking) -> Response:
    """Say that you look at this review: moderators. The claim lasts ten minutes and ends by itself, or with your
    decision; claim again to make it longer. Nobody needs a claim to decide, but while one runs, others decide only
    with `override`. While somebody else's runs, the answer is 409 `claimed`.
    """

    def work(session: Session, actor: Actor) -> Answer:
        return show(operations.claim_review(session, actor, review_id))

    return await asks.write(work)


@router.delete(
    "/reviews/{review_id}/claim",
    operation_id="release_review",
    status_code=204,
    responses=declare(NotSignedIn, NotAllowed, NotFound, NotReady),
)
async def release_review(review_id: ReviewId, asks: Asking) -> Response:
    """End your claim: moderators. Where you have none, nothing changes."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.release_review(session, actor, review_id)
        return no_content()

    return await asks.write(work)
