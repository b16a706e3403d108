"""The JSON door of closings: closure, policy, archive."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, Path, Response

from service.accounts.current import Asking
from service.closing import operations
from service.closing.schemas import CloseThread, PutClosing
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, InvalidTransition, NotAllowed, NotFound, NotReady, NotSignedIn
from service.kit.versions import Wanted
from service.threads.errors import ThreadIsClosed
from service.threads.queries import ThreadSeen, get_thread, lock_thread
from service.threads.schemas import ClosingView, ThreadView
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferral, Deferred, StrictRoute
from service.web.cache import IfMatch, wanted_version, with_etag
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["closing"])
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]


def policy_of(seen: ThreadSeen) -> Answer:
    """The answer that shows a thread's own policy, with the ETag that guards its change."""
    return with_etag(json_answer(ClosingView.of_thread(seen)), seen.thread.version)


Deed = Callable[[Session, Actor, ThreadSeen, Wanted], None]


def changing(thread_id: int, deed: Deed, if_match: str | None) -> Callable[[Session, Actor], Answer]:
    """The unit of work that locks a thread, does the deed to the version that was seen, and shows the thread."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        deed(session, actor, seen, wanted_version(if_match))
        fresh = get_thread(session, actor, thread_id)
        return with_etag(json_answer(ThreadView.of(fresh, actor, now(session))), fresh.thread.version)

    return work


@router.put(
    "/threads/{thread_id}/closure",
    operation_id="close_thread",
    response_model=ThreadView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, EditConflict, NotReady),
)
async def close_thread(
    thread_id: ThreadId,
    asks: Asking,
    draft: Annotated[CloseThread | Invalid | None, Body(), Deferral()] = None,
    if_match: IfMatch = None,
) -> Response:
    """Close the discussion (moderators; its author where the site allows). Closed already: the first time stays."""
    reason = draft if isinstance(draft, Invalid) else draft.reason if draft else ""

    def deed(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted) -> None:
        operations.close_thread(session, actor, seen, reason, version)

    return await asks.write(changing(thread_id, deed, if_match))


@router.delete(
    "/threads/{thread_id}/closure",
    operation_id="reopen_thread",
    response_model=ThreadView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, InvalidTransition, EditConflict, NotReady),
)
async def reopen_thread(thread_id: ThreadId, asks: Asking, if_match: IfMatch = None) -> Response:
    """Reopen the discussion. Where its policy would close it again at once, `closing.override` becomes `open`."""
    return await asks.write(changing(thread_id, operations.reopen_thread, if_match))


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
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, ThreadIsClosed, EditConflict, NotReady),
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


@router.put(
    "/threads/{thread_id}/archive",
    operation_id="archive_thread",
    response_model=ThreadView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, EditConflict, NotReady),
)
async def archive_thread(thread_id: ThreadId, asks: Asking, if_match: IfMatch = None) -> Response:
    """Archive the thread (moderators): closed, and nothing in it changes."""
    return await asks.write(changing(thread_id, operations.archive_thread, if_match))


@router.delete(
    "/threads/{thread_id}/archive",
    operation_id="unarchive_thread",
    response_model=ThreadView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, EditConflict, NotReady),
)
async def unarchive_thread(thread_id: ThreadId, asks: Asking, if_match: IfMatch = None) -> Response:
    """Take the thread out of the archive (moderators)."""
    return await asks.write(changing(thread_id, operations.unarchive_thread, if_match))
