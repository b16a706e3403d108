"""The JSON door of the transparency report."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotReady, NotSignedIn, invalid
from service.moderation.queries.reporting import Period, report
from service.moderation.schemas.report import ReportView
from service.web.answers import Answer, json_answer
from service.web.bodies import StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
First = Annotated[date, Query(alias="from", description="The first day, in UTC.", examples=["2026-01-01"])]
Last = Annotated[date, Query(alias="to", description="The last day, in UTC.", examples=["2026-12-31"])]


@router.get(
    "/moderation/report",
    operation_id="get_report",
    response_model=ReportView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def get_report(asks: Asking, first: First, last: Last) -> Response:
    """The figures of moderation over some days, for the yearly transparency report: moderators of the whole site."""

    def work(session: Session, actor: Actor) -> Answer:
        if not date(1970, 1, 1) <= first <= last < date(9000, 1, 1):
            raise invalid("/to", "must not be before `from`, and both in the years 1970 to 8999")
        return json_answer(ReportView.of(report(session, actor, Period(first, last))))

    return await asks.answer(work)
