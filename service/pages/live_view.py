"""From a thread to the view of what its page keeps up with."""

from datetime import datetime

from service.kit import events
from service.kit.actor import Actor
from service.kit.database import Session
from service.pages.rendering import rfc3339
from service.pages.views.live import Edited, Live
from service.replies.models import PER_SCREEN
from service.threads import policy
from service.threads.queries import ThreadSeen


def live(actor: Actor, seen: ThreadSeen, page: int, at: datetime, position: int) -> Live:
    """The view. `position` is that of the thread's last event, asked before anything else was read: so nothing falls
    between the page and the stream, and two drawings of a thread in which nothing happened are the same.
    """
    closed = seen.closing.is_closed(at)
    return Live(
        events_url=events_url(seen.id),
        position=position,
        reader_id=actor.account_id,
        page=page,
        per_page=PER_SCREEN,
        last_number=seen.thread.last_number,
        closed=closed,
        now=rfc3339(at),
        warned=policy.may_post_while_closed(actor, seen.thread, seen.site),
    )


def edited(session: Session, thread_id: int, subject: str) -> Edited:
    """The view for one who edits `subject`, a post of this thread."""
    return Edited(events_url(thread_id), events.last_of_thread(session, thread_id), subject)


def events_url(thread_id: int) -> str:
    """Where it is told what happens in a thread."""
    return f"/api/v1/threads/{thread_id}/events"
