"""Closing a thread, reopening it, and the archive."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from service.accounts.current import Asking
from service.closing import operations
from service.closing.api.shared import ThreadId, changing
from service.closing.schemas import CloseThread
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, InvalidTransition, NotAllowed, NotFound, NotReady, NotSignedIn
from service.kit.versions import Wanted
from service.threads.queries import ThreadSeen
from service.threads.schemas import ThreadView
from service.web.bodies import Deferral, StrictRoute
from service.web.cache import IfMatch
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["closing"])


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
