"""Editing a reply; what it said before is kept as a revision."""

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import Problem, settled
from service.kit.text import RENDERER_VERSION
from service.kit.versions import Wanted, check_version
from service.replies import policy
from service.replies.events import ReplyEdited
from service.replies.models import Reply, ReplyRevision
from service.replies.operations.posting import facts_of
from service.replies.queries import ReplySeen
from service.threads import policy as threads_policy
from service.threads.operations import Written, as_stored
from service.threads.queries import ThreadSeen


def edit_reply(
    session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen, text: Written | Problem, version: Wanted
) -> Reply:
    """Change a reply's text; `seen` is its locked thread and `version` the one that was edited.

    Raises NotSignedIn, NotAllowed, Invalid, ThreadIsClosed (archived, or closed where that ends edits), EditConflict.
    """
    reply = found.reply
    policy.check_may_edit(actor.within(seen.thread.category_id), reply)
    ready = as_stored(settled(text), reply.body_format)
    threads_policy.check_edits_open(actor, seen, now(session))
    check_version(version, reply.version)
    session.add(revision_of(reply))
    reply.body, reply.body_html, reply.renderer = ready.body, ready.body_html, RENDERER_VERSION
    reply.edited_at, reply.edited_by_id = now(session), actor.account_id
    reply.version += 1
    session.add(reply)
    session.flush()
    said = facts_of(reply, seen)
    events.record(session, ReplyEdited(actor=actor, mentioned=ready.mentioned, quoted=ready.quoted, **said))
    return reply


def revision_of(reply: Reply) -> ReplyRevision:
    """What the reply says now, to be kept before it changes."""
    return ReplyRevision(
        reply_id=stored_id(reply.id), version=reply.version, body=reply.body, body_format=reply.body_format,
        made_by_id=reply.edited_by_id if reply.edited_at else reply.author_id,
        made_at=reply.edited_at or reply.created_at,
    )  # fmt: skip
