"""Leave a kind of letter by its own link, and come back. The link is the permission: nobody is signed in."""

from typing import Final

from sqlmodel import Session

from service.notifications.models import DECISIONS, DIGEST, MAIL, MODERATION, REVIEWS
from service.notifications.operations.choosing import row_of
from service.notifications.policy.timing import DAILY
from service.notifications.queries.links import ListSeen, follow_list_link

CARRIED: Final = {DIGEST: ("reply", "opening", "closed"), REVIEWS: ("reviews",), DECISIONS: MODERATION}
"""What a letter carries that is not told by mail at all once it was left: nobody leaves a digest to get its news one by
one instead. What is said to the person themselves goes on."""


def leave_list(session: Session, account_id: int, kind: str) -> ListSeen:
    """Send this person no such letters any more; again and again is once. Raises NotFound when they are gone."""
    return _choose(session, account_id, kind, wanted=False)


def rejoin_list(session: Session, account_id: int, kind: str) -> ListSeen:
    """Send them again: digests every day. Raises NotFound as `leave_list`."""
    return _choose(session, account_id, kind, wanted=True)


def _choose(session: Session, account_id: int, kind: str, *, wanted: bool) -> ListSeen:
    follow_list_link(session, account_id, kind)
    chosen = row_of(session, account_id)
    if kind == DIGEST:
        chosen.digest = DAILY if wanted else "off"
    if kind in CARRIED:
        named = {name: chosen.channels.get(name, {}) | {MAIL: wanted} for name in CARRIED[kind]}
        chosen.channels = chosen.channels | named
    if kind not in CARRIED or wanted:
        chosen.mail = wanted
    session.add(chosen)
    session.flush()
    return follow_list_link(session, account_id, kind)
