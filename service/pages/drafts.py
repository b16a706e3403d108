"""`/settings/drafts`: what somebody has begun to write; and the thread page's forms that keep a draft or discard it."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from service.accounts.current import Asking, Asks
from service.drafts import operations, queries
from service.drafts.queries import EXCERPT, DraftSeen
from service.drafts.schemas import KeepDraft, to_typed
from service.kit.actor import Actor, check_signed_in
from service.kit.database import Session
from service.kit.errors import Problem, invalid
from service.pages import forms, reply_form
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.drafts import DraftLine, DraftsPage
from service.threads.queries import get_thread
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute
from service.web.paging import MOST_CURSOR, from_cursor, to_cursor

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/settings/drafts"
DISCARD: Final = "discard-draft"
"""The deed of the button that discards a draft, here and on its thread's page."""

AT_ONCE: Final = 20


@router.get(HERE)
async def show_drafts(asks: Asking, cursor: Annotated[str | None, Query(max_length=MOST_CURSOR)] = None) -> Response:
    """The list; a guest is sent to sign in."""
    return await _show(asks, cursor)


@router.post(HERE)
async def discard(request: Request, asks: Asking) -> Response:
    """Discard one draft; one that is gone already is what was wanted."""
    sent = await forms.read(request)
    thread_id = sent.number("thread")
    if sent.deed != DISCARD or thread_id is None:
        raise invalid("/do", "must be one of this page's buttons")

    def work(session: Session, actor: Actor) -> Answer:
        operations.discard_draft(session, actor, thread_id)
        return forms.posted(HERE, reply_form.draft_name(thread_id))

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, problem=outcome, sent=sent)


async def discard_here(asks: Asks, thread_id: int, sent: forms.Sent) -> Response | Problem:
    """Discard what the reader has begun in this thread, on its own page; the browser's copy goes too."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        operations.discard_draft(session, actor, thread_id)
        return forms.posted(f"/t/{thread_id}/{seen.thread.slug}#reply-form", reply_form.draft_name(thread_id))

    return await forms.attempt(asks, sent, work)


async def keep_refused(asks: Asks, thread_id: int, sent: forms.Sent, outcome: Response | Problem) -> Response | Problem:
    """What came of a reply. One that found its thread closed is kept as a draft, and given back in the page."""
    if isinstance(outcome, Problem) and outcome.code == "thread-closed":
        fields = {"body": sent.values.get("body", ""), "parent": sent.number("parent") or None}
        typed = to_typed(sent.model(KeepDraft, fields))

        def work(session: Session, actor: Actor) -> Answer:
            operations.keep_draft(session, actor, get_thread(session, actor, thread_id), typed)
            return see_other(HERE)

        await forms.attempt(asks, forms.Sent({}, None), work)
    return outcome


async def _show(
    asks: Asks, cursor: str | None = None, *, problem: Problem | None = None, sent: forms.Sent | None = None
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, DraftsPage]:
        check_signed_in(actor, "read")
        rows = queries.list_drafts(session, actor, from_cursor(cursor, 2), AT_ONCE, excerpts=True)
        older = to_cursor(queries.sort_key(rows[AT_ONCE - 1])) if len(rows) > AT_ONCE else None
        view = DraftsPage(
            sent.again(problem) if sent else forms.fresh(),
            tuple(_line(row) for row in rows[:AT_ONCE]),
            f"{HERE}?cursor={older}" if older else None,
            HERE if cursor else None,
        )
        return around(session, actor, HERE), view

    framed, view = await asks.read(load)
    return page("drafts.html", framed, view, status=problem.status if problem else 200)


def _line(found: DraftSeen) -> DraftLine:
    url = None if found.slug is None else f"/t/{found.thread_id}/{found.slug}#reply-form"
    beginning = " ".join(found.body.split())
    more = "…" if len(found.body) >= EXCERPT else ""
    return DraftLine(found.thread_id, found.title, url, f"{beginning}{more}", found.updated_at)
