"""The calendar of closings: what closes when, and what closed lately; putting off and reopening many at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from service.accounts.current import Asking
from service.categories.queries import get_category
from service.closing import operations, queries
from service.closing.operations import Deed, Done
from service.closing.queries import Stretch
from service.closing.schemas.calendar import (
    CalendarEntry,
    ExtendClosings,
    Outcome,
    Outcomes,
    ReopenThreads,
    State,
)
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn, Problem, invalid, settled
from service.kit.versions import Wanted
from service.site.schemas import WireInstant
from service.threads.queries import ThreadSeen
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["closing"])
AHEAD: Final = timedelta(days=30)
FARTHEST: Final = timedelta(days=366)

Since = Annotated[
    WireInstant | None, Query(description="RFC 3339 instant; absent: now, or 30 days ago for closed ones.")
]
Until = Annotated[
    WireInstant | None, Query(description="RFC 3339 instant; absent: in 30 days, or now for closed ones.")
]
Slug = Annotated[str | None, Query(max_length=60, description="One category; absent: all.")]
Which = Annotated[State, Query(description="Threads that are open and will close, or that are closed already.")]


@router.get(
    "/closings",
    operation_id="list_closings",
    response_model=Page[CalendarEntry],
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def list_closings(
    asks: Asking,
    state: Which = "open",
    after: Since = None,
    before: Until = None,
    category: Slug = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """What will close in 30 days, the first first (moderators); with `state=closed` what has closed, the last first."""
    key = from_cursor(cursor, 2)

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        category_id = get_category(session, actor, category).id if category is not None else None
        at = now(session)
        stretch = stretch_of(at, state == "closed", after, before, category_id)
        found = queries.list_deadlines(session, actor, stretch, key, limit)
        given = {"after": after and after.isoformat(), "before": before and before.isoformat(), "category": category}
        return page_answer(
            found, limit, lambda one: one.key, lambda one: CalendarEntry.of(one, at), "/api/v1/closings", state=state,
            **given,
        )  # fmt: skip

    return await asks.answer(work)


def stretch_of(
    at: datetime, closed: bool, after: datetime | None, before: datetime | None, category_id: int | None
) -> Stretch:
    """The stretch of time that was asked for. Raises Invalid where it leads farther from now than a year."""
    since = after or (at - AHEAD if closed else at)
    until = before or (at if closed else at + AHEAD)
    if until > at + FARTHEST:
        raise invalid("/before", f"must be at most {FARTHEST.days} days from now")
    if since < at - FARTHEST:
        raise invalid("/after", f"must be at most {FARTHEST.days} days ago")
    return Stretch(since, until, closed, category_id)


def doing(draft: ExtendClosings | ReopenThreads | Invalid, deed: Deed) -> Callable[[Session, Actor], Answer]:
    """The unit of work that does a deed to many threads and says what became of each."""

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        done = operations.do_to_each(session, actor, settled(draft).wanted(), deed)
        return json_answer(Outcomes(items=[outcome_of(one) for one in done]))

    return work


def outcome_of(done: Done) -> Outcome:
    """What became of one thread, on the wire."""
    if isinstance(done.result, Problem):
        return Outcome.refused(done.thread_id, done.result)
    return Outcome.of(done.result)


@router.post(
    "/closings/extensions",
    operation_id="extend_closings",
    response_model=Outcomes,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def extend_closings(draft: Deferred[ExtendClosings], asks: Asking) -> Response:
    """Put the closing of up to 100 open threads off (moderators); what cannot be put off is said of each."""
    by = draft if isinstance(draft, Invalid) else draft.by

    def deed(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted) -> None:
        operations.extend_closing(session, actor, seen, by, version)

    return await asks.write(doing(draft, deed))


@router.post(
    "/closings/reopenings",
    operation_id="reopen_threads",
    response_model=Outcomes,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def reopen_threads(draft: Deferred[ReopenThreads], asks: Asking) -> Response:
    """Reopen up to 100 threads (moderators), each as `DELETE /threads/{id}/closure` does; open ones stay so."""
    return await asks.write(doing(draft, operations.reopen_thread))
