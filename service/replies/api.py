"""The JSON door of replies."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import (
    EditConflict,
    Invalid,
    InvalidTransition,
    NotAllowed,
    NotFound,
    NotReady,
    NotSignedIn,
    Problem,
    RateLimited,
    Silenced,
)
from service.kit.kept import Terms, of_thread
from service.replies import operations, queries
from service.replies.errors import ParentNotAvailable
from service.replies.queries import ReplySeen
from service.replies.schemas import EditReply, PostReply, ReplyView, reply_members, to_drafted, to_written
from service.screening.errors import AlreadyPosted, Rejected
from service.threads.errors import ThreadIsClosed
from service.threads.queries import find_thread, get_thread, hold_thread
from service.threads.queries.reactions import own_in_thread
from service.threads.schemas.revisions import ReplyRevisionView
from service.web.answers import Answer, created, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, IfNoneMatch, wanted_version, with_etag
from service.web.keeping import Drawing
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["replies"])
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]
ReplyId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The reply's id.")]
RevisionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of an earlier text, from 1.")]


def show(session: Session, actor: Actor, found: ReplySeen, slug: str, if_none_match: str | None = None) -> Answer:
    """The answer that shows one reply, with its ETag."""
    own = own_in_thread(session, actor, found.reply.thread_id, [found.reply.reactions])
    members = reply_members(found, slug, own.get(found.id, ()))
    return with_etag(json_answer(members), found.reply.version, if_none_match)


@router.get(
    "/threads/{thread_id}/replies",
    operation_id="list_replies",
    response_model=Page[ReplyView],
    responses=declare(NotFound, Invalid, NotReady),
)
async def list_replies(
    thread_id: ThreadId,
    asks: Asking,
    after: Annotated[int | None, Query(ge=0, le=2**31 - 1, description="A number: what comes past it.")] = None,
    order: Literal["oldest", "newest"] = "oldest",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """The replies of a thread by number. `after` starts past a number; `cursor` goes on from the page before.

    Held replies, which have no number yet, stand behind all others, for their authors and moderators alone.
    """
    newest = order == "newest"

    def work(session: Session, actor: Actor, drawing: Drawing | None) -> tuple[Answer, Terms | None]:
        thread = find_thread(session, actor, thread_id)
        actor, slug = actor.within(thread.category_id), thread.slug
        key = from_cursor(cursor, 1)
        start = key[0] if key else after if after is not None else (queries.END if newest else 0)
        rows = queries.list_replies(session, actor, thread_id, after=start, limit=limit, descending=newest)
        path = f"/api/v1/threads/{thread_id}/replies"
        own = own_in_thread(session, actor, thread_id, (row.reply.reactions for row in rows))
        answer = page_answer(
            rows, limit, queries.sort_key, lambda row: reply_members(row, slug, own.get(row.id, ())), path, order=order
        )
        return answer, drawing.terms([of_thread(thread_id)]) if drawing else None

    return await asks.draw(work)


@router.post(
    "/threads/{thread_id}/replies",
    operation_id="post_reply",
    status_code=201,
    response_model=ReplyView,
    responses=declare(
        NotFound,
        NotSignedIn,
        Silenced,
        NotAllowed,
        Invalid,
        ThreadIsClosed,
        ParentNotAvailable,
        AlreadyPosted,
        RateLimited,
        Rejected,
        NotReady,
    ),
)
async def post_reply(thread_id: ThreadId, draft: Deferred[PostReply], asks: Asking) -> Response:
    """Reply to a thread. In a closed one only moderators may, and who began before it closed while the site's grace
    lasts; the reply says `posted_while_closed`. In slow mode a member waits between two replies. The site's rules may
    have it wait for a moderator (`moderation: pending`) or refuse it.
    """
    ready = await asks.prepare_text(to_drafted, draft)

    def work(session: Session, actor: Actor) -> Answer | Problem:
        seen = hold_thread(session, actor, thread_id)
        reply = operations.post_reply(session, actor, seen, ready, asks.sender())
        if isinstance(reply, Rejected):
            return reply
        members = reply_members(queries.just_posted(actor, reply), seen.thread.slug)
        return with_etag(created(members, f"/api/v1/replies/{reply.id}"), reply.version)

    return await asks.write(work)


@router.get(
    "/replies/{reply_id}", operation_id="get_reply", response_model=ReplyView, responses=declare(NotFound, NotReady)
)
async def get_reply(reply_id: ReplyId, asks: Asking, if_none_match: IfNoneMatch = None) -> Response:
    """One reply."""

    def work(session: Session, actor: Actor) -> Answer:
        found = queries.get_reply(session, actor, reply_id)
        slug = get_thread(session, actor, found.reply.thread_id).thread.slug
        return show(session, actor, found, slug, if_none_match)

    return await asks.answer(work)


@router.patch(
    "/replies/{reply_id}",
    operation_id="edit_reply",
    response_model=ReplyView,
    responses=declare(
        NotFound, NotSignedIn, Silenced, NotAllowed, Invalid, ThreadIsClosed, EditConflict, Rejected, NotReady
    ),
)
async def edit_reply(reply_id: ReplyId, draft: Deferred[EditReply], asks: Asking, if_match: IfMatch = None) -> Response:
    """Change a reply's text: its author, or a moderator. The site's rules may have an author's new text wait for a
    moderator (`pending_edit`; the answer has the old text, which everybody reads meanwhile), or refuse it.
    """
    text = await asks.prepare_text(to_written, draft)

    def work(session: Session, actor: Actor) -> Answer | Problem:
        seen, found = queries.lock_reply(session, actor, reply_id)
        edited = operations.edit_reply(session, actor, seen, found, text, wanted_version(if_match), asks.sender())
        if isinstance(edited, Rejected):
            return edited
        return show(session, actor, queries.get_reply(session, actor, reply_id), seen.thread.slug)

    return await asks.write(work)


@router.delete(
    "/replies/{reply_id}",
    operation_id="delete_reply",
    status_code=204,
    responses=declare(
        NotFound, NotSignedIn, NotAllowed, Invalid, ThreadIsClosed, EditConflict, InvalidTransition, NotReady
    ),
)
async def delete_reply(reply_id: ReplyId, asks: Asking, if_match: IfMatch = None) -> Response:
    """Delete a reply: its author, or a moderator. Where others answered it, a stub stays in the list."""

    def work(session: Session, actor: Actor) -> Answer:
        seen, found = queries.lock_reply(session, actor, reply_id)
        operations.delete_reply(session, actor, seen, found, wanted_version(if_match))
        return no_content()

    return await asks.write(work)


@router.get(
    "/replies/{reply_id}/revisions",
    operation_id="list_reply_revisions",
    response_model=Page[ReplyRevisionView],
    responses=declare(NotFound, Invalid, NotReady),
)
async def list_reply_revisions(reply_id: ReplyId, asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """The texts that a reply has had, newest first; the first of all is the one that is shown now."""

    def work(session: Session, actor: Actor) -> Answer:
        found = queries.get_reply(session, actor, reply_id)
        if found.is_stub:
            raise NotFound("There is no such reply")
        before = from_cursor(cursor, 1)
        rows = queries.list_revisions(session, actor, found, before[0] if before else None, limit)
        path = f"/api/v1/replies/{reply_id}/revisions"
        return page_answer(rows, limit, lambda row: (row.number,), ReplyRevisionView.of, path)

    return await asks.answer(work)


@router.delete(
    "/replies/{reply_id}/revisions/{number}",
    operation_id="redact_reply_revision",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def redact_reply_revision(reply_id: ReplyId, number: RevisionNumber, asks: Asking) -> Response:
    """Remove the words of an earlier text for good: moderators. That there was one, whose and when, stays."""

    def work(session: Session, actor: Actor) -> Answer:
        seen, found = queries.lock_reply(session, actor, reply_id)
        operations.redact_reply(session, actor, seen, found, number)
        return no_content()

    return await asks.write(work)
