"""The JSON door of the transparency report."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import WithJsonSchema

from service.accounts.current import Asking
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotReady, NotSignedIn, invalid
from service.moderation.queries.reporting import Period, report
from service.moderation.schemas.report import ReportView
from service.web.answers import Answer, json_answer
from service.web.bodies import StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
Day = Annotated[date, WithJsonSchema({"type": "string", "format": "date", "maxLength": 10})]
First = Annotated[Day | None, Query(alias="from", description="The first day, in UTC; absent: of last year.")]
Last = Annotated[Day | None, Query(alias="to", description="The last day, in UTC; absent: of last year.")]


@router.get(
    "/moderation/report",
    operation_id="get_report",
    response_model=ReportView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def get_report(asks: Asking, first: First = None, last: Last = None) -> Response:
    """The figures of moderation over some days, for the yearly transparency report: moderators of the whole site."""

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates(actor)
        year = now(session).year - 1
        period = Period(first or date(year, 1, 1), last or date(year, 12, 31))
        if not date(1970, 1, 1) <= period.first <= period.last < date(9000, 1, 1):
            raise invalid("/to", "must not be before `from`, and both in the years 1970 to 8999")
        return json_answer(ReportView.of(report(session, actor, period)))

    return await asks.answer(work)
