"""The JSON door that takes away all that a new account has posted."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation import operations
from service.moderation.errors import NotNew
from service.moderation.schemas.removing import RemovalView, RemovePosts, to_removal
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
Username = Annotated[str, Path(max_length=100, description="The username, in any case.", examples=["dorothea"])]


@router.post(
    "/accounts/{username}/removal",
    operation_id="remove_posts",
    response_model=RemovalView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotNew, NotReady),
)
async def remove_posts(username: Username, draft: Deferred[RemovePosts], asks: Asking) -> Response:
    """Move all posts of a new account to the spam (moderators of the site), or with `preview` say how many there are.

    An account is new while it is younger than 30 days or has fewer than 50 posts published. It is one decision, with
    one entry in the log, and undone as one.
    """
    removal = to_removal(draft)

    def look(session: Session, actor: Actor) -> Answer:
        return json_answer(RemovalView.foreseen(operations.foresee_removal(session, actor, username)))

    def work(session: Session, actor: Actor) -> Answer:
        return json_answer(RemovalView.of(operations.remove_posts(session, actor, username, removal)))

    if not isinstance(draft, Invalid) and draft.preview:
        return await asks.answer(look)
    return await asks.write(work)
