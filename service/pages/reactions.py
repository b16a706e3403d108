"""Reactions on a thread's page: what stands under each post, for one reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.pages.asked import Asked
from service.pages.views.reactions import Given, Reactions
from service.reactions.policy import are_taken
from service.replies.models import Reply
from service.threads.models import REACTIONS, Thread, counted
from service.threads.queries import ThreadSeen
from service.threads.queries.reactions import Own, own_in_thread

LABELS: Final = {"like": "Like", "thanks": "Thanks", "agree": "Agree", "disagree": "Disagree", "funny": "Funny"}
ALL: Final = tuple(Given(name, LABELS[name], 0, mine=False) for name in REACTIONS)


@dataclass(frozen=True, slots=True)
class Reacting:
    """How one reader's page shows reactions: whether they may give any, and under which post (by number, 0 for the
    opening) all are offered, because its “React” was followed without scripts.
    """

    actor: Actor
    own: Own
    taken: bool
    page: int
    wanted: int | None

    def on(self, post: Thread | Reply, what: str) -> Reactions | None:
        """What stands under a post; None where there is nothing to see and nothing to do."""
        may = self.taken and post.moderation == "published" and post.author_id != self.actor.account_id
        counts = counted(post.reactions)
        if not may and not counts:
            return None
        reply = isinstance(post, Reply)
        number = (post.number or 0) if isinstance(post, Reply) else 0
        mine = self.own.get(post.id if reply else None, ())
        unfolded = may and number == self.wanted
        given = tuple(
            Given(name, LABELS[name], counts.get(name, 0), name in mine) for name in (REACTIONS if unfolded else counts)
        )
        anchor = f"reply-{number}" if reply else "reactions"
        door = f"/api/v1/{'replies' if reply else 'threads'}/{post.id}/reactions"
        here = f"page={self.page}&" if self.page > 1 else ""
        more = f"?{here}react={number}#{anchor}" if may and not unfolded else None
        return Reactions(what, anchor, post.id if reply else None, given, door if may else None, more)

    @property
    def offered(self) -> tuple[Given, ...]:
        """All reactions, for the script that unfolds them in place; none for a reader who may give none."""
        return ALL if self.taken else ()


def reacting(
    session: Session, actor: Actor, seen: ThreadSeen, posts: Iterable[Thread | Reply], asked: Asked
) -> Reacting:
    """How this page shows reactions. Nothing is asked where nobody has reacted to any of its posts."""
    taken = are_taken(actor, seen, now(session))
    own = own_in_thread(session, actor, seen.id, (post.reactions for post in posts))
    return Reacting(actor, own, taken, asked.page, asked.react)
