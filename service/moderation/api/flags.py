"""The JSON door of flags: readers raise them, moderators read them."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor, check_moderates, check_moderates_some
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn, RateLimited, Silenced
from service.moderation.errors import AlreadyFlagged, NotPublished
from service.moderation.operations.flagging import Raised, raise_flag
from service.moderation.policy import may_name_flaggers
from service.moderation.queries import get_review
from service.moderation.queries.flags import list_flags
from service.moderation.schemas.flags import FlagOfPostView, FlagView, RaiseFlag, to_complaint
from service.replies.queries import lock_reply
from service.threads.queries import lock_thread
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]
ReplyId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The reply's id.")]
ReviewId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The review's id.")]
PROBLEMS = declare(
    NotFound, NotSignedIn, Silenced, NotAllowed, Invalid, NotPublished, AlreadyFlagged, RateLimited, NotReady
)
RAISED: dict[int | str, dict[str, Any]] = {
    200: {"model": FlagView, "description": "You have flagged this already: your first flag, as it was."}
}


def show(raised: Raised) -> Answer:
    """201 and the new flag with the limit's headers; 200 and the one that there was."""
    answer = json_answer(FlagView.of(raised.flag), 201 if raised.is_new else 200)
    return replace(answer, headers=answer.headers | raised.headers)


@router.post(
    "/threads/{thread_id}/flags",
    operation_id="flag_thread",
    status_code=201,
    response_model=FlagView,
    responses={**PROBLEMS, **RAISED},
)
async def flag_thread(thread_id: ThreadId, draft: Deferred[RaiseFlag], asks: Asking) -> Response:
    """Tell moderators that a thread's opening breaks the rules; who wrote it never learns who did.

    Flagging it again while nobody has decided gives your first flag, 200. Where flags weigh enough the post is hidden
    at once, until a moderator looks.
    """
    complaint = to_complaint(draft)

    def work(session: Session, actor: Actor) -> Answer:
        return show(raise_flag(session, actor, lock_thread(session, actor, thread_id), None, complaint))

    return await asks.write(work)


@router.post(
    "/replies/{reply_id}/flags",
    operation_id="flag_reply",
    status_code=201,
    response_model=FlagView,
    responses={**PROBLEMS, **RAISED},
)
async def flag_reply(reply_id: ReplyId, draft: Deferred[RaiseFlag], asks: Asking) -> Response:
    """Tell moderators that a reply breaks the rules; as with a thread."""
    complaint = to_complaint(draft)

    def work(session: Session, actor: Actor) -> Answer:
        return show(raise_flag(session, actor, *lock_reply(session, actor, reply_id), complaint))

    return await asks.write(work)


@router.get(
    "/reviews/{review_id}/flags",
    operation_id="list_flags",
    response_model=Page[FlagOfPostView],
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, NotReady),
)
async def list_flags_of_review(review_id: ReviewId, asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """The flags of a post under review, also those decided about, the newest first: moderators.

    A moderator who wrote the post is not told who flagged it.
    """

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        seen = get_review(session, actor, review_id)
        check_moderates(actor, seen.category.id)
        key = from_cursor(cursor, 1)
        rows = list_flags(session, (seen.thread_id, seen.reply_id), key[0] if key else None, limit)
        named = may_name_flaggers(actor, seen.post)
        return page_answer(
            rows,
            limit,
            lambda row: (row.flag.id or 0,),
            lambda row: FlagOfPostView.seen(row, named=named),
            f"/api/v1/reviews/{review_id}/flags",
        )

    return await asks.answer(work)
