"""Editing a thread; what it said before is kept as a revision."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import Problem, settled
from service.kit.text import RENDERER_VERSION, slugify
from service.kit.versions import Wanted, check_version
from service.tags.operations import set_tags
from service.threads import policy
from service.threads.events import ThreadEdited
from service.threads.models import Thread, ThreadRevision
from service.threads.operations.opening import facts_of
from service.threads.operations.writing import OPENING_LEVEL, Written, as_stored
from service.threads.queries import ThreadSeen


@dataclass(frozen=True, slots=True)
class Rewording:
    """What an edit brings; None stays as it is."""

    title: str | None
    text: Written | None
    sources: list[dict[str, Any]] | None = None
    tags: list[str] | None = None

    @property
    def says(self) -> bool:
        """Whether the thread says something else afterwards, so that what it said is kept; tags say nothing."""
        return self.title is not None or self.text is not None or self.sources is not None

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what changes."""
        return tuple(name for name in ("title", "text", "sources", "tags") if getattr(self, name) is not None)


def edit_thread(
    session: Session, actor: Actor, seen: ThreadSeen, rewording: Rewording | Problem, version: Wanted
) -> Thread:
    """Change title, text, sources or tags; `seen` is locked and `version` is the one that was edited. An edit that
    brings none of them changes nothing.

    Raises NotSignedIn, NotAllowed, Invalid, ThreadIsClosed (archived, or closed where that ends edits), EditConflict.
    """
    thread = seen.thread
    policy.check_may_edit(actor, thread)
    ready = settled(rewording)
    policy.check_edits_open(actor, seen, now(session))
    check_version(version, thread.version)
    if not ready.fields:
        return thread
    if ready.says:
        session.add(revision_of(thread))
        thread.edited_at, thread.edited_by_id = now(session), actor.account_id
    if ready.title is not None:
        thread.title, thread.slug = ready.title, slugify(ready.title)
    text = as_stored(ready.text, thread.body_format, OPENING_LEVEL) if ready.text else None
    if text is not None:
        thread.body, thread.body_html, thread.renderer = text.body, text.body_html, RENDERER_VERSION
        thread.contents = text.contents
    if ready.sources is not None:
        thread.sources = ready.sources
    if ready.tags is not None:
        thread.tags = set_tags(session, seen.id, ready.tags)
    thread.version += 1
    session.add(thread)
    session.flush()
    mentioned = text.mentioned if text else None
    events.record(session, ThreadEdited(actor=actor, fields=ready.fields, mentioned=mentioned, **facts_of(thread)))
    return thread


def revision_of(thread: Thread) -> ThreadRevision:
    """What the thread says now, to be kept before it changes."""
    return ThreadRevision(
        thread_id=stored_id(thread.id), version=thread.version, title=thread.title, body=thread.body,
        body_format=thread.body_format, sources=thread.sources,
        made_by_id=thread.edited_by_id if thread.edited_at else thread.author_id,
        made_at=thread.edited_at or thread.created_at,
    )  # fmt: skip
