"""The JSON door of drafts."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.drafts import operations, queries
from service.drafts.schemas import DraftView, KeepDraft, to_typed
from service.kit.actor import Actor, check_signed_in
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.threads.queries import get_thread
from service.web.answers import Answer, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["drafts"])
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]


@router.get(
    "/drafts",
    operation_id="list_drafts",
    response_model=Page[DraftView],
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def list_drafts(asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """The replies that you have begun and not posted, the last changed first."""

    def work(session: Session, actor: Actor) -> Answer:
        check_signed_in(actor, "read")
        rows = queries.list_drafts(session, actor, from_cursor(cursor, 2), limit)
        return page_answer(rows, limit, queries.sort_key, DraftView.of, "/api/v1/drafts")

    return await asks.answer(work)


@router.get(
    "/threads/{thread_id}/draft",
    operation_id="get_draft",
    response_model=DraftView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def get_draft(thread_id: ThreadId, asks: Asking) -> Response:
    """What you have begun to write in a thread. It stays yours where you may not see the thread any more."""

    def work(session: Session, actor: Actor) -> Answer:
        found = queries.find_own(session, actor, thread_id)
        if found is None:
            get_thread(session, actor, thread_id)
        check_signed_in(actor, "read")
        if found is None:
            raise NotFound("You have no draft in this thread")
        return json_answer(DraftView.of(found))

    return await asks.answer(work)


@router.put(
    "/threads/{thread_id}/draft",
    operation_id="keep_draft",
    response_model=DraftView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady)
    | {204: {"description": "The text was empty: there is no draft any more."}},
)
async def keep_draft(thread_id: ThreadId, draft: Deferred[KeepDraft], asks: Asking) -> Response:
    """Keep what you are writing in a thread, for all your devices, whether or not it takes replies.

    It goes when you post it, discard it, or have not touched it for 180 days; of more than 200 the oldest goes.
    """
    typed = to_typed(draft)

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        operations.keep_draft(session, actor, seen, typed)
        found = queries.find_own(session, actor, thread_id)
        return no_content() if found is None else json_answer(DraftView.of(found))

    return await asks.write(work)


@router.delete(
    "/threads/{thread_id}/draft",
    operation_id="discard_draft",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def discard_draft(thread_id: ThreadId, asks: Asking) -> Response:
    """Discard what you have begun to write in a thread."""

    def work(session: Session, actor: Actor) -> Answer:
        if queries.own_draft(session, actor, thread_id) is None:
            get_thread(session, actor, thread_id)
        operations.discard_draft(session, actor, thread_id)
        return no_content()

    return await asks.write(work)
