"""Closing a thread, reopening it, and the archive."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from service.accounts.current import Asking
from service.closing import operations
from service.closing.api.shared import ThreadId, changing, view_again
from service.closing.operations.waiting import KEEP
from service.closing.schemas import CloseThread, ClosureView
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import (
    EditConflict,
    Invalid,
    InvalidTransition,
    NotAllowed,
    NotFound,
    NotReady,
    NotSignedIn,
    Silenced,
)
from service.threads.errors import ThreadIsClosed
from service.threads.queries import lock_thread
from service.threads.schemas import ThreadView
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferral, StrictRoute
from service.web.cache import IfMatch, wanted_version, with_etag
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["closing"])


@router.put(
    "/threads/{thread_id}/closure",
    operation_id="close_thread",
    response_model=ClosureView,
    responses=declare(
        NotFound, NotSignedIn, Silenced, NotAllowed, Invalid, ThreadIsClosed, InvalidTransition, EditConflict, NotReady
    ),
)
async def close_thread(
    thread_id: ThreadId,
    asks: Asking,
    draft: Annotated[CloseThread | Invalid | None, Body(), Deferral()] = None,
    if_match: IfMatch = None,
) -> Response:
    """Close the discussion (moderators; its author where the site allows). Closed already: the first time stays."""
    asked = CloseThread() if draft is None else draft
    reason, choice = (asked, KEEP) if isinstance(asked, Invalid) else (asked.reason, asked.waiting)

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        waiting = operations.close_thread(session, actor, seen, reason, wanted_version(if_match), choice)
        told = waiting if actor.moderates_in(seen.thread.category_id) else None
        view = ClosureView.of_closed(view_again(session, actor, thread_id), told)
        return with_etag(json_answer(view), view.version)

    return await asks.write(work)


@router.post(
    "/threads/{thread_id}/closure/undo",
    operation_id="undo_closing",
    response_model=ThreadView,
    responses=declare(NotFound, NotSignedIn, Silenced, NotAllowed, InvalidTransition, EditConflict, NotReady),
)
async def undo_closing(thread_id: ThreadId, asks: Asking, if_match: IfMatch = None) -> Response:
    """Take back a closing of the last ten minutes (who made it, or a moderator): the thread is as it was before, and
    notices of the closing that nobody has seen are gone.
    """
    return await asks.write(changing(thread_id, operations.undo_closing, if_match))


@router.delete(
    "/threads/{thread_id}/closure",
    operation_id="reopen_thread",
    response_model=ThreadView,
    responses=declare(NotFound, NotSignedIn, Silenced, NotAllowed, InvalidTransition, EditConflict, NotReady),
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
