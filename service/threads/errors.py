"""What can go wrong with threads, beyond the common problems."""

from service.kit.errors import Conflict


class ThreadIsClosed(Conflict):
    """The discussion is closed. The problem's `closed_at` and `reason` say since when and why."""

    code, title = "thread-closed", "This discussion is closed"
