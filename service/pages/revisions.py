"""`/t/{id}/{slug}/revisions` and `/t/{id}/replies/{number}/revisions`: what a post said before it was edited.

A page compares at most ten texts and some 64,000 characters, off the event loop and with no session open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotFound, Problem
from service.pages import forms, thread_views
from service.pages.comparing import change
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.frame import Form
from service.pages.views.revisions import Change, RevisionsPage
from service.replies import operations as reply_operations
from service.replies import queries as reply_queries
from service.threads import operations, queries
from service.threads.queries import Revision
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Before = Annotated[int | None, Query(ge=1, le=2**31 - 1)]

MOST_TEXTS: Final = 10
MOST_COMPARED: Final = 64_000


@dataclass(frozen=True, slots=True)
class Found:
    """A post's texts, newest first (one more than a page shows), and the words around them."""

    what: str
    back_url: str
    here: str
    texts: Sequence[Revision]
    category_id: int


Find = Callable[[Session, Actor, int | None], Found]
Deed = Callable[[Session, Actor, int], None]


def _thread(thread_id: int) -> Find:
    """Loads a thread's texts."""

    def find(session: Session, actor: Actor, before: int | None) -> Found:
        seen = queries.get_thread(session, actor, thread_id)
        url = thread_views.thread_url(seen)
        texts = queries.list_revisions(session, actor, seen, before, MOST_TEXTS)
        return Found(f"“{seen.thread.title}”", url, f"{url}/revisions", texts, seen.thread.category_id)

    return find


def _reply(thread_id: int, number: int) -> Find:
    """Loads a reply's texts."""

    def find(session: Session, actor: Actor, before: int | None) -> Found:
        seen = queries.get_thread(session, actor, thread_id)
        reply = reply_queries.get_reply_by_number(session, actor, thread_id, number)
        if reply.is_stub:
            raise NotFound("There is no such reply")
        texts = reply_queries.list_revisions(session, actor, reply, before, MOST_TEXTS)
        what = f"reply {number} to “{seen.thread.title}”"
        here = f"/t/{thread_id}/replies/{number}/revisions"
        return Found(what, thread_views.reply_url(seen, number), here, texts, seen.thread.category_id)

    return find


@router.get("/t/{thread_id}/{slug}/revisions")
async def show_thread(thread_id: ThreadId, asks: Asking, before: Before = None) -> Response:
    """The texts of a thread; with `before`, those with smaller numbers."""
    return await _show(asks, _thread(thread_id), before)


@router.get("/t/{thread_id}/replies/{number}/revisions")
async def show_reply(thread_id: ThreadId, number: Number, asks: Asking, before: Before = None) -> Response:
    """The texts of a reply; with `before`, those with smaller numbers."""
    return await _show(asks, _reply(thread_id, number), before)


@router.post("/t/{thread_id}/{slug}/revisions")
async def redact_thread(request: Request, thread_id: ThreadId, asks: Asking) -> Response:
    """Remove one of a thread's earlier texts."""

    def redact(session: Session, actor: Actor, revision: int) -> None:
        operations.redact_thread(session, actor, queries.lock_thread(session, actor, thread_id), revision)

    return await _redact(request, asks, _thread(thread_id), redact)


@router.post("/t/{thread_id}/replies/{number}/revisions")
async def redact_reply(request: Request, thread_id: ThreadId, number: Number, asks: Asking) -> Response:
    """Remove one of a reply's earlier texts."""

    def redact(session: Session, actor: Actor, revision: int) -> None:
        found = reply_queries.get_reply_by_number(session, actor, thread_id, number)
        seen, found = reply_queries.lock_reply(session, actor, found.id)
        reply_operations.redact_reply(session, actor, seen, found, revision)

    return await _redact(request, asks, _reply(thread_id, number), redact)


async def _redact(request: Request, asks: Asks, find: Find, deed: Deed) -> Response:
    sent = await forms.read(request)
    revision = sent.number("revision") or 0

    def work(session: Session, actor: Actor) -> Answer:
        here = find(session, actor, None).here
        deed(session, actor, min(revision, 2**31 - 1))
        return see_other(f"{here}?before={revision + 1}#revision-{revision}")

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, find, None, sent, outcome)


async def _show(
    asks: Asks, find: Find, before: int | None, sent: forms.Sent | None = None, problem: Problem | None = None
) -> Response:
    """The page; with a problem, why a text could not be removed."""

    def load(session: Session, actor: Actor) -> tuple[Frame, Found, bool]:
        found = find(session, actor, before)
        return around(session, actor, found.here), found, actor.moderates_in(found.category_id)

    framed, found, may_redact = await asks.read(load)
    refused = sent.again(problem) if sent and problem else None
    view = await asks.prepare(_view, found, may_redact, before, refused)
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, None)
    return page("revisions.html", framed, view, status=status, headers=headers)


def _view(found: Found, may_redact: bool, before: int | None, refused: Form | None) -> RevisionsPage:
    """The texts that fit on one page, each compared with the one before it. Slow: some tenths of a second at worst."""
    earlier: list[Revision | None] = [*found.texts[1:], None]
    changes: list[Change] = []
    compared = 0
    for new, old in zip(found.texts[:MOST_TEXTS], earlier, strict=False):
        compared += len(new.body) + (len(old.body) if old else 0)
        if changes and compared > MOST_COMPARED:
            break
        removable = may_redact and not new.is_current and not new.is_redacted
        changes.append(change(new, old, forms.fresh() if removable else None))
    last = changes[-1].number if changes else 1
    return RevisionsPage(
        what=found.what,
        here=found.here,
        back_url=found.back_url,
        changes=tuple(changes),
        older_url=f"{found.here}?before={last}" if len(found.texts) > len(changes) else None,
        newest_url=found.here if before else None,
        refused=refused,
    )
