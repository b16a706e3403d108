"""The post that an edit form is about, as it is stored, or with the edit of it that waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from service.kit.actor import Actor
from service.kit.database import Session
from service.moderation.queries.edits import known_edits
from service.pages import thread_views
from service.pages.addressed import Addressed
from service.pages.sources import in_one_line
from service.pages.tag_field import shown_tags
from service.pages.views.thread import Theirs
from service.replies import policy as reply_policy
from service.screening.models import HeldEdit
from service.threads import operations, policy
from service.threads.models import Thread
from service.threads.queries import get_thread


@dataclass(frozen=True, slots=True)
class Editable:
    """A post as it is stored, for the form: `title` is None for a reply. `subject` is what events call it, and
    `is_html` says that an import brought its text. Where an edit waits that the reader knows of, the form begins with
    it, and `waiting` says so; `theirs` and `shown_sources` are what everybody reads.
    """

    what: str
    thread_id: int
    subject: str
    draft: str
    back_url: str
    title: str | None
    body: str
    version: int
    is_html: bool
    theirs: Theirs
    tags: str = ""
    sources: Sequence[dict[str, Any]] = ()
    shown_sources: Sequence[dict[str, Any]] = ()
    waiting: str = ""


Find = Callable[[Session, Actor], Editable]


def find_thread(thread_id: int, *, check: bool) -> Find:
    """Loads a thread's opening; with `check`, only for one who may edit it."""

    def find(session: Session, actor: Actor) -> Editable:
        seen = get_thread(session, actor, thread_id)
        if check:
            policy.check_may_edit(actor, seen.thread)
            policy.check_edits_open(actor, seen, seen.moment())
        thread, url = seen.thread, thread_views.thread_url(seen)
        tags = shown_tags(thread.tags)
        theirs = Theirs(thread.title, thread.body, thread.edited_at, tags, tuple(map(in_one_line, thread.sources)))
        if edit := known_edits(session, actor.within(thread.category_id), [thread]).get(None):
            return _waiting_thread(thread, edit, url, theirs, actor)
        return Editable(
            "the thread",
            seen.id,
            f"thread-{seen.id}",
            f"edit-{seen.id}",
            url,
            thread.title,
            thread.body,
            thread.version,
            thread.body_format == "html",
            theirs,
            tags,
            thread.sources,
            thread.sources,
        )

    return find


def _waiting_thread(thread: Thread, edit: HeldEdit, url: str, theirs: Theirs, actor: Actor) -> Editable:
    """A thread with the edit of it that waits."""
    new = operations.Rewording.of(edit.said)
    return Editable(
        "the thread",
        edit.thread_id,
        f"thread-{edit.thread_id}",
        f"edit-{edit.thread_id}",
        url,
        edit.title,
        edit.body,
        thread.version,
        thread.body_format == "html",
        theirs,
        theirs.tags if new.tags is None else shown_tags(new.tags),
        thread.sources if new.sources is None else new.sources,
        thread.sources,
        _waits(edit, actor),
    )


def _waits(edit: HeldEdit, actor: Actor) -> str:
    """What the form says where it begins with an edit that waits."""
    if edit.editor_id == actor.account_id:
        return "This is your edit that waits for a moderator. What you save takes its place."
    return "This is its author’s edit that waits. What you save is shown at once, and its author is told."


def find_reply(which: Addressed, *, check: bool) -> Find:
    """Loads a reply; with `check`, only for one who may edit it."""

    def find(session: Session, actor: Actor) -> Editable:
        seen, found = which.find(session, actor)
        reply = found.reply
        if check:
            reply_policy.check_may_edit(actor.within(seen.thread.category_id), reply)
            policy.check_edits_open(actor, seen, seen.moment())
        theirs = Theirs(None, reply.body, reply.edited_at)
        url = thread_views.shown_url(seen, reply)
        subject, is_html = f"reply-{found.id}", reply.body_format == "html"
        edit = known_edits(session, actor.within(seen.thread.category_id), [reply]).get(found.id)
        body, waits = (edit.body, _waits(edit, actor)) if edit else (reply.body, "")
        return Editable(
            which.words, seen.id, subject, which.draft, url, None, body, reply.version, is_html, theirs, waiting=waits
        )

    return find
