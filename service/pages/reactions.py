"""Reactions on a thread's page: what stands under each post, for one reader."""

from dataclasses import dataclass
from typing import Final

from service.kit.actor import Actor
from service.pages.asked import Asked
from service.pages.views.reactions import Given, Reactions
from service.reactions.policy import are_taken
from service.replies.queries.screens import Shown
from service.threads.models import REACTIONS, Thread, counted
from service.threads.queries import ThreadSeen
from service.threads.queries.reactions import Own

LABELS: Final = {"like": "Like", "thanks": "Thanks", "agree": "Agree", "disagree": "Disagree", "funny": "Funny"}
ALL: Final = tuple(Given(name, LABELS[name], 0, mine=False) for name in REACTIONS)


@dataclass(frozen=True, slots=True)
class Reacting:
    """How one reader's page shows reactions: whether they may give any, and under which post (by number, 0 for the
    opening) all are offered, because its “React” was followed without scripts.
    """

    actor: Actor
    thread_id: int
    own: Own
    taken: bool
    page: int
    wanted: int | None

    def on(self, thread: Thread, what: str) -> Reactions | None:
        """What stands under the opening; None where there is nothing to see and nothing to do."""
        return self._of(thread, None, 0, what)

    def on_reply(self, row: Shown, what: str) -> Reactions | None:
        """What stands under a reply; None as for the opening."""
        return self._of(row, row.id, row.number or 0, what)

    def _of(self, post: Thread | Shown, reply_id: int | None, number: int, what: str) -> Reactions | None:
        may = self.taken and post.moderation == "published" and post.author_id != self.actor.account_id
        counts = counted(post.reactions)
        if not may and not counts:
            return None
        mine = self.own.get(reply_id, ())
        unfolded = may and number == self.wanted
        given = tuple(
            Given(name, LABELS[name], counts.get(name, 0), name in mine) for name in (REACTIONS if unfolded else counts)
        )
        anchor = f"reply-{number}" if reply_id else "reactions"
        door = f"/api/v1/{'replies' if reply_id else 'threads'}/{reply_id or self.thread_id}/reactions"
        here = f"page={self.page}&" if self.page > 1 else ""
        more = f"?{here}react={number}#{anchor}" if may and not unfolded else None
        return Reactions(what, anchor, reply_id, given, door if may else None, more)

    @property
    def offered(self) -> tuple[Given, ...]:
        """All reactions, for the script that unfolds them in place; none for a reader who may give none."""
        return ALL if self.taken else ()


def reacting(actor: Actor, seen: ThreadSeen, own: Own, asked: Asked) -> Reacting:
    """How this page shows reactions to who said this of its posts."""
    return Reacting(actor, seen.id, own, are_taken(actor, seen, seen.moment()), asked.page, asked.react)
