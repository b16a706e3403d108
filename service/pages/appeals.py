"""`/mod/appeals`: the appeals that wait for a moderator, each with its decision and the form that decides it."""

from typing import Final

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor, check_moderates_some
from service.kit.database import Session
from service.kit.errors import NotAllowed, Problem
from service.moderation.models import OPEN
from service.moderation.operations.appealing import check_may_decide, decide_appeal
from service.moderation.queries.appeals import AppealSeen, list_appeals
from service.moderation.queries.reasons import name_of
from service.moderation.schemas.appeals import DecideAppeal, to_verdict
from service.pages import forms, queue_frame, stating
from service.pages.frame import Frame, around
from service.pages.queue_place import APPEALS, Place
from service.pages.rendering import page
from service.pages.views.frame import Form, Person
from service.pages.views.statements import AppealCase, AppealsPage
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute
from service.web.paging import from_cursor, to_cursor

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/mod/appeals"
PAGE_SIZE: Final = 20
NOTICES: Final = {
    "reversed": "Granted: the decision is taken back, and who appealed is told.",
    "upheld": "The decision stands, and who appealed is told.",
}
LABELS: Final = {"reason": "What you answer"}


@router.get(HERE)
async def show_appeals(asks: Asking, after: str | None = None, done: str = "") -> Response:
    """What waits, the longest first."""
    return await _show(asks, after, notice=NOTICES.get(done))


@router.post(HERE)
async def decide(request: Request, asks: Asking, after: str | None = None) -> Response:
    """Decide one appeal; 303 to the list."""
    sent = await forms.read(request)
    fields = {"outcome": sent.deed, "reason": sent.value("reason"), "version": sent.number("version")}
    verdict = to_verdict(sent.model(DecideAppeal, fields))

    def work(session: Session, actor: Actor) -> Answer:
        decide_appeal(session, actor, sent.number("appeal") or 0, verdict)
        return see_other(f"{HERE}?done={sent.deed}#queue")

    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    return await _show(asks, after, refused=(sent, outcome))


async def _show(
    asks: Asks, after: str | None, *, notice: str | None = None, refused: tuple[forms.Sent, Problem] | None = None
) -> Response:
    problem = refused[1] if refused else None

    def load(session: Session, actor: Actor) -> tuple[Frame, AppealsPage]:
        check_moderates_some(actor)
        rows = list_appeals(session, actor, OPEN, from_cursor(after, 2), PAGE_SIZE)
        shown = rows[:PAGE_SIZE]
        cases = tuple(_case(session, actor, seen, _form_of(seen, refused)) for seen in shown)
        there = refused is None or any(_is_about(refused[0], seen) for seen in shown)
        return around(session, actor, "/mod/queue"), AppealsPage(
            tabs=queue_frame.tabs_of(session, actor, Place(APPEALS)),
            cases=cases,
            notice=notice if there else None,
            refusal=forms.fresh() if refused is None or there else refused[0].again(problem, labels=LABELS),
            next_url=f"{HERE}?after={to_cursor(shown[-1].key)}" if len(rows) > PAGE_SIZE else None,
        )

    framed, view = await asks.read(load)
    return page("appeals.html", framed, view, status=problem.status if problem else 200)


def _is_about(sent: forms.Sent, seen: AppealSeen) -> bool:
    return sent.number("appeal") == seen.id


def _form_of(seen: AppealSeen, refused: tuple[forms.Sent, Problem] | None) -> Form:
    if refused is None or not _is_about(refused[0], seen):
        return forms.fresh()
    return refused[0].again(refused[1], labels=LABELS)


def _case(session: Session, actor: Actor, seen: AppealSeen, form: Form) -> AppealCase:
    statement, barred, alone = seen.statement, "", False
    try:
        alone = check_may_decide(session, actor, seen)
    except NotAllowed as problem:
        barred = problem.detail
    return AppealCase(
        id=seen.id,
        url=statement.url,
        what=name_of(statement),
        person=Person(statement.person.username, statement.person.shown_name),
        at=seen.appeal.made_at,
        body=seen.appeal.body,
        statement=stating.shown(statement, inside=True),
        form=form,
        version=seen.appeal.version,
        barred=barred,
        alone=alone,
    )
