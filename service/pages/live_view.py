"""From a thread to the view of what its page keeps up with."""

from datetime import datetime

from service.kit import events
from service.kit.actor import Actor
from service.kit.database import Session
from service.pages.views.live import Live
from service.replies.models import PER_SCREEN
from service.threads import policy
from service.threads.queries import ThreadSeen


def live(session: Session, actor: Actor, seen: ThreadSeen, page: int, at: datetime) -> Live:
    """The view. The position is that of the page's own snapshot, so nothing falls between the page and the stream."""
    closed = seen.closing.is_closed(at)
    return Live(
        events_url=f"/api/v1/threads/{seen.id}/events",
        position=events.last_position(session),
        reader_id=actor.account_id,
        page=page,
        per_page=PER_SCREEN,
        last_number=seen.thread.last_number,
        closed=closed,
        closes_at=None if closed else seen.closing.at,
        now=at,
        warned=policy.may_post_while_closed(actor),
    )
