"""What can go wrong with rules and with posts that they look at, beyond the common problems."""

from service.kit.errors import Conflict


class NotTried(Conflict):
    """A rule is switched on, or changed while it is on, only after a finished backtest of exactly this kind, these
    terms, verdict, category and exempt roles (`backtest_id`), or with `confirm`: true.
    """

    code, title = "not-tried", "This rule has not been tried on earlier posts"
