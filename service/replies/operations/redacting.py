"""Removing an earlier text, where it says what nobody may read."""

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.replies import queries
from service.replies.events import ReplyRedacted
from service.replies.operations.posting import facts_of
from service.replies.queries import ReplySeen
from service.threads.queries import ThreadSeen


def redact_reply(session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen, number: int) -> None:
    """Take the words out of one earlier text for good; who wrote it and when stays. `seen` is its locked thread.

    A second time changes nothing. Raises NotSignedIn, NotAllowed, NotFound (no earlier text has this number; the
    current one is changed by editing).
    """
    check_moderates(actor, seen.thread.category_id)
    text = queries.get_revision(session, found, number)
    if text.redacted_at is not None:
        return
    text.body, text.redacted_at = "", now(session)
    session.add(text)
    session.flush()
    events.record(session, ReplyRedacted(actor=actor, revision=number, **facts_of(found.reply, seen)))
