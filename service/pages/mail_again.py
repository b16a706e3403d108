"""The button of the banner that every page of somebody has whose mail came back: send it again."""

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.notifications.operations import choose_mail
from service.pages import forms
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)


@router.post("/mail-again")
async def mail_again(request: Request, asks: Asking) -> Response:
    """Let mail come again, then the page that the reader was on. If it comes back once more, so does the banner."""
    sent = await forms.read(request)

    def work(session: Session, actor: Actor) -> Answer:
        choose_mail(session, actor, True)
        return see_other(forms.local_path(sent.value("next")))

    return await asks.write(work)
