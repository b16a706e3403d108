"""The JSON door of threads."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from service.accounts.current import Asking
from service.categories.queries import default_category, get_category
from service.kit.actor import Actor, check_signed_in
from service.kit.clock import now
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
    settled,
)
from service.kit.kept import LISTS, Terms, of_thread
from service.screening.errors import AlreadyPosted, Rejected
from service.tags.schemas import TagView, tag_url
from service.threads import operations, queries
from service.threads.errors import ThreadIsClosed
from service.threads.policy.turns import NO_TURN
from service.threads.queries import ThreadSeen
from service.threads.queries import tags as tag_queries
from service.threads.queries.lists import Filters, sort_key
from service.threads.queries.moments import moments_of, moments_of_list
from service.threads.queries.reactions import own_of_openings
from service.threads.queries.tags import TagUse
from service.threads.queries.turns import turn_of, turns_of
from service.threads.schemas import (
    EditThread,
    OpenThread,
    Preview,
    PreviewView,
    ThreadView,
    thread_members,
    to_opening,
    to_preview,
    to_rewording,
)
from service.threads.schemas.revisions import ThreadRevisionView
from service.web.answers import Answer, created, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, IfNoneMatch, etag, wanted_version, with_etag
from service.web.keeping import Drawing
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["threads"])
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]
RevisionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of an earlier text, from 1.")]


def show(session: Session, actor: Actor, seen: ThreadSeen, if_none_match: str | None = None) -> Answer:
    """The answer that shows one thread, with its ETag."""
    mine, turn = own_of_openings(session, actor, [seen]).get(seen.id, ()), turn_of(session, actor, seen)
    members = thread_members(seen, actor, now(session), mine, turn)
    return with_etag(json_answer(members), seen.thread.version, if_none_match)


@router.get(
    "/threads",
    operation_id="list_threads",
    response_model=Page[ThreadView],
    responses=declare(NotFound, Invalid, NotReady),
)
async def list_threads(
    asks: Asking,
    category: Annotated[str | None, Query(max_length=60)] = None,
    author: Annotated[str | None, Query(max_length=30)] = None,
    tag: Annotated[str | None, Query(max_length=80, description="A tag's slug, or its name.")] = None,
    state: Literal["open", "closed", "archived"] | None = None,
    sort: Literal["active", "new", "top"] = "active",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Threads that you may see: by last activity, by age, or by the number of replies. By activity, the pinned ones
    of the category, or of all threads, stand first.
    """

    def work(session: Session, actor: Actor, drawing: Drawing | None) -> tuple[Answer, Terms | None]:
        within = get_category(session, actor, category).id if category else None
        filters = Filters(within, author, state, tag, sort, pins=True)
        rows = queries.list_threads(session, actor, filters, from_cursor(cursor, 2), limit)
        at, own, turns = now(session), own_of_openings(session, actor, rows), turns_of(session, actor, rows)
        # Which threads are open changes without an event of those that are not in the list.
        terms = drawing.terms([LISTS], moments_of_list(session, rows)) if drawing and state is None else None
        answer = page_answer(
            rows, limit, lambda seen: sort_key(seen, sort),
            lambda seen: thread_members(seen, actor, at, own.get(seen.id, ()), turns.get(seen.id, NO_TURN)),
            "/api/v1/threads", category=category, author=author, tag=tag, state=state, sort=sort,
        )  # fmt: skip
        return answer, terms

    return await asks.draw(work)


