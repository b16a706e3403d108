"""`/t/{id}/{slug}/edit`, `/t/{id}/replies/{number}/edit` and `/t/{id}/waiting/{reply id}/edit`: change a post.

Of two edits at once the second sees both texts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from markupsafe import Markup

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, Problem
from service.pages import forms, thread_views
from service.pages.addressed import Addressed
from service.pages.editable import Editable, Find, find_reply, find_thread
from service.pages.frame import Frame, around
from service.pages.live_view import edited
from service.pages.moderating import EDIT_HELD
from service.pages.previews import preview
from service.pages.rendering import page
from service.pages.sources import (
    MEMBERS,
    MOST_FIELDS,
    at_fields,
    labels,
    rearranged,
    rearranges,
    source_rows,
    stored_fields,
    typed_sources,
)
from service.pages.tag_field import tag_names, typed_tags
from service.pages.views.frame import Form
from service.pages.views.live import Edited
from service.pages.views.thread import Composer, EditPage
from service.replies import operations as reply_operations
from service.replies import queries as reply_queries
from service.replies.models import Reply
from service.replies.schemas import EditReply, to_written
from service.screening.errors import Rejected
from service.threads import operations
from service.threads.queries import lock_thread
from service.threads.schemas import EditThread, to_rewording
from service.web.answers import Answer
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
ReplyId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class Again:
    """A form to show again: refused, or with its preview."""

    form: Form
    problem: Problem | None = None
    drawn: Markup | None = None


@router.get("/t/{thread_id}/{slug}/edit")
async def show_edit_thread(thread_id: ThreadId, asks: Asking) -> Response:
    """The form with the thread's title and text."""
    return await _show(asks, find_thread(thread_id, check=True))


@router.get("/t/{thread_id}/replies/{number}/edit")
async def show_edit_reply(thread_id: ThreadId, number: Number, asks: Asking) -> Response:
    """The form with the reply's text."""
    return await _show(asks, find_reply(Addressed(thread_id, number), check=True))


@router.get("/t/{thread_id}/waiting/{reply_id}/edit")
async def show_edit_waiting(thread_id: ThreadId, reply_id: ReplyId, asks: Asking) -> Response:
    """The form with the text of a reply that waits for a moderator."""
    return await _show(asks, find_reply(Addressed(thread_id, reply_id=reply_id), check=True))


@router.post("/t/{thread_id}/{slug}/edit")
async def edit_thread(request: Request, thread_id: ThreadId, asks: Asking) -> Response:
    """Store the thread's new title, text, tags and sources."""
    sent = await forms.read(request, most=MOST_FIELDS)
    find = find_thread(thread_id, check=False)
    if sent.deed == "preview":
        return await _preview(asks, find, sent, level=2)
    if rearranges(sent.deed):
        return await _show(asks, find, Again(rearranged(sent).again(sent.refusal), sent.refusal))
    fields = changed(sent, await asks.read(find))
    rewording = await asks.prepare_text(to_rewording, sent.model(EditThread, fields))

    def work(session: Session, actor: Actor) -> Answer | Problem:
        seen = lock_thread(session, actor, thread_id)
        edited = operations.edit_thread(session, actor, seen, rewording, sent.number("version"), asks.sender())
        if isinstance(edited, Rejected):
            return edited
        url = thread_views.thread_url(seen)
        return forms.posted(f"{url}?saved={EDIT_HELD}" if edited.edit_waits else url, f"edit-{thread_id}")

    return await _store(asks, find, sent, work)


def changed(sent: forms.Sent, stored: Editable) -> dict[str, Any]:
    """What the form says anew. What was not touched stays as it is: an import may have brought more than can be typed,
    and an edit of the tags alone changes nothing that the thread says.
    """
    title, body, sources = sent.values.get("title", ""), sent.values.get("body", ""), typed_sources(sent)
    fields: dict[str, Any] = {"title": title} if title != stored.theirs.title else {}
    if with_line_feeds(body) != with_line_feeds(stored.theirs.body):
        fields["body"] = body
    if sent.value("tags") != sent.value("tags_before"):
        fields["tags"] = typed_tags(sent.value("tags"))
    shown = [{name: each.get(name) or "" for name in MEMBERS} for each in stored.shown_sources]
    if sources is not None and sources != shown:
        fields["sources"] = sources
    if stored.waiting and not fields:
        fields["body"] = body  # typed back to what is shown: the edit that waits is over
    return fields


