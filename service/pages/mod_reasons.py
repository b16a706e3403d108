"""`/mod/reasons`: the reasons that moderators give often. For moderators of the whole site."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor, check_moderates
from service.kit.database import Session
from service.kit.errors import Problem, invalid
from service.moderation.models import CannedReason
from service.moderation.operations import change_canned, delete_canned, make_canned
from service.moderation.queries import list_canned
from service.moderation.schemas import ChangeCanned, MakeCanned, to_wording
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.canned import CannedLine, CannedPage
from service.pages.views.frame import Form
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
NOTICES: Final = {"make": "Kept.", "change": "Saved.", "delete": "Deleted. What was said with it stays."}


@router.get("/mod/reasons")
async def show_reasons(asks: Asking, saved: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The page."""
    return await _show(asks, notice=NOTICES.get(saved))


@router.post("/mod/reasons")
async def act(request: Request, asks: Asking) -> Response:
    """Keep, change or delete a reason; 303 to the list."""
    sent = await forms.read(request)

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates(actor)
        do(session, actor, sent)
        return see_other(f"/mod/reasons?saved={sent.deed}")

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, sent=sent, problem=outcome)


def do(session: Session, actor: Actor, sent: forms.Sent) -> None:
    """What the button says. Raises Invalid for a button that the page does not have."""
    said = {"title": sent.values.get("title", ""), "body": sent.values.get("body", "")}
    canned_id, version = sent.number("canned") or 0, sent.number("version")
    if sent.deed == "make":
        make_canned(session, actor, to_wording(sent.model(MakeCanned, said)))
    elif sent.deed == "change":
        change_canned(session, actor, canned_id, to_wording(sent.model(ChangeCanned, said)), version)
    elif sent.deed == "delete":
        delete_canned(session, actor, canned_id, version)
    else:
        raise invalid("/do", "must be one of this page's buttons")


async def _show(
    asks: Asks, *, notice: str | None = None, sent: forms.Sent | None = None, problem: Problem | None = None
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, CannedPage]:
        check_moderates(actor)
        refused = sent.again(problem) if sent and problem else None
        about = (sent.number("canned") or 0) if sent else 0
        lines = tuple(
            CannedLine(row.id or 0, row.version, row.title, _form(row, refused if row.id == about else None))
            for row in list_canned(session)
        )
        is_new = refused is not None and about not in [line.id for line in lines]
        form = refused if refused and is_new else forms.fresh(notice=notice)
        return around(session, actor, "/mod/reasons"), CannedPage(lines, form)

    return page("mod_reasons.html", *await asks.read(load), status=problem.status if problem else 200)


def _form(row: CannedReason, refused: Form | None) -> Form:
    """The form of a reason that there is: with what was typed where it was refused."""
    return refused or forms.fresh({"title": row.title, "body": row.body})
