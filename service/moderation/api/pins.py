"""The JSON door of pins: a thread stands above the others."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.threads import operations, queries
from service.threads.queries.reactions import own_of_openings
from service.threads.queries.turns import turn_of
from service.threads.schemas import ThreadView
from service.threads.schemas.pins import PinThread, to_pinning
from service.web.answers import Answer, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, wanted_version, with_etag
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["threads"])
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]


def show(session: Session, actor: Actor, thread_id: int) -> Answer:
    """The thread as it is after the deed, with its ETag."""
    seen = queries.get_thread(session, actor, thread_id)
    mine = own_of_openings(session, actor, [seen]).get(seen.id, ())
    view = ThreadView.of(seen, actor, now(session), mine, turn_of(session, actor, seen))
    return with_etag(json_answer(view), view.version)


@router.put(
    "/threads/{thread_id}/pin",
    operation_id="pin_thread",
    response_model=ThreadView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, EditConflict, NotReady),
)
async def pin_thread(
    thread_id: ThreadId, draft: Deferred[PinThread], asks: Asking, if_match: IfMatch = None
) -> Response:
    """Pin the thread in its category (who moderates it), or on the first page too (moderators of the site)."""
    pinning = to_pinning(draft)

    def work(session: Session, actor: Actor) -> Answer:
        seen = queries.lock_thread(session, actor, thread_id)
        operations.pin_thread(session, actor, seen, pinning, wanted_version(if_match))
        return show(session, actor, thread_id)

    return await asks.write(work)


@router.delete(
    "/threads/{thread_id}/pin",
    operation_id="unpin_thread",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, EditConflict, NotReady),
)
async def unpin_thread(thread_id: ThreadId, asks: Asking, if_match: IfMatch = None) -> Response:
    """Let the thread stand among the others again (who moderates its category)."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = queries.lock_thread(session, actor, thread_id)
        operations.unpin_thread(session, actor, seen, wanted_version(if_match))
        return no_content()

    return await asks.write(work)
