"""What can go wrong with reviews, beyond the common problems."""

from service.kit.errors import Conflict


class StaleDecision(Conflict):
    """The post was edited or decided about since the caller looked. The problem's members say how it stands now:
    `version`, `state`, `moderation`, and the last decision's `action`, `decided_by` and `decided_at`.
    """

    code, title = "stale-decision", "Something happened to this post since you looked"


class Claimed(Conflict):
    """Another moderator is looking at this now. The problem's members say who and until when: `claimed_by`,
    `claimed_until`. Their claim ends by itself; with `override` one decides all the same.
    """

    code, title = "claimed", "Another moderator is looking at this"


class AlreadyFlagged(Conflict):
    """A moderator has decided about your flag of this post. Flag it again when its text has changed since, or, after 24
    hours, for another reason: `again_at` says from when on.
    """

    code, title = "already-flagged", "Your flag of this post has been decided about"


class NotPublished(Conflict):
    """Only what everybody sees can be flagged: this post is out of sight already, or waits for a moderator."""

    code, title = "not-published", "This post is not published"


class AppealExists(Conflict):
    """A decision is appealed once. The problem's members say which appeal there is and how it stands: `appeal`,
    `state` (`open`, `upheld`, `reversed`).
    """

    code, title = "appeal-exists", "This decision was appealed already"


class AppealTooLate(Conflict):
    """A decision is appealed within 14 days; `until` says when they were over."""

    code, title = "appeal-too-late", "The time for an appeal is over"


class AlreadyUndone(Conflict):
    """The decision was undone before. The problem's members say when and by whom: `undone_at`, `undone_by`."""

    code, title = "already-undone", "This was undone already"


class NotAllDecided(Conflict):
    """Of many decisions that were to be taken together one is refused, so none was taken. The problem's `items` say
    which were refused, each with its `id`, `code` and `detail`.
    """

    code, title = "not-all-decided", "Nothing was decided: some of these cannot be"


class NotNew(Conflict):
    """The account is not new: what somebody has said here for long is not taken away in one go."""

    code, title = "not-new", "This account is not new"
