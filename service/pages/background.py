"""`/admin/jobs`: what waits to be done in the background, and what was given up: retry or discard it. For admins."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from service.accounts.current import Asking, Asks
from service.background import operations, queries
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Problem, invalid
from service.kit.queue import backlogs, living_workers
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.background import DeadShown, JobsPage, KindShown
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/admin/jobs"
PER_SCREEN: Final = 50
DEEDS: Final = ("retry", "discard", "retry-all")


@router.get(HERE)
async def show_jobs(asks: Asking, before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None) -> Response:
    """The queue by kind, and the dead jobs, the youngest first; `before` is the id from which older ones follow."""
    return await _show(asks, before=before)


@router.post(HERE)
async def change_jobs(request: Request, asks: Asking) -> Response:
    """One of the buttons: `do` is `retry` or `discard` with the `job`, or `retry-all`."""
    sent = await forms.read(request)
    if sent.deed not in DEEDS:
        raise invalid("/do", "must be one of this page's buttons")

    def work(session: Session, actor: Actor) -> Answer:
        _do(session, actor, sent.deed, sent.number("job") or 0)
        return see_other(HERE)

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, sent, outcome)


def _do(session: Session, actor: Actor, deed: str, job_id: int) -> None:
    if deed == "retry-all":
        operations.retry_all(session, actor)
    elif deed == "retry":
        operations.retry_job(session, actor, job_id)
    else:
        operations.discard_job(session, actor, job_id)


async def _show(
    asks: Asks, sent: forms.Sent | None = None, problem: Problem | None = None, *, before: int | None = None
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, JobsPage]:
        found = queries.list_dead(session, actor, before, PER_SCREEN)
        shown = tuple(
            DeadShown(job.id, job.kind, job.about, job.attempts, job.error, job.dead_at) for job in found[:PER_SCREEN]
        )
        kinds = tuple(
            KindShown(kind, each.due, each.oldest, each.held, each.later, each.dead)
            for kind, each in backlogs(session).items()
        )
        older = f"{HERE}?before={shown[-1].id}" if len(found) > PER_SCREEN else None
        form = sent.again(problem) if sent else forms.fresh()
        return around(session, actor, HERE), JobsPage(form, living_workers(session), kinds, shown, older)

    framed, view = await asks.read(load)
    return page("background.html", framed, view, status=problem.status if problem else 200)
