"""The JSON door through which many posts are decided about at once."""

from fastapi import APIRouter, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotReady, NotSignedIn
from service.moderation import operations
from service.moderation.errors import NotAllDecided
from service.moderation.schemas.many import DecideMany, ManyView, to_many
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])


@router.post(
    "/reviews/decisions",
    operation_id="decide_reviews",
    response_model=ManyView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotAllDecided, NotReady),
)
async def decide_reviews(draft: Deferred[DecideMany], asks: Asking) -> Response:
    """Decide about up to 500 reviews at once (moderators), or with `preview` say how many of which state would change.

    It is one decision, with one entry in the log, and undone as one.
    """
    many = to_many(draft)

    def look(session: Session, actor: Actor) -> Answer:
        return json_answer(ManyView.foreseen(operations.foresee_many(session, actor, many)))

    def work(session: Session, actor: Actor) -> Answer:
        return json_answer(ManyView.of(operations.decide_many(session, actor, many)))

    if not isinstance(draft, Invalid) and draft.preview:
        return await asks.answer(look)
    return await asks.write(work)
