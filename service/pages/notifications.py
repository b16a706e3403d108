"""`/notifications`: what the reader is told."""

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Problem
from service.notifications import operations, queries
from service.notifications.queries import NoticeSeen
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.lists import Notice, NotificationsPage
from service.replies.models import address
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute
from service.web.paging import from_cursor, to_cursor

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
PAGE_SIZE: Final = 30


@router.get("/notifications")
async def show_notifications(asks: Asking, before: str | None = None) -> Response:
    """The list, newest first; a guest is sent to sign in. Looking marks nothing as read: a GET changes nothing."""
    return await _show(asks, before)


@router.post("/notifications")
async def mark_read(request: Request, asks: Asking) -> Response:
    """Mark all as read, or the one that `notice` names."""
    sent = await forms.read(request)
    one = sent.number("notice")

    def work(session: Session, actor: Actor) -> Answer:
        operations.mark_read(session, actor, None if one is None else [one])
        return see_other("/notifications")

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, None, sent, outcome)


async def _show(
    asks: Asks, before: str | None, sent: forms.Sent | None = None, problem: Problem | None = None
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, NotificationsPage]:
        key = from_cursor(before, 1)
        rows = queries.list_notices(session, actor, unread=False, before=key[0] if key else None, limit=PAGE_SIZE)
        shown = rows[:PAGE_SIZE]
        return around(session, actor, "/notifications"), NotificationsPage(
            form=sent.again(problem) if sent else forms.fresh(),
            notices=tuple(_notice(row) for row in shown),
            unread=queries.unread_count(session, actor),
            older_url=f"/notifications?before={to_cursor((shown[-1].event_id,))}" if len(rows) > PAGE_SIZE else None,
        )

    framed, view = await asks.read(load)
    return page("notifications.html", framed, view, status=problem.status if problem else 200)


def _notice(row: NoticeSeen) -> Notice:
    slug = quote(row.thread_slug)
    if row.outcome is not None:
        place = quote(row.url, safe="/?=#")
        return Notice(row.id, row.sentence, place, f"because {row.why}", row.created_at, row.read_at is None)
    place = f"/t/{row.thread_id}/{slug}" if row.number is None else address(row.thread_id, slug, row.number)
    return Notice(row.id, row.sentence, place, f"because {row.why}", row.created_at, row.read_at is None)
