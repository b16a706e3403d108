"""Whether a thread is pinned, and where it stands first. Pure."""

from datetime import datetime

from service.threads.models import Thread


def is_pinned(thread: Thread, at: datetime) -> bool:
    """Whether the thread stands above the others at this instant: a pin ends at its very instant, without a job."""
    return thread.pinned_at is not None and (thread.pinned_until is None or at < thread.pinned_until)
