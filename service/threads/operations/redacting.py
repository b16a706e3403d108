"""Removing an earlier text, where it says what nobody may read."""

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.threads import queries
from service.threads.events import ThreadRedacted
from service.threads.operations.opening import facts_of
from service.threads.queries import ThreadSeen


def redact_thread(session: Session, actor: Actor, seen: ThreadSeen, number: int) -> None:
    """Take the words out of one earlier text for good; who wrote it and when stays. `seen` is locked.

    A second time changes nothing. Raises NotSignedIn, NotAllowed, NotFound (no earlier text has this number; the
    current one is changed by editing).
    """
    check_moderates(actor, seen.thread.category_id)
    text = queries.get_revision(session, seen, number)
    if text.redacted_at is not None:
        return
    text.title, text.body, text.sources, text.redacted_at = "", "", [], now(session)
    session.add(text)
    session.flush()
    events.record(session, ThreadRedacted(actor=actor, revision=number, **facts_of(seen.thread)))
