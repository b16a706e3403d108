"""The JSON door of moderation: what waits, and what is decided about it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from service.accounts.current import Asking
from service.accounts.queries import get_account
from service.categories.queries import get_category
from service.kit.actor import Actor, check_moderates_some
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, InvalidTransition, NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation import operations, queries
from service.moderation.errors import Claimed, StaleDecision
from service.moderation.queries import PostSeen, Sought
from service.moderation.schemas import Decide, FlagReason, Moderate, ReviewView, to_decision
from service.site.schemas import WireInstant
from service.threads.errors import ThreadIsClosed
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, IfNoneMatch, wanted_version, with_etag
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
ReviewId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The review's id.")]
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]
ReplyId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The reply's id.")]


def show(seen: PostSeen, if_none_match: str | None = None) -> Answer:
    """The answer that shows a review, with its ETag."""
    view = ReviewView.of(seen)
    return with_etag(json_answer(view), view.version, if_none_match)


@router.get(
    "/reviews",
    operation_id="list_reviews",
    response_model=Page[ReviewView],
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, NotReady),
)
async def list_reviews(
    asks: Asking,
    state: Annotated[
        Literal["open", "waiting", "flagged", "decided"] | None,
        Query(
            description="`open`: what can be decided now; of these `waiting`: posts and edits that nobody reads before "
            "they are approved, `flagged`: posts with flags that are not resolved."
        ),
    ] = None,
    category: Annotated[str | None, Query(max_length=60)] = None,
    reason: Annotated[FlagReason | None, Query(description="Posts that were flagged for this.")] = None,
    rule: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="Posts that this rule held.")] = None,
    author: Annotated[str | None, Query(max_length=30, description="A username.")] = None,
    opened_before: Annotated[
        WireInstant | None, Query(description="What waits since before this instant (RFC 3339).")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Posts under review, what waits longest first: moderators, and moderators of a category those of theirs."""
    named = {"state": state, "category": category, "reason": reason, "rule": rule, "author": author}
    named |= {"opened_before": opened_before.isoformat() if opened_before else None}

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        sought = Sought(
            state=state,
            category_id=get_category(session, actor, category).id if category else None,
            reason=reason,
            rule_id=rule,
            author_id=get_account(session, actor, author).id if author else None,
            opened_before=opened_before,
        )
        rows = queries.list_reviews(session, actor, sought, from_cursor(cursor, 2), limit)
        return page_answer(rows, limit, queries.review_key, ReviewView.of, "/api/v1/reviews", **named)

    return await asks.answer(work)


@router.get(
    "/reviews/{review_id}",
    operation_id="get_review",
    response_model=ReviewView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, NotReady),
)
async def get_review(review_id: ReviewId, asks: Asking, if_none_match: IfNoneMatch = None) -> Response:
    """One review: moderators."""

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        return show(queries.get_review(session, actor, review_id), if_none_match)

    return await asks.answer(work)


@router.put(
    "/reviews/{review_id}/decision",
    operation_id="decide_review",
    response_model=ReviewView,
    responses=declare(
        NotSignedIn,
        NotAllowed,
        NotFound,
        Invalid,
        EditConflict,
        StaleDecision,
        Claimed,
        ThreadIsClosed,
        InvalidTransition,
        NotReady,
    ),
)
async def decide_review(
    review_id: ReviewId, draft: Deferred[Decide], asks: Asking, if_match: IfMatch = None
) -> Response:
    """Decide about the post: moderators. `version` is that of the review you looked at; of two who decide, one does."""
    decision = to_decision(draft)

    def work(session: Session, actor: Actor) -> Answer:
        return show(operations.decide_review(session, actor, review_id, decision, wanted_version(if_match)))

    return await asks.write(work)


@router.put(
    "/threads/{thread_id}/moderation",
    operation_id="moderate_thread",
    response_model=ReviewView,
    responses=declare(
        NotFound,
        NotSignedIn,
        NotAllowed,
        Invalid,
        StaleDecision,
        Claimed,
        ThreadIsClosed,
        EditConflict,
        InvalidTransition,
        NotReady,
    ),
)
async def moderate_thread(
    thread_id: ThreadId, draft: Deferred[Moderate], asks: Asking, if_match: IfMatch = None
) -> Response:
    """Hide, restore, trash … a thread: moderators. The answer is its review."""
    decision = to_decision(draft)

    def work(session: Session, actor: Actor) -> Answer:
        return show(operations.moderate(session, actor, thread_id, None, decision, wanted_version(if_match)))

    return await asks.write(work)


@router.put(
    "/replies/{reply_id}/moderation",
    operation_id="moderate_reply",
    response_model=ReviewView,
    responses=declare(
        NotFound,
        NotSignedIn,
        NotAllowed,
        Invalid,
        StaleDecision,
        Claimed,
        ThreadIsClosed,
        EditConflict,
        InvalidTransition,
        NotReady,
    ),
)
async def moderate_reply(
    reply_id: ReplyId, draft: Deferred[Moderate], asks: Asking, if_match: IfMatch = None
) -> Response:
    """Hide, restore, trash … a reply: moderators. The answer is its review."""
    decision = to_decision(draft)

    def work(session: Session, actor: Actor) -> Answer:
        return show(operations.moderate(session, actor, None, reply_id, decision, wanted_version(if_match)))

    return await asks.write(work)
