"""The mail to a moderator: what waits for a decision."""

from service.kit.outgoing import Outgoing
from service.notifications.jobs.drafts import Draft
from service.notifications.queries import Letter


def draft(letter: Letter, outgoing: Outgoing) -> Draft:
    """What the mail to a moderator says."""
    return Draft("reviews", "", {})
