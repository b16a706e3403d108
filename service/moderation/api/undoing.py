"""The JSON door that undoes what was decided, by the entry of the log that tells of it."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import InvalidTransition, NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation import operations
from service.moderation.errors import AlreadyUndone
from service.moderation.schemas.undoing import UndoneView
from service.threads.errors import ThreadIsClosed
from service.web.answers import Answer, json_answer
from service.web.bodies import StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
EventId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The id of an entry of the log.")]


@router.post(
    "/audit/{event_id}/undo",
    operation_id="undo_decision",
    response_model=UndoneView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, AlreadyUndone, InvalidTransition, ThreadIsClosed, NotReady),
)
async def undo_decision(event_id: EventId, asks: Asking) -> Response:
    """Undo a decision (moderators): the post, the person, the closing or the pin is as it was, or as later decisions
    have left it. Many posts that were decided at once are undone at once. There is no time limit.
    """

    def work(session: Session, actor: Actor) -> Answer:
        return json_answer(UndoneView.of(operations.undo_event(session, actor, event_id)))

    return await asks.write(work)
