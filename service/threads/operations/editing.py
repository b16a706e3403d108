"""Editing a thread; what it said before is kept as a revision. What a rule holds waits, and the old text stays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import InvalidTransition, Problem, settled
from service.kit.sender import NOWHERE, Sender
from service.kit.text import RENDERER_VERSION, slugify
from service.kit.text.hosts import hosts_in
from service.kit.versions import Wanted, check_version
from service.screening.errors import Rejected
from service.screening.models import EDIT
from service.screening.operations import keep_step, refusal, screen_edit
from service.screening.operations.editing import (
    TEXT,
    EditOf,
    Wording,
    end_edit,
    hold_edit,
    keep_edit_verdict,
    note_edit,
)
from service.screening.policy import PUBLISH, Submission, Verdict, role_in
from service.screening.policy.editing import is_screened, rewords
from service.tags.operations import set_tags
from service.threads import policy
from service.threads.events import ThreadEdited
from service.threads.models import Thread, ThreadRevision
from service.threads.operations.opening import counted_in, facts_of
from service.threads.operations.waiting import kept_text, text_of, written_again
from service.threads.operations.writing import OPENING_LEVEL, Written, as_stored
from service.threads.queries import ThreadSeen
from service.threads.queries.revisions import OF_THREADS, count_earlier, last_text


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

    def changes(self, thread: Thread) -> bool:
        """Whether anything of what the thread says becomes other than it is."""
        body = thread.body if self.text is None else self.text.body
        title = thread.title if self.title is None else self.title
        sources = thread.sources if self.sources is None else self.sources
        return (title, body, sources) != (thread.title, thread.body, thread.sources)

    def kept(self) -> dict[str, Any]:
        """The rewording as it is kept while it waits (JSON)."""
        text = kept_text(self.text) if self.text else None
        return {"title": self.title, "text": text, "sources": self.sources, "tags": self.tags}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Rewording":
        """The rewording that was kept."""
        return cls(kept["title"], text_of(kept["text"]) if kept["text"] else None, kept["sources"], kept["tags"])


def edit_thread(
    session: Session,
    actor: Actor,
    seen: ThreadSeen,
    rewording: Rewording | Problem,
    version: Wanted,
    sender: Sender = NOWHERE,
) -> Thread | Rejected:
    """Change title, text, sources or tags; `seen` is locked and `version` is the one that was edited. An edit that
    brings none of them changes nothing.

    An author's edit passes the site's rules: what they hold of a published thread waits for a moderator, and the thread
    stays as it is; what they refuse is returned, so that the record of it stays. Raises NotSignedIn, Silenced,
    NotAllowed, Invalid, ThreadIsClosed (archived, or closed where that ends edits), EditConflict.
    """
    thread = seen.thread
    policy.check_may_edit(actor, thread)
    ready = settled(rewording)
    policy.check_edits_open(actor, seen, now(session))
    check_version(version, thread.version)
    if not ready.fields:
        return thread
    if ready.text is not None:
        ready = replace(ready, text=as_stored(ready.text, thread.body_format, OPENING_LEVEL))
    if thread.edit_waits and ready.says and not (ready.changes(thread) or rewords(actor, thread)):
        end_edit(session, edit_of(thread))  # typed back to what everybody reads
        return thread
    verdict = _screen(session, actor, seen, ready, sender)
    if verdict.outcome == "reject":
        keep_edit_verdict(session, edit_of(thread), verdict)
        return refusal(verdict)
    if verdict.outcome != "publish" and thread.moderation == "published":
        hold_edit(session, actor, edit_of(thread), _wording(thread, ready), verdict)
        return thread
    _store(session, actor, thread, ready)
    note_edit(session, edit_of(thread), verdict)
    return thread


def _screen(session: Session, actor: Actor, seen: ThreadSeen, ready: Rewording, sender: Sender) -> Verdict:
    """What the site's rules make of the thread as it would read."""
    thread = seen.thread
    if not (ready.changes(thread) and is_screened(actor, thread, thread.category_id)):
        return PUBLISH
    html = ready.text.body_html if ready.text else thread.body_html
    submission = Submission(
        kind="edit", category_id=thread.category_id, role=role_in(actor, thread.category_id), thread_id=seen.id,
        title=ready.title or thread.title, body=ready.text.body if ready.text else thread.body,
        hosts=hosts_in(html, sender.own_host), username=actor.username or "", sender=sender, html=html,
    )  # fmt: skip
    return screen_edit(session, actor, submission)


