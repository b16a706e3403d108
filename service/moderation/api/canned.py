"""The JSON door of canned reasons: what moderators say often."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor, check_moderates_some
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation import operations, queries
from service.moderation.schemas import CannedView, ChangeCanned, MakeCanned, to_wording
from service.web.answers import Answer, created, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, IfNoneMatch, etag, wanted_version, with_etag
from service.web.paging import Page
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
ReasonId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The canned reason's id.")]


@router.get(
    "/moderation/reasons",
    operation_id="list_canned_reasons",
    response_model=Page[CannedView],
    responses=declare(NotSignedIn, NotAllowed, NotReady),
)
async def list_canned_reasons(asks: Asking) -> Response:
    """The reasons that moderators give often, by title: moderators. The list has one page."""

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        rows = queries.list_canned(session)
        return json_answer(Page(items=[CannedView.of(row) for row in rows], next=None))

    return await asks.answer(work)


@router.post(
    "/moderation/reasons",
    operation_id="make_canned_reason",
    status_code=201,
    response_model=CannedView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def make_canned_reason(draft: Deferred[MakeCanned], asks: Asking) -> Response:
    """Keep a reason that moderators give often: moderators of the whole site."""
    wording = to_wording(draft)

    def work(session: Session, actor: Actor) -> Answer:
        view = CannedView.of(operations.make_canned(session, actor, wording))
        tag = etag(view.version, view.model_dump_json().encode())
        return created(view, f"/api/v1/moderation/reasons/{view.id}", ETag=tag)

    return await asks.write(work)


@router.get(
    "/moderation/reasons/{reason_id}",
    operation_id="get_canned_reason",
    response_model=CannedView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, NotReady),
)
async def get_canned_reason(reason_id: ReasonId, asks: Asking, if_none_match: IfNoneMatch = None) -> Response:
    """One canned reason: moderators."""

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        found = queries.get_canned(session, reason_id)
        return with_etag(json_answer(CannedView.of(found)), found.version, if_none_match)

    return await asks.answer(work)


@router.patch(
    "/moderation/reasons/{reason_id}",
    operation_id="change_canned_reason",
    response_model=CannedView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, EditConflict, NotReady),
)
async def change_canned_reason(
    reason_id: ReasonId, draft: Deferred[ChangeCanned], asks: Asking, if_match: IfMatch = None
) -> Response:
    """Change a canned reason: moderators of the whole site. Decisions that were given it keep what they said."""
    wording = to_wording(draft)

    def work(session: Session, actor: Actor) -> Answer:
        found = operations.change_canned(session, actor, reason_id, wording, wanted_version(if_match))
        return with_etag(json_answer(CannedView.of(found)), found.version)

    return await asks.write(work)


@router.delete(
    "/moderation/reasons/{reason_id}",
    operation_id="delete_canned_reason",
    status_code=204,
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, EditConflict, NotReady),
)
async def delete_canned_reason(reason_id: ReasonId, asks: Asking, if_match: IfMatch = None) -> Response:
    """Delete a canned reason: moderators of the whole site. Decisions that were given it keep what they said."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.delete_canned(session, actor, reason_id, wanted_version(if_match))
        return no_content()

    return await asks.write(work)
