"""`/t/{id}/{slug}/delete`, `/t/{id}/replies/{number}/delete` and `/t/{id}/waiting/{reply id}/delete`: ask once, then
delete.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Problem
from service.pages import forms, thread_views
from service.pages.addressed import Addressed
from service.pages.frame import Frame, around
from service.pages.rendering import page, trusted
from service.pages.views.frame import Form
from service.pages.views.thread import DeletePage
from service.replies import operations as reply_operations
from service.replies import policy as reply_policy
from service.replies import queries as reply_queries
from service.replies.models import Reply
from service.threads import operations, policy
from service.threads.queries import get_thread, lock_thread
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
ReplyId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Ask = Callable[[Session, Actor, Form], DeletePage]
NOTHING = forms.Sent({}, None)


def _thread(thread_id: int, *, check: bool = True) -> Ask:
    def ask(session: Session, actor: Actor, form: Form) -> DeletePage:
        seen = get_thread(session, actor, thread_id)
        if check:
            policy.check_may_delete(actor, seen.thread)
        count = seen.thread.reply_count
        gone = f" Its {count} replies go with it." if count > 1 else " Its one reply goes with it." if count else ""
        what, body = f"“{seen.thread.title}”", trusted(seen.thread.body_html)
        return DeletePage(form, what, f"The thread leaves the site.{gone}", body, thread_views.thread_url(seen))

    return ask


def _reply(which: Addressed, *, check: bool = True) -> Ask:
    def ask(session: Session, actor: Actor, form: Form) -> DeletePage:
        seen, found = which.find(session, actor)
        reply = found.reply
        if check:
            reply_policy.check_may_delete(actor.within(seen.thread.category_id), reply)
        back = thread_views.shown_url(seen, reply)
        return DeletePage(form, which.words, _consequence(reply), trusted(reply.body_html), back)

    return ask


def _consequence(reply: Reply) -> str:
    if reply.child_count:
        return "Others have answered it, so a line that says it was deleted stays in its place."
    gone = "It leaves the thread"
    return f"{gone}." if reply.number is None else f"{gone}; its number is not used again."


@router.get("/t/{thread_id}/{slug}/delete")
async def ask_delete_thread(thread_id: ThreadId, asks: Asking) -> Response:
    """The question about a thread."""
    return await _show(asks, _thread(thread_id))


@router.get("/t/{thread_id}/replies/{number}/delete")
async def ask_delete_reply(thread_id: ThreadId, number: Number, asks: Asking) -> Response:
    """The question about a reply."""
    return await _show(asks, _reply(Addressed(thread_id, number)))


@router.get("/t/{thread_id}/waiting/{reply_id}/delete")
async def ask_delete_waiting(thread_id: ThreadId, reply_id: ReplyId, asks: Asking) -> Response:
    """The question about a reply that waits for a moderator."""
    return await _show(asks, _reply(Addressed(thread_id, reply_id=reply_id)))


@router.post("/t/{thread_id}/{slug}/delete")
async def delete_thread(request: Request, thread_id: ThreadId, asks: Asking) -> Response:
    """Delete the thread; 303 to its category."""
    sent = await forms.read(request)

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        operations.delete_thread(session, actor, seen, None)
        return see_other(f"/c/{seen.category.slug}")

    return await _deed(asks, _thread(thread_id, check=False), sent, work)


@router.post("/t/{thread_id}/replies/{number}/delete")
async def delete_reply(request: Request, thread_id: ThreadId, number: Number, asks: Asking) -> Response:
    """Delete the reply; 303 to where it stood."""
    return await _delete_reply(request, asks, Addressed(thread_id, number))


@router.post("/t/{thread_id}/waiting/{reply_id}/delete")
async def delete_waiting(request: Request, thread_id: ThreadId, reply_id: ReplyId, asks: Asking) -> Response:
    """Delete a reply that waits for a moderator; 303 to its thread."""
    return await _delete_reply(request, asks, Addressed(thread_id, reply_id=reply_id))


async def _delete_reply(request: Request, asks: Asks, which: Addressed) -> Response:
    sent = await forms.read(request)

    def work(session: Session, actor: Actor) -> Answer:
        seen, found = reply_queries.lock_reply(session, actor, which.find(session, actor)[1].id)
        reply_operations.delete_reply(session, actor, seen, found, None)
        number = found.reply.number or 1
        page_url = thread_views.page_url(thread_views.thread_url(seen), thread_views.page_of(number))
        return see_other(f"{page_url}#thoughts")

    return await _deed(asks, _reply(which, check=False), sent, work)


async def _deed(asks: Asks, ask: Ask, sent: forms.Sent, work: Callable[[Session, Actor], Answer]) -> Response:
    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, ask, sent, outcome)


async def _show(asks: Asks, ask: Ask, sent: forms.Sent = NOTHING, problem: Problem | None = None) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, DeletePage]:
        return around(session, actor, asks.request.url.path), ask(session, actor, sent.again(problem))

    framed, view = await asks.read(load)
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, None)
    return page("delete.html", framed, view, status=status, headers=headers)
