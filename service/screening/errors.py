"""What can go wrong with rules and with posts that they look at, beyond the common problems."""

from service.kit.errors import Conflict, Problem


class NotTried(Conflict):
    """A rule is switched on, or changed while it is on, only after a finished backtest of exactly this kind, these
    terms, verdict, category and exempt roles (`backtest_id`), or with `confirm`: true.
    """

    code, title = "not-tried", "This rule has not been tried on earlier posts"


class AlreadyPosted(Conflict):
    """The same person posted the same text there a moment ago; `url` is where it stands."""

    code, title = "duplicate", "This was posted already"


class Rejected(Problem):
    """A rule of the site refused the post; the detail is what the rule tells its author. A record is kept."""

    code, status, title = "rejected", 422, "A rule of this site does not let this through"
