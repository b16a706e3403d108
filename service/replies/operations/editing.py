"""Editing a reply; what it said before is kept as a revision. What a rule holds waits, and the old text stays."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import InvalidTransition, Problem, settled
from service.kit.sender import NOWHERE, Sender
from service.kit.text import RENDERER_VERSION
from service.kit.text.hosts import hosts_in
from service.kit.versions import Wanted, check_version
from service.replies import policy
from service.replies.events import ReplyEdited
from service.replies.models import Reply, ReplyRevision
from service.replies.operations.posting import facts_of
from service.replies.queries import ReplySeen
from service.replies.queries.revisions import OF_REPLIES, last_text
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
from service.threads import policy as threads_policy
from service.threads.operations import Written, as_stored
from service.threads.operations.waiting import kept_text, text_of, written_again
from service.threads.queries import ThreadSeen
from service.threads.queries.revisions import count_earlier


def edit_reply(
    session: Session,
    actor: Actor,
    seen: ThreadSeen,
    found: ReplySeen,
    text: Written | Problem,
    version: Wanted,
    sender: Sender = NOWHERE,
) -> Reply | Rejected:
    """Change a reply's text; `seen` is its locked thread and `version` the one that was edited.

    An author's edit passes the site's rules: what they hold of a published reply waits for a moderator, and the reply
    stays as it is; what they refuse is returned, so that the record of it stays. Raises NotSignedIn, Silenced,
    NotAllowed, Invalid, ThreadIsClosed (archived, or closed where that ends edits), EditConflict.
    """
    reply = found.reply
    policy.check_may_edit(actor.within(seen.thread.category_id), reply)
    ready = as_stored(settled(text), reply.body_format)
    threads_policy.check_edits_open(actor, seen, now(session))
    check_version(version, reply.version)
    if reply.edit_waits and ready.body == reply.body and not rewords(actor, reply):
        end_edit(session, edit_of(seen, reply))  # typed back to what everybody reads
        return reply
    verdict, of = _screen(session, actor, seen, reply, ready, sender), edit_of(seen, reply)
    if verdict.outcome == "reject":
        keep_edit_verdict(session, of, verdict)
        return refusal(verdict)
    if verdict.outcome != "publish" and reply.moderation == "published":
        hold_edit(session, actor, of, Wording("", ready.body, kept_text(ready)), verdict)
        return reply
    _store(session, actor, seen, reply, ready)
    note_edit(session, of, verdict)
    return reply


def _screen(session: Session, actor: Actor, seen: ThreadSeen, reply: Reply, text: Written, sender: Sender) -> Verdict:
    """What the site's rules make of the new text."""
    category_id = seen.thread.category_id
    if text.body == reply.body or not is_screened(actor, reply, category_id):
        return PUBLISH
    submission = Submission(
        kind="edit", category_id=category_id, role=role_in(actor, category_id), thread_id=seen.id, body=text.body,
        hosts=hosts_in(text.body_html, sender.own_host), username=actor.username or "", sender=sender,
        html=text.body_html,
    )  # fmt: skip
    return screen_edit(session, actor, submission)


def _store(session: Session, actor: Actor, seen: ThreadSeen, reply: Reply, text: Written) -> None:
    """Apply an edit; one that waited is over. That a moderator changed what somebody else wrote is kept, for them to
    know, where nobody has read it yet.
    """
    of, is_other, before, state = edit_of(seen, reply), rewords(actor, reply), reply.version, reply.moderation
    ended = end_edit(session, of) if reply.edit_waits else None
    event_id = reword_reply(session, actor, seen, reply, text)
    if is_other:
        kept = {TEXT: before} | ({EDIT: ended} if ended else {})
        keep_step(
            session, actor, EDIT, step_event_id=event_id, before=kept, state_before=state, state_after=state,
            **of.members,
        )  # fmt: skip


def reword_reply(session: Session, actor: Actor, seen: ThreadSeen, reply: Reply, text: Written) -> int:
    """Let the reply say this, in the actor's name; what it said is kept as a revision. Returns the event's id.

    The text is in the reply's format already, and who may is asked by whoever calls this.
    """
    session.add(revision_of(reply, count_earlier(session, OF_REPLIES, reply) + 1))
    reply.edited_at, reply.edited_by_id = now(session), actor.account_id
    return _say(session, actor, seen, reply, text)


def _say(
    session: Session, actor: Actor, seen: ThreadSeen, reply: Reply, text: Written, *, is_undo: bool = False
) -> int:
    reply.body, reply.body_html, reply.renderer = text.body, text.body_html, RENDERER_VERSION
    reply.version += 1
    session.add(reply)
    session.flush()
    said: dict[str, Any] = {"mentioned": text.mentioned, "quoted": text.quoted} | facts_of(reply, seen)
    return events.record(session, ReplyEdited(actor=actor, is_undo=is_undo, **said))


def approve_reply_edit(
    session: Session, editor: Actor, seen: ThreadSeen, found: ReplySeen, kept: Mapping[str, Any]
) -> int:
    """Apply an edit that waited, in its editor's name. Who may is asked by whoever calls this; returns the event's id.

    Raises ThreadIsClosed (archived).
    """
    threads_policy.check_not_archived(seen.thread)
    return reword_reply(session, editor, seen, found.reply, text_of(kept))


def take_reply_text_back(session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen, version: int) -> int:
    """Let the reply say again what it said in this version, as if the edit had not been; returns the event's id.

    Raises InvalidTransition where it was edited since, or that text was removed.
    """
    reply, earlier = found.reply, last_text(session, found)
    if earlier is None or earlier.version != version or earlier.redacted_at is not None:
        raise InvalidTransition("The text was edited since, or the one before it was removed")
    was_first = earlier.made_at == reply.created_at
    reply.edited_at, reply.edited_by_id = (None, None) if was_first else (earlier.made_at, earlier.made_by_id)
    text = written_again(session, earlier.body, earlier.body_format)
    session.delete(earlier)
    return _say(session, actor, seen, reply, text, is_undo=True)


def edit_of(seen: ThreadSeen, reply: Reply) -> EditOf:
    """The reply as what an edit is of."""
    return EditOf(reply, seen.id, stored_id(reply.id), seen.thread.category_id)


def revision_of(reply: Reply, number: int) -> ReplyRevision:
    """What the reply says now, to be kept before it changes, as the text with this number of all that it has had."""
    return ReplyRevision(
        reply_id=stored_id(reply.id), version=reply.version, number=number, body=reply.body,
        body_format=reply.body_format,
        made_by_id=reply.edited_by_id if reply.edited_at else reply.author_id,
        made_at=reply.edited_at or reply.created_at,
    )  # fmt: skip
