"""What can go wrong with reviews, beyond the common problems."""

from service.kit.errors import Conflict


class StaleDecision(Conflict):
    """The post was edited or decided about since the caller looked. The problem's members say how it stands now:
    `version`, `state`, `moderation`, and the last decision's `action`, `decided_by` and `decided_at`.
    """

    code, title = "stale-decision", "Something happened to this post since you looked"
