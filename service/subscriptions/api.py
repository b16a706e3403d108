"""The JSON door of subscriptions."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor, check_signed_in
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.subscriptions import operations, queries
from service.subscriptions.schemas import ChooseLevel, SubscriptionView
from service.threads.queries import get_thread
from service.web.answers import Answer, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["subscriptions"])
ThreadId = Annotated[int, Path(ge=1, lt=2**63, description="The thread's id.")]


@router.get(
    "/threads/{thread_id}/subscription",
    operation_id="get_subscription",
    response_model=SubscriptionView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def get_subscription(thread_id: ThreadId, asks: Asking) -> Response:
    """How closely you follow a thread."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        check_signed_in(actor, "read")
        return json_answer(SubscriptionView.of(queries.following(session, actor, seen)))

    return await asks.answer(work)


@router.put(
    "/threads/{thread_id}/subscription",
    operation_id="choose_subscription",
    response_model=SubscriptionView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def choose_subscription(thread_id: ThreadId, draft: Deferred[ChooseLevel], asks: Asking) -> Response:
    """Choose how closely to follow a thread; it stays so whatever you do in the thread."""
    level = draft if isinstance(draft, Invalid) else draft.level

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        return json_answer(SubscriptionView.of(operations.choose_level(session, actor, seen, level)))

    return await asks.write(work)


@router.delete(
    "/threads/{thread_id}/subscription",
    operation_id="delete_subscription",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def delete_subscription(thread_id: ThreadId, asks: Asking) -> Response:
    """Give up your choice: you watch your own threads again, and those you reply in from now on."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.give_up_choice(session, actor, get_thread(session, actor, thread_id))
        return no_content()

    return await asks.write(work)
