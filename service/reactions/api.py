"""The JSON door of reactions."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import NotAllowed, NotFound, NotReady, NotSignedIn, Silenced
from service.reactions import operations
from service.replies.queries import lock_reply
from service.replies.schemas import ReplyView
from service.threads.errors import ThreadIsClosed
from service.threads.queries import lock_thread
from service.threads.queries.reactions import own_in_thread, own_of_openings
from service.threads.queries.turns import turn_of
from service.threads.schemas import ThreadView
from service.web.answers import Answer, json_answer, no_content
from service.web.bodies import StrictRoute
from service.web.cache import with_etag
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["reactions"])
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]
ReplyId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The reply's id.")]
Name = Annotated[Literal["like", "thanks", "agree", "disagree", "funny"], Path(description="What you say of it.")]
PROBLEMS = declare(NotFound, NotSignedIn, Silenced, NotAllowed, ThreadIsClosed, NotReady)


@router.put(
    "/replies/{reply_id}/reactions/{name}", operation_id="react_to_reply", response_model=ReplyView, responses=PROBLEMS
)
async def react_to_reply(reply_id: ReplyId, name: Name, asks: Asking) -> Response:
    """React to somebody else's reply; nobody is told. The answer is the reply with its counts."""

    def work(session: Session, actor: Actor) -> Answer:
        seen, found = lock_reply(session, actor, reply_id)
        operations.react(session, actor, seen, found, name)
        own = own_in_thread(session, actor, seen.id, [found.reply.reactions])
        view = ReplyView.of(found, seen.thread.slug, own.get(found.id, ()))
        return with_etag(json_answer(view), found.reply.version)

    return await asks.write(work)


@router.delete(
    "/replies/{reply_id}/reactions/{name}",
    operation_id="take_back_reaction_to_reply",
    status_code=204,
    responses=PROBLEMS,
)
async def take_back_reaction_to_reply(reply_id: ReplyId, name: Name, asks: Asking) -> Response:
    """Take your reaction to a reply back."""

    def work(session: Session, actor: Actor) -> Answer:
        seen, found = lock_reply(session, actor, reply_id)
        operations.take_back(session, actor, seen, found, name)
        return no_content()

    return await asks.write(work)


@router.put(
    "/threads/{thread_id}/reactions/{name}",
    operation_id="react_to_thread",
    response_model=ThreadView,
    responses=PROBLEMS,
)
async def react_to_thread(thread_id: ThreadId, name: Name, asks: Asking) -> Response:
    """React to the opening of somebody else's thread; nobody is told. The answer is the thread with its counts."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        operations.react(session, actor, seen, None, name)
        mine = own_of_openings(session, actor, [seen]).get(seen.id, ())
        view = ThreadView.of(seen, actor, now(session), mine, turn_of(session, actor, seen))
        return with_etag(json_answer(view), seen.thread.version)

    return await asks.write(work)


@router.delete(
    "/threads/{thread_id}/reactions/{name}",
    operation_id="take_back_reaction_to_thread",
    status_code=204,
    responses=PROBLEMS,
)
async def take_back_reaction_to_thread(thread_id: ThreadId, name: Name, asks: Asking) -> Response:
    """Take your reaction to a thread's opening back."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        operations.take_back(session, actor, seen, None, name)
        return no_content()

    return await asks.write(work)
