"""Every write to a thread's text: open, edit, delete. Closing it is the room `closing`."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.categories.models import Category
from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound, Problem, settled
from service.kit.text import RENDERER_VERSION, render, slugify
from service.kit.versions import Wanted, check_version
from service.threads import policy
from service.threads.events import ThreadEdited, ThreadOpened, ThreadTrashed
from service.threads.models import Thread
from service.threads.queries import ThreadSeen


@dataclass(frozen=True, slots=True)
class Written:
    """A text made ready before any session was open: what was typed, and what is shown."""

    body: str
    body_html: str


REPLY_LEVEL = 3
OPENING_LEVEL = 2
"""Where a text's headings begin: a reply stands under the page's h2 "N thoughts on …", the opening under its h1."""


def write_text(body: str, level: int = REPLY_LEVEL) -> Written:
    """Render a post's Markdown. Pure and slow (up to some milliseconds): call it off the event loop."""
    return Written(body, render(body, secrets.token_hex(4), level=level))


@dataclass(frozen=True, slots=True)
class Opening:
    """A thread about to be opened; `terms` are columns of its closing policy."""

    title: str
    text: Written
    terms: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rewording:
    """A new title, a new text, or both; None stays."""

    title: str | None
    text: Written | None


def open_thread(session: Session, actor: Actor, category: Category, opening: Opening | Problem) -> Thread:
    """Open a thread in a category that the actor sees; it is visible at once.

    Raises NotSignedIn, NotAllowed, Invalid, NotFound (the category went away at this moment).
    """
    policy.check_may_open(actor)
    ready = settled(opening)
    policy.check_terms(actor, ready.terms)
    at = now(session)
    thread = Thread(
        category_id=stored_id(category.id), author_id=actor.account_id, title=ready.title, slug=slugify(ready.title),
        body=ready.text.body, body_html=ready.text.body_html, renderer=RENDERER_VERSION,
        created_at=at, published_at=at, idle_anchor=at, **ready.terms,
    )  # fmt: skip
    session.add(thread)
    try:
        session.flush()
    except IntegrityError as error:  # the category was deleted since it was loaded
        raise NotFound("There is no such category") from error
    events.record(session, ThreadOpened(actor=actor, **facts_of(thread)))
    return thread


def edit_thread(
    session: Session, actor: Actor, seen: ThreadSeen, rewording: Rewording | Problem, version: Wanted
) -> Thread:
    """Change the title, the text or both; `seen` is locked and `version` is the one that was edited.

    Raises NotSignedIn, NotAllowed, Invalid, ThreadIsClosed (archived), EditConflict.
    """
    thread = seen.thread
    policy.check_may_edit(actor, thread)
    ready = settled(rewording)
    policy.check_not_archived(thread)
    check_version(version, thread.version)
    if ready.title is not None:
        thread.title, thread.slug = ready.title, slugify(ready.title)
    if ready.text is not None:
        thread.body, thread.body_html, thread.renderer = ready.text.body, ready.text.body_html, RENDERER_VERSION
    thread.edited_at = now(session)
    thread.version += 1
    session.add(thread)
    session.flush()
    fields = tuple(name for name in ("title", "text") if getattr(ready, name) is not None)
    events.record(session, ThreadEdited(actor=actor, fields=fields, **facts_of(thread)))
    return thread


def delete_thread(session: Session, actor: Actor, seen: ThreadSeen, version: Wanted) -> None:
    """Take a thread away, with its replies: from now on it is not found.

    Raises NotSignedIn, NotAllowed (others have replied), ThreadIsClosed (archived), EditConflict.
    """
    thread = seen.thread
    policy.check_may_delete(actor, thread)
    policy.check_not_archived(thread)
    check_version(version, thread.version)
    thread.moderation = "trashed"
    thread.version += 1
    session.add(thread)
    session.flush()
    events.record(session, ThreadTrashed(actor=actor, **facts_of(thread)))


def facts_of(thread: Thread) -> dict[str, Any]:
    """What every event about a thread carries."""
    return {"thread_id": stored_id(thread.id), "category_id": thread.category_id, "version": thread.version}