@router.get("/tags", operation_id="list_tags", response_model=Page[TagView], responses=declare(Invalid, NotReady))
async def list_tags(
    asks: Asking,
    q: Annotated[str, Query(max_length=30, description="How the tag begins, in any spelling.")] = "",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Tags of threads that you may see, the most used first."""

    def work(session: Session, actor: Actor) -> Answer:
        rows = tag_queries.list_tags(session, actor, from_cursor(cursor, 2), limit, prefix=q)
        return page_answer(rows, limit, lambda tag: tag.key, tag_view, "/api/v1/tags", q=q or None)

    return await asks.answer(work)


def tag_view(tag: TagUse) -> TagView:
    """The wire form of a tag."""
    return TagView(name=tag.name, slug=tag.slug, thread_count=tag.thread_count, url=tag_url(tag.name))


@router.post(
    "/threads",
    operation_id="open_thread",
    status_code=201,
    response_model=ThreadView,
    responses=declare(
        NotFound, NotSignedIn, Silenced, NotAllowed, Invalid, AlreadyPosted, RateLimited, Rejected, NotReady
    ),
)
async def open_thread(draft: Deferred[OpenThread], asks: Asking) -> Response:
    """Open a thread. `closing` may say when it will close. The site's rules may have it wait for a moderator
    (`moderation: pending`) or refuse it.
    """
    opening = await asks.prepare_text(to_opening, draft)
    slug = None if isinstance(draft, Invalid) else draft.category

    def work(session: Session, actor: Actor) -> Answer | Problem:
        category = get_category(session, actor, slug) if slug else default_category(session, actor)
        thread = operations.open_thread(session, actor, category, opening, asks.sender())
        if isinstance(thread, Rejected):
            return thread
        view = ThreadView.of(queries.get_thread(session, actor, thread.id or 0), actor, now(session))
        tag = etag(view.version, view.model_dump_json().encode())
        return created(view, f"/api/v1/threads/{view.id}", ETag=tag)

    return await asks.write(work)


@router.post(
    "/preview",
    operation_id="preview_text",
    response_model=PreviewView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def preview_text(draft: Deferred[Preview], asks: Asking) -> Response:
    """Show a text as a post of it would be shown; nothing is stored."""
    drawn = await asks.prepare_text(to_preview, draft)

    def work(session: Session, actor: Actor) -> Answer:
        check_signed_in(actor)
        return json_answer(settled(drawn))

    return await asks.write(work)  # nothing to store but the answer to an Idempotency-Key, if there is one


@router.get(
    "/threads/{thread_id}",
    operation_id="get_thread",
    response_model=ThreadView,
    responses=declare(NotFound, NotReady),
)
async def get_thread(thread_id: ThreadId, asks: Asking, if_none_match: IfNoneMatch = None) -> Response:
    """One thread: its text, its state, and whether you may reply."""

    def work(session: Session, actor: Actor, drawing: Drawing | None) -> tuple[Answer, Terms | None]:
        seen = queries.read_thread(session, actor, thread_id)
        terms = drawing.terms([of_thread(seen.id)], moments_of(seen)) if drawing else None
        return show(session, actor, seen, if_none_match), terms

    return await asks.draw(work)


@router.patch(
    "/threads/{thread_id}",
    operation_id="edit_thread",
    response_model=ThreadView,
    responses=declare(
        NotFound, NotSignedIn, Silenced, NotAllowed, Invalid, ThreadIsClosed, EditConflict, Rejected, NotReady
    ),
)
async def edit_thread(
    thread_id: ThreadId, draft: Deferred[EditThread], asks: Asking, if_match: IfMatch = None
) -> Response:
    """Change the title, the text, the tags or the sources: its author, or a moderator. The site's rules may have what
    an author changes wait for a moderator (`pending_edit`; the answer is the thread as it was), or refuse it.
    """
    rewording = await asks.prepare_text(to_rewording, draft)

    def work(session: Session, actor: Actor) -> Answer | Problem:
        seen = queries.lock_thread(session, actor, thread_id)
        edited = operations.edit_thread(session, actor, seen, rewording, wanted_version(if_match), asks.sender())
        return edited if isinstance(edited, Rejected) else show(session, actor, seen)

    return await asks.write(work)


@router.delete(
    "/threads/{thread_id}",
    operation_id="delete_thread",
    status_code=204,
    responses=declare(
        NotFound, NotSignedIn, NotAllowed, Invalid, ThreadIsClosed, EditConflict, InvalidTransition, NotReady
    ),
)
async def delete_thread(thread_id: ThreadId, asks: Asking, if_match: IfMatch = None) -> Response:
    """Delete a thread: a moderator, or its author while nobody has replied."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = queries.lock_thread(session, actor, thread_id)
        operations.delete_thread(session, actor, seen, wanted_version(if_match))
        return no_content()

    return await asks.write(work)


@router.get(
    "/threads/{thread_id}/revisions",
    operation_id="list_thread_revisions",
    response_model=Page[ThreadRevisionView],
    responses=declare(NotFound, Invalid, NotReady),
)
async def list_thread_revisions(
    thread_id: ThreadId, asks: Asking, limit: Limit = 20, cursor: Cursor = None
) -> Response:
    """The texts that a thread has had, newest first; the first of all is the one that is shown now."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = queries.get_thread(session, actor, thread_id)
        before = from_cursor(cursor, 1)
        rows = queries.list_revisions(session, actor, seen, before[0] if before else None, limit)
        path = f"/api/v1/threads/{thread_id}/revisions"
        return page_answer(rows, limit, lambda row: (row.number,), ThreadRevisionView.of, path)

    return await asks.answer(work)


@router.delete(
    "/threads/{thread_id}/revisions/{number}",
    operation_id="redact_thread_revision",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def redact_thread_revision(thread_id: ThreadId, number: RevisionNumber, asks: Asking) -> Response:
    """Remove the words of an earlier text for good: moderators. That there was one, whose and when, stays."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.redact_thread(session, actor, queries.lock_thread(session, actor, thread_id), number)
        return no_content()

    return await asks.write(work)
