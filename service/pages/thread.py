"""`/t/{id}/{slug}`: a thread, its replies, and the forms that reply, watch and close."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from markupsafe import Markup
from starlette.responses import RedirectResponse

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Problem
from service.notifications.operations import read_thread
from service.pages import (
    drafts,
    following,
    form_marks,
    forms,
    moderating,
    reply_form,
    thread_reactions,
    thread_views,
    waiting_edits,
)
from service.pages.asked import Asked
from service.pages.closing_panel import LABELS, change_closing
from service.pages.previews import preview
from service.pages.rendering import as_page, page
from service.pages.thread_load import Moved, Wanted, load
from service.pages.thread_moderation import is_of_moderators, moderators_deed
from service.replies import operations
from service.replies.schemas import PostReply, to_drafted
from service.subscriptions.operations import choose_level, give_up_choice
from service.threads import policy
from service.threads.queries import get_thread, hold_thread
from service.web import keeping
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/t/{thread_id}")
@router.get("/t/{thread_id}/{slug}")
async def show_thread(
    request: Request,
    thread_id: ThreadId,
    asks: Asking,
    slug: str = "",
    page: Annotated[int, Query(ge=1, le=10**9)] = 1,
    reply_to: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    react: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    post_anyway: bool = False,
    saved: str = "",
    quote: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    entry: Annotated[str, Query(pattern=r"^\d{0,18}$")] = "",
) -> Response:
    """The thread; 301 to its canonical address when the title in the address is another one."""
    decided = int(entry) if entry else None
    asked = Asked(page, reply_to, react, post_anyway, notice=saved, quote=quote, entry=decided)
    return await _show(asks, thread_id, asked, slug=slug)


@router.post("/t/{thread_id}/{slug}")
async def act(request: Request, thread_id: ThreadId, slug: str, asks: Asking) -> Response:
    """One of the page's forms; `do` says which: reply, preview, watch, mute, close, undo, reopen, policy, or a step
    of moderation.
    """
    sent = await forms.read(request)
    shown = request.query_params.get("page", "1")
    asked = Asked(
        page=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 10 and int(shown) else 1,
        reply_to=sent.number("answers"),
        anyway=bool(sent.value("anyway")),
        deed=sent.deed,
    )
    outcome: Response | Markup | Problem
    if sent.deed == "preview":
        outcome = await preview(asks, sent)
    elif sent.deed in ("", "reply"):
        outcome = await drafts.keep_refused(asks, thread_id, sent, await _reply(asks, thread_id, sent))
    elif sent.deed in following.DEEDS:
        outcome = await _follow(asks, thread_id, sent)
    elif sent.deed == "read":
        outcome = await _read(asks, thread_id, sent)
    elif is_of_moderators(sent):
        outcome = await moderators_deed(asks, thread_id, asked.page, sent)
    elif sent.deed == waiting_edits.WITHDRAW:
        outcome = await waiting_edits.withdraw_here(asks, thread_id, asked.page, sent)
    elif sent.deed == drafts.DISCARD:
        outcome = await drafts.discard_here(asks, thread_id, sent)
    elif thread_reactions.is_reaction(sent):
        outcome = await thread_reactions.react_here(asks, thread_id, sent)
    else:
        outcome = await change_closing(asks, thread_id, sent)
    if isinstance(outcome, Response):
        return outcome
    return await _again(asks, thread_id, asked, sent, outcome)


async def _again(asks: Asks, thread_id: int, asked: Asked, sent: forms.Sent, outcome: Problem | Markup) -> Response:
    """The same screen from a fresh read, with what was typed: refused, or with its preview."""
    problem = outcome if isinstance(outcome, Problem) else None
    kept = Asked(
        page=asked.page,
        reply_to=asked.reply_to,
        anyway=asked.anyway,
        deed="reply" if asked.deed in ("", "preview") else asked.deed,
        form=sent.again(problem, labels=LABELS),
        problem=problem,
        drawn=outcome if isinstance(outcome, Markup) else None,
        sent=sent,
    )
    return await _show(asks, thread_id, kept)


async def _reply(asks: Asks, thread_id: int, sent: forms.Sent) -> Response | Problem:
    """Post a reply: the same lines as the JSON door's."""
    fields: dict[str, Any] = {"body": sent.values.get("body", "")}
    if sent.value("parent"):
        fields["parent"] = sent.number("parent") or 0
    ready = await asks.prepare_text(to_drafted, sent.model(PostReply, fields))

    sender = form_marks.sender(asks, sent)

    def work(session: Session, actor: Actor) -> Answer | Problem:
        seen = hold_thread(session, actor, thread_id)
        # Who may post in a closed thread is asked first, where it closed while they wrote.
        if policy.may_post_while_closed(actor, seen.thread, seen.site) and not sent.value("anyway"):
            policy.check_open_to_all(seen.thread, seen.closing, now(session))
        reply = operations.post_reply(session, actor, seen, ready, sender)
        if isinstance(reply, Problem):
            return reply
        if reply.number is None:
            url = f"{thread_views.thread_url(seen)}?saved={moderating.HELD}#waiting-{reply.id}"
            return forms.posted(url, reply_form.draft_name(thread_id))
        return forms.posted(thread_views.shown_url(seen, reply), reply_form.draft_name(thread_id))

    return await forms.attempt(asks, sent, work)


async def _follow(asks: Asks, thread_id: int, sent: forms.Sent) -> Response | Problem:
    """Choose how closely to follow the thread, or give the choice up."""

    def choose(session: Session, actor: Actor, level: str | Problem | None) -> str:
        seen = get_thread(session, actor, thread_id)
        if level is None:
            give_up_choice(session, actor, seen)
        else:
            choose_level(session, actor, seen, level)
        return thread_views.thread_url(seen)

    return await following.follow(asks, sent, choose)


async def _read(asks: Asks, thread_id: int, sent: forms.Sent) -> Response | Problem:
    """Mark the thread as read up to the number that the page showed."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        read_thread(session, actor, seen, min(sent.number("number") or 0, seen.thread.last_number))
        return see_other(thread_views.thread_url(seen))

    return await forms.attempt(asks, sent, work)


async def _show(asks: Asks, thread_id: int, asked: Asked, slug: str | None = None) -> Response:
    """The thread's page; with `slug`, a redirect where that is not the thread's present one."""
    try:
        found = await load(Wanted(asks, thread_id, asked, slug))
    except Moved as moved:
        query = f"?{asks.request.url.query}" if asks.request.url.query else ""
        return RedirectResponse(f"{moved}{query}", 301, headers={"Cache-Control": "no-cache"})
    if found.drawn is not None:
        return as_page(found.drawn)
    assert found.frame is not None
    status, headers = (asked.problem.status, dict(asked.problem.headers)) if asked.problem else (200, None)
    drawn = page("thread.html", found.frame, found.view, status=status, headers=headers)
    return keeping.keep(asks.request, drawn, found.terms) if found.screen is None else drawn
