"""Opening a thread."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.categories.models import Category
from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound, Problem, invalid, settled
from service.kit.sender import NOWHERE, Sender
from service.kit.text import RENDERER_VERSION, slugify
from service.kit.text.hosts import host_of_address, hosts_in
from service.kit.text.look_alikes import text_mark
from service.screening.errors import Rejected
from service.screening.operations import STATES, refusal, screen
from service.screening.policy import Submission, Verdict, came_from, has_been_public, role_in
from service.tags.operations import set_tags
from service.threads import policy, queries
from service.threads.events import ThreadCaught, ThreadHeld, ThreadOpened, ThreadRefused
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


def open_thread(
    session: Session, actor: Actor, category: Category, opening: Opening | Problem, sender: Sender = NOWHERE
) -> Thread | Rejected:
    """Open a thread in a category that the actor sees: visible at once, or as the site's rules say held for a
    moderator, taken for spam, or rejected, which is returned so that the record of it stays. A moderator may have it
    wait until `publish_at`.

    Raises NotSignedIn, Silenced, NotAllowed, Invalid, AlreadyPosted, RateLimited, Rejected (what is not kept), NotFound
    (the category went away at this moment).
    """
    policy.check_may_open(actor)
    ready, at = settled(opening), now(session)
    policy.check_terms(actor.within(stored_id(category.id)), ready.terms)
    if ready.publish_at is not None:
        check_moderates(actor, category.id)
        check_later(ready.publish_at, at)
    mark = text_mark(f"{ready.title}\n{ready.text.body}")
    verdict = _screen(session, actor, stored_id(category.id), ready, sender, mark)
    waits = verdict.outcome == "publish" and ready.publish_at is not None
    thread = Thread(
        category_id=stored_id(category.id), author_id=actor.account_id, title=ready.title, slug=slugify(ready.title),
        body=ready.text.body, body_html=ready.text.body_html, renderer=RENDERER_VERSION,
        contents=ready.text.contents, sources=ready.sources, moderation="pending" if waits else STATES[verdict.outcome],
        previous_moderation=came_from(verdict.outcome), is_quiet=verdict.outcome == "spam", text_hash=mark,
        created_at=at, published_at=at, idle_anchor=at, active_at=at, **ready.terms,
    )  # fmt: skip
    session.add(thread)
    try:
        session.flush()
    except IntegrityError as error:  # the category was deleted since it was loaded
        raise NotFound("There is no such category") from error
    if ready.tags:
        thread.tags = set_tags(session, stored_id(thread.id), ready.tags, counted_in(thread))
        session.add(thread)
    _record_opening(session, actor, thread, ready, verdict)
    return refusal(verdict) if verdict.outcome == "reject" else thread


def _screen(session: Session, actor: Actor, category_id: int, opening: Opening, sender: Sender, mark: int) -> Verdict:
    """What the site's rules make of the thread."""
    html, own = opening.text.body_html, sender.own_host
    sources = [host for source in opening.sources for host in host_of_address(source.get("url") or "", own)]
    submission = Submission(
        kind="thread", category_id=category_id, role=role_in(actor, category_id), title=opening.title,
        body=opening.text.body, hosts=(*hosts_in(html, own), *sources), username=actor.username or "",
        sender=sender, html=html,
    )  # fmt: skip

    def same(within: timedelta) -> str | None:
        return queries.find_same(session, actor, mark, now(session) - within)

    return screen(session, actor, submission, same)


def check_later(at: datetime, now: datetime) -> None:
    """Raise Invalid for a time of publication that is not to come."""
    if at <= now:
        raise invalid("/publish_at", "must be later than now")


def _record_opening(session: Session, actor: Actor, thread: Thread, opening: Opening, verdict: Verdict) -> None:
    """Record that the thread is there, or waits; with what listeners need to know besides."""
    timed = any(opening.terms.get(name) is not None for name in ("closes_at", "reopens_at"))
    facts = {"mentioned": opening.text.mentioned} | facts_of(thread)
    found = verdict if verdict.rule else None
    if thread.moderation == "pending":
        publish_at = opening.publish_at
        timed = timed or publish_at is not None
        events.record(session, ThreadHeld(actor=actor, timed=timed, publish_at=publish_at, verdict=found, **facts))
    elif thread.moderation == "published":
        events.record(session, ThreadOpened(actor=actor, timed=timed, **facts))
    elif thread.moderation == "spam":
        events.record(session, ThreadCaught(actor=actor, timed=timed, verdict=found, **facts))
    else:
        events.record(session, ThreadRefused(actor=actor, verdict=found, **facts))


def counted_in(thread: Thread) -> int | None:
    """The category in which a thread's tags are counted: its own while it is published."""
    return thread.category_id if thread.moderation == "published" else None


def facts_of(thread: Thread) -> dict[str, Any]:
    """What every event about a thread carries."""
    return {
        "thread_id": stored_id(thread.id), "category_id": thread.category_id, "version": thread.version,
        "is_public": has_been_public(thread),
    }  # fmt: skip
