"""What another closing policy would do, before it is stored."""

from fastapi import APIRouter, Response

from service.accounts.current import Asking
from service.closing.queries import preview_policy
from service.closing.schemas.calendar import EffectView, PreviewPolicy
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["closing"])


@router.post(
    "/closings/preview",
    operation_id="preview_policy",
    response_model=EffectView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def preview(draft: Deferred[PreviewPolicy], asks: Asking) -> Response:
    """Which threads a closing policy would close, and which it would open, at once (admins). Nothing is stored."""
    slug, terms = (None, draft) if isinstance(draft, Invalid) else (draft.category, draft.columns())

    def work(session: Session, actor: Actor) -> Answer:
        return json_answer(EffectView.of(preview_policy(session, actor, slug, terms)))

    return await asks.answer(work)
