"""The JSON door of staff notes: what moderators tell each other about a review or a person."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.accounts.queries import get_account
from service.kit.actor import Actor, check_moderates, check_moderates_some
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation import operations, queries
from service.moderation.api.reviews import ReviewId
from service.moderation.policy import check_reads_notes
from service.moderation.queries import NoteSeen
from service.moderation.schemas import MakeNote, NoteView, to_note
from service.web.answers import Answer, created
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
Username = Annotated[str, Path(max_length=30, description="The person's username.")]


@router.get(
    "/reviews/{review_id}/notes",
    operation_id="list_review_notes",
    response_model=Page[NoteView],
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, NotReady),
)
async def list_review_notes(review_id: ReviewId, asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """What moderators noted at a review, the oldest first: moderators, and moderators of its category."""

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        queries.get_review(session, actor, review_id)
        rows = queries.notes_at(session, review_id, None, _after(cursor), limit)
        return _page(rows, limit, f"/api/v1/reviews/{review_id}/notes")

    return await asks.answer(work)


@router.post(
    "/reviews/{review_id}/notes",
    operation_id="note_review",
    status_code=201,
    response_model=NoteView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, NotReady),
)
async def note_review(review_id: ReviewId, draft: Deferred[MakeNote], asks: Asking) -> Response:
    """Leave a note at a review: moderators, and moderators of its category. Nobody else reads it."""
    body = to_note(draft)

    def work(session: Session, actor: Actor) -> Answer:
        view = NoteView.of(operations.note_review(session, actor, review_id, body))
        return created(view, f"/api/v1/reviews/{review_id}/notes")

    return await asks.write(work)


@router.get(
    "/accounts/{username}/notes",
    operation_id="list_account_notes",
    response_model=Page[NoteView],
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, NotReady),
)
async def list_account_notes(username: Username, asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """What moderators noted about a person, the oldest first: moderators of the whole site."""

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates(actor)
        account = get_account(session, actor, username)
        check_reads_notes(actor, account.id)
        rows = queries.notes_at(session, None, account.id, _after(cursor), limit)
        return _page(rows, limit, f"/api/v1/accounts/{account.username}/notes")

    return await asks.answer(work)


@router.post(
    "/accounts/{username}/notes",
    operation_id="note_account",
    status_code=201,
    response_model=NoteView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, NotReady),
)
async def note_account(username: Username, draft: Deferred[MakeNote], asks: Asking) -> Response:
    """Leave a note about a person: moderators of the whole site. Neither they nor anybody else reads it."""
    body = to_note(draft)

    def work(session: Session, actor: Actor) -> Answer:
        view = NoteView.of(operations.note_account(session, actor, username, body))
        return created(view, f"/api/v1/accounts/{username}/notes")

    return await asks.write(work)


def _after(cursor: str | None) -> int:
    key = from_cursor(cursor, 1)
    return key[0] if key else 0


def _page(rows: Sequence[NoteSeen], limit: int, path: str) -> Answer:
    return page_answer(rows, limit, lambda seen: (seen.note.id or 0,), NoteView.of, path)