def _wording(thread: Thread, ready: Rewording) -> Wording:
    body = ready.text.body if ready.text else thread.body
    return Wording(ready.title or thread.title, body, ready.kept())


def _store(session: Session, actor: Actor, thread: Thread, ready: Rewording) -> None:
    """Apply an edit; one that waited is over. That a moderator changed what somebody else wrote is kept, for them to
    know, where nobody has read it yet.
    """
    of, is_other, before, state = edit_of(thread), rewords(actor, thread), thread.version, thread.moderation
    ended = end_edit(session, of) if ready.says and thread.edit_waits else None
    event_id = reword_thread(session, actor, thread, ready)
    if is_other and ready.says:
        kept = {TEXT: before} | ({EDIT: ended} if ended else {})
        keep_step(
            session, actor, EDIT, step_event_id=event_id, before=kept, state_before=state, state_after=state,
            **of.members,
        )  # fmt: skip


def reword_thread(session: Session, actor: Actor, thread: Thread, ready: Rewording) -> int:
    """Let the thread say what the rewording brings, in the actor's name; its text is in the thread's format already.

    What it said is kept as a revision. Returns the event's id. Who may is asked by whoever calls this.
    """
    if ready.says:
        session.add(revision_of(thread, count_earlier(session, OF_THREADS, thread) + 1))
        thread.edited_at, thread.edited_by_id = now(session), actor.account_id
    if ready.title is not None:
        thread.title, thread.slug = ready.title, slugify(ready.title)
    if ready.text is not None:
        thread.body, thread.body_html, thread.renderer = ready.text.body, ready.text.body_html, RENDERER_VERSION
        thread.contents = ready.text.contents
    if ready.sources is not None:
        thread.sources = ready.sources
    if ready.tags is not None:
        thread.tags = set_tags(session, stored_id(thread.id), ready.tags, counted_in(thread))
    return _record(session, actor, thread, ready)


def _record(session: Session, actor: Actor, thread: Thread, ready: Rewording, *, is_undo: bool = False) -> int:
    thread.version += 1
    session.add(thread)
    session.flush()
    mentioned = ready.text.mentioned if ready.text else None
    edited = ThreadEdited(
        actor=actor, fields=ready.fields, mentioned=mentioned, is_undo=is_undo, **facts_of(thread)
    )  # fmt: skip
    return events.record(session, edited)


def approve_thread_edit(session: Session, editor: Actor, seen: ThreadSeen, kept: Mapping[str, Any]) -> int:
    """Apply an edit that waited, in its editor's name. Who may is asked by whoever calls this; returns the event's id.

    Raises ThreadIsClosed (archived).
    """
    policy.check_not_archived(seen.thread)
    return reword_thread(session, editor, seen.thread, Rewording.of(kept))


def take_thread_text_back(session: Session, actor: Actor, seen: ThreadSeen, version: int) -> int:
    """Let the thread say again what it said in this version, as if the edit had not been; returns the event's id.

    Tags stay. Raises InvalidTransition where it was edited since, or that text was removed.
    """
    thread = seen.thread
    earlier = last_text(session, seen)
    if earlier is None or earlier.version != version or earlier.redacted_at is not None:
        raise InvalidTransition("The text was edited since, or the one before it was removed")
    text = written_again(session, earlier.body, earlier.body_format, OPENING_LEVEL)
    thread.title, thread.slug, thread.sources = earlier.title, slugify(earlier.title), earlier.sources
    thread.body, thread.body_html, thread.renderer = text.body, text.body_html, RENDERER_VERSION
    thread.contents = text.contents
    was_first = earlier.made_at == thread.created_at
    thread.edited_at, thread.edited_by_id = (None, None) if was_first else (earlier.made_at, earlier.made_by_id)
    session.delete(earlier)
    return _record(session, actor, thread, Rewording(earlier.title, text, earlier.sources), is_undo=True)


def edit_of(thread: Thread) -> EditOf:
    """The thread as what an edit is of."""
    return EditOf(thread, stored_id(thread.id), None, thread.category_id)


def revision_of(thread: Thread, number: int) -> ThreadRevision:
    """What the thread says now, to be kept before it changes, as the text with this number of all that it has had."""
    return ThreadRevision(
        thread_id=stored_id(thread.id), version=thread.version, number=number, title=thread.title, body=thread.body,
        body_format=thread.body_format, sources=thread.sources,
        made_by_id=thread.edited_by_id if thread.edited_at else thread.author_id,
        made_at=thread.edited_at or thread.created_at,
    )  # fmt: skip
