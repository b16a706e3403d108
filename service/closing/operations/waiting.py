"""What becomes, at a closing, of the replies that wait for a moderator."""

from dataclasses import dataclass
from typing import Final, Literal

from sqlmodel import Session

from service.closing import queries
from service.kit.actor import Actor
from service.replies.operations import moderate_reply
from service.replies.queries import list_waiting
from service.threads.queries import ThreadSeen

Choice = Literal["keep", "approve", "reject"]
KEEP: Final[Choice] = "keep"

MOST: Final = 500
"""Replies that are decided with one closing, the oldest first: it is one transaction, and others wait for it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What became of the replies that waited: so many still do, so many were approved or rejected."""

    kept: int
    approved: int = 0
    rejected: int = 0


def decide_waiting(session: Session, actor: Actor, seen: ThreadSeen, choice: Choice) -> Waiting:
    """Keep, approve or reject the replies that wait in a locked thread; what is kept can be approved later.

    An approved one keeps the time at which it was submitted and takes the next number. Raises NotAllowed, and
    ThreadIsClosed (nothing becomes visible in an archived thread).
    """
    found = [] if choice == KEEP else list_waiting(session, actor.within(seen.thread.category_id), seen.id, MOST)
    for reply in found:
        moderate_reply(session, actor, seen, reply, "approve" if choice == "approve" else "reject")
    kept = queries.count_waiting(session, seen.id)
    return Waiting(kept, len(found), 0) if choice == "approve" else Waiting(kept, 0, len(found))
