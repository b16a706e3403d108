"""What can go wrong with replies, beyond the common problems."""

from service.kit.errors import Conflict


class ParentNotAvailable(Conflict):
    """The reply that was to be answered is not in this thread, or is not there any more."""

    code, title = "parent-not-available", "The reply you answer is not available"
