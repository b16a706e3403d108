"""The JSON door of the site's settings."""

from fastapi import APIRouter, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, NotAllowed, NotReady, NotSignedIn, PreconditionRequired
from service.site import operations, queries
from service.site.schemas import ChangeSite, SiteView
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, IfNoneMatch, required_version, with_etag
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["site"])


@router.get("/site", operation_id="get_site", response_model=SiteView, responses=declare(NotReady))
async def get_site(asks: Asking, if_none_match: IfNoneMatch = None) -> Response:
    """The site's settings, readable by everybody."""

    def work(session: Session, actor: Actor) -> Answer:
        site = queries.get_site(session)
        return with_etag(json_answer(SiteView.of(site)), site.version, if_none_match)

    return await asks.answer(work)


@router.patch(
    "/site",
    operation_id="change_site",
    response_model=SiteView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, EditConflict, PreconditionRequired, NotReady),
)
async def change_site(draft: Deferred[ChangeSite], asks: Asking, if_match: IfMatch = None) -> Response:
    """Change settings (admins). `If-Match` is required; a closing policy acts on existing threads at once."""
    changes = draft if isinstance(draft, Invalid) else draft.changes()

    def work(session: Session, actor: Actor) -> Answer:
        site = operations.change_site(session, actor, changes, required_version(if_match))
        return with_etag(json_answer(SiteView.of(site)), site.version)

    return await asks.write(work)
