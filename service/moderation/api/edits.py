"""The JSON door of edits that wait: their authors and moderators read them, and authors take them back."""

from fastapi import APIRouter, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation.api.reviews import ReplyId, ThreadId
from service.moderation.operations.edits import withdraw_edit
from service.moderation.queries.edits import find_waiting
from service.moderation.schemas.edits import PendingEditView
from service.web.answers import Answer, json_answer, no_content
from service.web.bodies import StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])


async def show(asks: Asks, thread_id: int | None, reply_id: int | None) -> Response:
    """The answer that shows the edit of a post that waits."""

    def work(session: Session, actor: Actor) -> Answer:
        return json_answer(PendingEditView.of(find_waiting(session, actor, thread_id, reply_id)))

    return await asks.answer(work)


async def withdraw(asks: Asks, thread_id: int | None, reply_id: int | None) -> Response:
    """The answer after the edit of a post was taken back."""

    def work(session: Session, actor: Actor) -> Answer:
        withdraw_edit(session, actor, thread_id, reply_id)
        return no_content()

    return await asks.write(work)


@router.get(
    "/threads/{thread_id}/pending-edit",
    operation_id="get_pending_thread_edit",
    response_model=PendingEditView,
    responses=declare(NotFound, NotReady),
)
async def get_pending_thread_edit(thread_id: ThreadId, asks: Asking) -> Response:
    """The edit of a thread that waits for a moderator: its author, and moderators. For everybody else there is none."""
    return await show(asks, thread_id, None)


@router.delete(
    "/threads/{thread_id}/pending-edit",
    operation_id="withdraw_thread_edit",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def withdraw_thread_edit(thread_id: ThreadId, asks: Asking) -> Response:
    """Take your edit back that waits; the thread stays as it is."""
    return await withdraw(asks, thread_id, None)


@router.get(
    "/replies/{reply_id}/pending-edit",
    operation_id="get_pending_reply_edit",
    response_model=PendingEditView,
    responses=declare(NotFound, NotReady),
)
async def get_pending_reply_edit(reply_id: ReplyId, asks: Asking) -> Response:
    """The edit of a reply that waits for a moderator: its author, and moderators. For everybody else there is none."""
    return await show(asks, None, reply_id)


@router.delete(
    "/replies/{reply_id}/pending-edit",
    operation_id="withdraw_reply_edit",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def withdraw_reply_edit(reply_id: ReplyId, asks: Asking) -> Response:
    """Take your edit back that waits; the reply stays as it is."""
    return await withdraw(asks, None, reply_id)