def with_line_feeds(text: str) -> str:
    """The text with the line ends that are stored: a form sends others (WHATWG HTML, section 4.10.21.8)."""
    return text.replace("\r\n", "\n")


@router.post("/t/{thread_id}/replies/{number}/edit")
async def edit_reply(request: Request, thread_id: ThreadId, number: Number, asks: Asking) -> Response:
    """Store the reply's new text."""
    return await _edit_reply(request, asks, Addressed(thread_id, number))


@router.post("/t/{thread_id}/waiting/{reply_id}/edit")
async def edit_waiting(request: Request, thread_id: ThreadId, reply_id: ReplyId, asks: Asking) -> Response:
    """Store the new text of a reply that waits for a moderator, or that was published meanwhile."""
    return await _edit_reply(request, asks, Addressed(thread_id, reply_id=reply_id))


async def _edit_reply(request: Request, asks: Asks, which: Addressed) -> Response:
    sent = await forms.read(request)
    find = find_reply(which, check=False)
    if sent.deed == "preview":
        return await _preview(asks, find, sent, level=3)
    text = await asks.prepare_text(to_written, sent.model(EditReply, {"body": sent.values.get("body", "")}))

    def work(session: Session, actor: Actor) -> Answer | Problem:
        seen, found = reply_queries.lock_reply(session, actor, which.find(session, actor)[1].id)
        edited = reply_operations.edit_reply(session, actor, seen, found, text, sent.number("version"), asks.sender())
        if isinstance(edited, Rejected):
            return edited
        return forms.posted(_after(thread_views.shown_url(seen, edited), edited), which.draft)

    return await _store(asks, find, sent, work)


def _after(url: str, reply: Reply) -> str:
    """Where an edit of a reply leads: to the reply, with a notice where the edit waits."""
    if not reply.edit_waits:
        return url
    page, _, place = url.partition("#")
    return f"{page}{'&' if '?' in page else '?'}saved={EDIT_HELD}#{place}"


async def _store(
    asks: Asks, find: Find, sent: forms.Sent, work: Callable[[Session, Actor], Answer | Problem]
) -> Response:
    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    return await _show(asks, find, Again(sent.again(at_fields(outcome, sent), labels=labels(sent)), outcome))


async def _preview(asks: Asks, find: Find, sent: forms.Sent, *, level: int) -> Response:
    is_html = await asks.read(lambda session, actor: find(session, actor).is_html)
    drawn = await preview(asks, sent, level=level, is_html=is_html)
    if isinstance(drawn, Invalid):
        return await _show(asks, find, Again(sent.again(drawn), drawn))
    return await _show(asks, find, Again(sent.again(), drawn=drawn))


async def _show(asks: Asks, find: Find, again: Again | None = None) -> Response:
    """The form: filled with the stored text, or as it was typed."""

    def load(session: Session, actor: Actor) -> tuple[Frame, EditPage]:
        found = find(session, actor)
        offered = () if found.title is None else tag_names(session, actor)
        told = edited(session, found.thread_id, found.subject)
        return around(session, actor, asks.request.url.path), _view(found, again, offered, told)

    framed, view = await asks.read(load)
    problem = again.problem if again else None
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, None)
    return page("edit.html", framed, view, status=status, headers=headers)


def _view(found: Editable, again: Again | None, tag_names: tuple[str, ...], told: Edited) -> EditPage:
    stored = {"body": found.body, "version": str(found.version), "title": found.title or ""}
    stored |= {"tags": found.tags, "tags_before": found.theirs.tags} | stored_fields(found.sources)
    form = again.form if again else forms.fresh(stored)
    conflict = again is not None and again.problem is not None and again.problem.code == "edit-conflict"
    return EditPage(
        composer=Composer(form, found.draft, again.drawn if again else None),
        what=found.what,
        back_url=found.back_url,
        title_field=found.title is not None,
        is_html=found.is_html,
        tag_names=tag_names,
        theirs=found.theirs if conflict else None,
        sources=None if found.title is None else source_rows(form),
        live=told,
        waiting=found.waiting,
    )
