"""Bringing a thread from elsewhere, with its own dates; nobody is told."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from service.categories.models import Category
from service.kit import events
from service.kit.actor import Actor
from service.kit.database.rows import stored_id
from service.kit.text import RENDERER_VERSION, contents, slugify
from service.tags.operations import set_tags
from service.threads.events import ThreadImported
from service.threads.models import Thread
from service.threads.operations.opening import counted_in, facts_of
from service.threads.operations.writing import Written


@dataclass(frozen=True, slots=True)
class Brought:
    """A thread as it was elsewhere. `author_name` is shown as it is, null as "Anonymous": there is no account.

    `at` is when it was published there. `closed_at` and `closure_reason` say that it was closed there for good; a
    thread without takes part in the policies of its category and site, by its own dates.
    """

    title: str
    author_name: str | None
    text: Written
    at: datetime
    body_format: str = "html"
    tags: list[str] = field(default_factory=list)
    closed_at: datetime | None = None
    closure_reason: str = ""


def import_thread(session: Session, actor: Actor, category: Category, brought: Brought) -> Thread:
    """Store a thread that was published elsewhere. A closure it brings counts as told."""
    thread = Thread(
        category_id=stored_id(category.id), author_name=brought.author_name, title=brought.title,
        slug=slugify(brought.title), body=brought.text.body, body_html=brought.text.body_html,
        body_format=brought.body_format, renderer=RENDERER_VERSION, contents=contents(brought.text.body_html),
        created_at=brought.at, published_at=brought.at, idle_anchor=brought.at, active_at=brought.at,
        closed_at=brought.closed_at, closure_reason=brought.closure_reason, closing_recorded_at=brought.closed_at,
    )  # fmt: skip
    session.add(thread)
    session.flush()
    if brought.tags:
        thread.tags = set_tags(session, stored_id(thread.id), brought.tags, counted_in(thread))
        session.flush()
    events.record(session, ThreadImported(actor=actor, **facts_of(thread)))
    return thread
