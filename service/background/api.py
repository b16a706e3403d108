"""The JSON door of background work: the queue's length, and what to do with dead jobs. For admins."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.background import operations, queries
from service.background.schemas import BacklogsView, BacklogView, JobView, RetriedView, RetryMany
from service.kit.actor import Actor, check_administers
from service.kit.database import Session
from service.kit.errors import Invalid, InvalidTransition, NotAllowed, NotFound, NotReady, NotSignedIn, settled
from service.kit.queue import backlogs, living_workers
from service.web.answers import Answer, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["background work"])
JobId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The job's id.")]


@router.get(
    "/jobs",
    operation_id="list_dead_jobs",
    response_model=Page[JobView],
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def list_dead_jobs(asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """Jobs that were given up, the youngest first: letters that no server took, among them."""

    def work(session: Session, actor: Actor) -> Answer:
        key = from_cursor(cursor, 1)
        rows = queries.list_dead(session, actor, key[0] if key else None, limit)
        return page_answer(rows, limit, lambda job: (job.id,), JobView.of, "/api/v1/jobs")

    return await asks.answer(work)


@router.get(
    "/jobs/backlog",
    operation_id="get_backlog",
    response_model=BacklogsView,
    responses=declare(NotSignedIn, NotAllowed, NotReady),
)
async def get_backlog(asks: Asking) -> Response:
    """How much waits, by kind of job, and whether anybody works."""

    def work(session: Session, actor: Actor) -> Answer:
        check_administers(actor)
        kinds = [BacklogView.of(kind, found) for kind, found in backlogs(session).items()]
        return json_answer(BacklogsView(workers=living_workers(session), kinds=kinds))

    return await asks.answer(work)


@router.post(
    "/jobs/retries",
    operation_id="retry_dead_jobs",
    response_model=RetriedView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def retry_dead_jobs(draft: Deferred[RetryMany], asks: Asking) -> Response:
    """Retry the youngest 500 dead jobs, of a kind or of all."""

    def work(session: Session, actor: Actor) -> Answer:
        check_administers(actor)
        return json_answer(RetriedView(retried=operations.retry_all(session, actor, settled(draft).kind)))

    return await asks.write(work)


@router.post(
    "/jobs/{job_id}/retry",
    operation_id="retry_dead_job",
    status_code=204,
    responses=declare(NotSignedIn, NotAllowed, NotFound, InvalidTransition, NotReady),
)
async def retry_dead_job(job_id: JobId, asks: Asking) -> Response:
    """Make a dead job due now, its attempts counted from zero; a letter keeps its Message-ID."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.retry_job(session, actor, job_id)
        return no_content()

    return await asks.write(work)


@router.delete(
    "/jobs/{job_id}",
    operation_id="discard_dead_job",
    status_code=204,
    responses=declare(NotSignedIn, NotAllowed, NotFound, NotReady),
)
async def discard_dead_job(job_id: JobId, asks: Asking) -> Response:
    """Delete a dead job for good; what it was to do stays undone."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.discard_job(session, actor, job_id)
        return no_content()

    return await asks.write(work)
