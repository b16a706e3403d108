"""Opening a thread."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.categories.models import Category
from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound, Problem, invalid, settled
from service.kit.text import RENDERER_VERSION, slugify
from service.screening.policy import has_been_public
from service.screening.queries import is_held
from service.site.queries import get_site
from service.tags.operations import set_tags
from service.threads import policy
from service.threads.events import ThreadHeld, ThreadOpened
from service.threads.models import Thread
from service.threads.operations.writing import Written


@dataclass(frozen=True, slots=True)
class Opening:
    """A thread about to be opened; `terms` are columns of its closing policy, `publish_at` when all see it."""

    title: str
    text: Written
    terms: dict[str, Any]
    sources: list[dict[str, Any]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    publish_at: datetime | None = None


def open_thread(session: Session, actor: Actor, category: Category, opening: Opening | Problem) -> Thread:
    """Open a thread in a category that the actor sees: visible at once, or held while the site holds first posts, or
    until a moderator's `publish_at`.

    Raises NotSignedIn, NotAllowed, Invalid, NotFound (the category went away at this moment).
    """
    policy.check_may_open(actor)
    ready, at = settled(opening), now(session)
    policy.check_terms(actor.within(stored_id(category.id)), ready.terms)
    if ready.publish_at is not None:
        check_moderates(actor, category.id)
        check_later(ready.publish_at, at)
    held = ready.publish_at is not None or is_held(session, actor, get_site(session).hold_first_posts)
    thread = Thread(
        category_id=stored_id(category.id), author_id=actor.account_id, title=ready.title, slug=slugify(ready.title),
        body=ready.text.body, body_html=ready.text.body_html, renderer=RENDERER_VERSION,
        contents=ready.text.contents, sources=ready.sources,
        moderation="pending" if held else "published", created_at=at, published_at=at, idle_anchor=at, active_at=at,
        **ready.terms,
    )  # fmt: skip
    session.add(thread)
    try:
        session.flush()
    except IntegrityError as error:  # the category was deleted since it was loaded
        raise NotFound("There is no such category") from error
    if ready.tags:
        thread.tags = set_tags(session, stored_id(thread.id), ready.tags)
        session.add(thread)
    _record_opening(session, actor, thread, ready)
    return thread


def check_later(at: datetime, now: datetime) -> None:
    """Raise Invalid for a time of publication that is not to come."""
    if at <= now:
        raise invalid("/publish_at", "must be later than now")


def _record_opening(session: Session, actor: Actor, thread: Thread, opening: Opening) -> None:
    """Record that the thread is there, or waits; with what listeners need to know besides."""
    timed = any(opening.terms.get(name) is not None for name in ("closes_at", "reopens_at"))
    facts = {"mentioned": opening.text.mentioned} | facts_of(thread)
    if thread.moderation == "pending":
        publish_at = opening.publish_at
        timed = timed or publish_at is not None
        events.record(session, ThreadHeld(actor=actor, timed=timed, publish_at=publish_at, **facts))
    else:
        events.record(session, ThreadOpened(actor=actor, timed=timed, **facts))


def facts_of(thread: Thread) -> dict[str, Any]:
    """What every event about a thread carries."""
    return {
        "thread_id": stored_id(thread.id), "category_id": thread.category_id, "version": thread.version,
        "is_public": has_been_public(thread),
    }  # fmt: skip
