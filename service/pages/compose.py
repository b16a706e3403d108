"""`/new`: open a thread."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from service.accounts.current import Asking, Asks
from service.categories import queries as category_queries
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, Problem
from service.pages import form_marks, forms
from service.pages.frame import Frame, around
from service.pages.previews import preview
from service.pages.rendering import page
from service.pages.sources import MOST_FIELDS, at_fields, labels, rearranged, rearranges, source_rows, typed_sources
from service.pages.tag_field import tag_names, typed_tags
from service.pages.timers import local_time
from service.pages.views.frame import Choice, Form
from service.pages.views.thread import ComposePage, Composer
from service.site.queries import get_site
from service.threads import operations
from service.threads.policy import check_may_open
from service.threads.schemas import OpenThread, to_opening
from service.web.answers import Answer
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
DRAFT = "new-thread"


@router.get("/new")
async def show_new(asks: Asking, category: str = "") -> Response:
    """The empty form; `category` is chosen already. A guest is sent to sign in."""
    return await _show(asks, forms.fresh({"category": category}), guests=False)


@router.post("/new")
async def open_thread(request: Request, asks: Asking) -> Response:
    """Open the thread (303 to its page), or show the form again: with a preview, another row of sources, or what is
    wrong.
    """
    sent = await forms.read(request, most=MOST_FIELDS)
    if sent.deed == "preview":
        return await _preview(asks, sent)
    if rearranges(sent.deed):
        return await _show(
            asks, rearranged(sent).again(sent.refusal), status=sent.refusal.status if sent.refusal else 200
        )
    fields = {"title": sent.values.get("title", ""), "body": sent.values.get("body", "")}
    named = {"category": sent.value("category")} if sent.value("category") else {}
    around_it = {"tags": typed_tags(sent.value("tags")), "sources": typed_sources(sent) or []}
    draft = sent.model(OpenThread, fields | named | around_it | _later(sent))
    opening = await asks.prepare_text(to_opening, draft)
    slug, sender = sent.value("category"), form_marks.sender(asks, sent)

    def work(session: Session, actor: Actor) -> Answer | Problem:
        check_may_open(actor)
        get = category_queries.get_category(session, actor, slug) if slug else None
        category = get or category_queries.default_category(session, actor)
        thread = operations.open_thread(session, actor, category, opening, sender)
        if isinstance(thread, Problem):
            return thread
        return forms.posted(f"/t/{thread.id}/{quote(thread.slug)}", DRAFT)

    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    return await _show(
        asks,
        sent.again(at_fields(outcome, sent), labels=labels(sent) | {"publish_at": "The time of publication"}),
        status=outcome.status,
        headers=outcome.headers,
    )


def _later(sent: forms.Sent) -> dict[str, Any]:
    """When the thread is to be published, where a moderator typed that; what is no time is refused like the API's."""
    typed = sent.value("publish_at")
    return {"publish_at": local_time(typed, "UTC") or typed} if typed else {}


async def _preview(asks: Asks, sent: forms.Sent) -> Response:
    drawn = await preview(asks, sent, level=2)
    if isinstance(drawn, Invalid):
        return await _show(asks, sent.again(drawn), status=drawn.status)
    return await _show(asks, sent.again(), drawn)


async def _show(
    asks: Asks,
    form: Form,
    drawn: Markup | None = None,
    *,
    status: int = 200,
    guests: bool = True,
    headers: dict[str, str] | None = None,
) -> Response:
    """The form. Once something was typed it is shown to a guest too, so that a lost session loses no text."""

    def load(session: Session, actor: Actor) -> tuple[Frame, ComposePage]:
        if not guests:
            check_may_open(actor)
        categories = tuple(Choice(row.slug, row.name) for row in category_queries.list_categories(session, actor))
        composer = form_marks.marked(session, asks, get_site(session), Composer(form, DRAFT, drawn))
        return around(session, actor, "/new"), ComposePage(
            composer, categories, tag_names(session, actor), source_rows(form), may_time=actor.moderates_some
        )

    framed, view = await asks.read(load)
    return page("compose.html", framed, view, status=status, headers=headers)
