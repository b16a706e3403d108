"""A thread's own closing policy."""

from fastapi import APIRouter, Response

from service.accounts.current import Asking
from service.closing import operations
from service.closing.api.shared import ThreadId
from service.closing.schemas import PutClosing
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, NotAllowed, NotFound, NotReady, NotSignedIn, Silenced
from service.threads.errors import ThreadIsClosed
from service.threads.queries import ThreadSeen, get_thread, lock_thread
from service.threads.schemas import ClosingView
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, wanted_version, with_etag
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["closing"])


def policy_of(seen: ThreadSeen) -> Answer:
    """The answer that shows a thread's own policy, with the ETag that guards its change."""
    return with_etag(json_answer(ClosingView.of_thread(seen)), seen.thread.version)


@router.get(
    "/threads/{thread_id}/closing",
    operation_id="get_closing",
    response_model=ClosingView,
    responses=declare(NotFound, NotReady),
)
async def get_closing(thread_id: ThreadId, asks: Asking) -> Response:
    """The thread's own closing policy; null terms are inherited from its category, then the site."""
    return await asks.answer(lambda session, actor: policy_of(get_thread(session, actor, thread_id)))


@router.put(
    "/threads/{thread_id}/closing",
    operation_id="change_closing",
    response_model=ClosingView,
    responses=declare(NotFound, NotSignedIn, Silenced, NotAllowed, Invalid, ThreadIsClosed, EditConflict, NotReady),
)
async def change_closing(
    thread_id: ThreadId, draft: Deferred[PutClosing], asks: Asking, if_match: IfMatch = None
) -> Response:
    """Set the thread's own closing policy, whole: what is absent is inherited."""
    columns = draft if isinstance(draft, Invalid) else draft.columns()

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        operations.change_closing(session, actor, seen, columns, wanted_version(if_match))
        return policy_of(seen)

    return await asks.write(work)
