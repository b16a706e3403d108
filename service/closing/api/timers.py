"""Timers of a thread: what is to happen to it at an instant."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from service.accounts.current import Asking
from service.closing import operations, queries
from service.closing.api.shared import ThreadId
from service.closing.queries import TimerSeen
from service.closing.schemas import SetTimer, TimerView, to_plan
from service.closing.schemas.timers import Kind
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, NotAllowed, NotFound, NotReady, NotSignedIn, Silenced
from service.threads.errors import ThreadIsClosed
from service.threads.queries import get_thread, lock_thread
from service.web.answers import Answer, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, wanted_version
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["closing"])
TimerKind = Annotated[Kind, Path(description="What is to happen; `remind` reminds you alone.")]
PROBLEMS = declare(NotFound, NotSignedIn, Silenced, NotAllowed, Invalid, ThreadIsClosed, EditConflict, NotReady)


@router.get(
    "/threads/{thread_id}/timers",
    operation_id="list_timers",
    response_model=Page[TimerView],
    responses=declare(NotFound, Invalid, NotReady),
)
async def list_timers(
    thread_id: ThreadId,
    asks: Asking,
    state: Annotated[
        Literal["active", "ended"], Query(description="Those to come, or what became of them.")
    ] = "active",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """The thread's timers of kinds that you may set, and your own reminder: the next first, of ended ones the last."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        after = from_cursor(cursor, 2) or ()
        rows = queries.list_timers(session, actor, seen, after, limit, ended=state == "ended")
        path = f"/api/v1/threads/{thread_id}/timers"
        return page_answer(rows, limit, lambda row: row.key, TimerView.of, path, state=state)

    return await asks.answer(work)


@router.put(
    "/threads/{thread_id}/timers/{kind}", operation_id="set_timer", response_model=TimerView, responses=PROBLEMS
)
async def set_timer(
    thread_id: ThreadId, kind: TimerKind, draft: Deferred[SetTimer], asks: Asking, if_match: IfMatch = None
) -> Response:
    """Set a timer in place of the one of its kind. Moderators set all; anybody a reminder; the author, where the site
    lets authors close their threads, `close` and `open`.
    """
    plan = to_plan(draft)

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        timer = operations.set_timer(session, actor, seen, kind, plan, wanted_version(if_match))
        set_by = actor.username if timer.set_by_id == actor.account_id else queries.setter_of(session, timer)
        return json_answer(TimerView.of(TimerSeen(timer, set_by)))

    return await asks.write(work)


@router.delete(
    "/threads/{thread_id}/timers/{kind}",
    operation_id="clear_timer",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, Silenced, NotAllowed, ThreadIsClosed, EditConflict, NotReady),
)
async def clear_timer(thread_id: ThreadId, kind: TimerKind, asks: Asking, if_match: IfMatch = None) -> Response:
    """Remove a timer; where there is none, nothing happens."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        operations.clear_timer(session, actor, seen, kind, wanted_version(if_match))
        return no_content()

    return await asks.write(work)
