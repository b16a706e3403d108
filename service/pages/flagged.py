"""Flags on other screens: the link under each post of a thread's page, and what moderators read in the queue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from service.kit.actor import Actor
from service.kit.database import Session
from service.moderation.models import DISMISSED, FLAGGED, GONE, UPHELD, Review
from service.moderation.policy import may_name_flaggers
from service.moderation.queries import PostSeen
from service.moderation.queries.flags import FlagSeen, Post, flags_of
from service.pages.views.flags import FlagLine, FlagMark, FlagReason, FlagsView
from service.pages.views.frame import Person
from service.replies.queries.screens import Shown
from service.threads.models import Thread
from service.threads.queries import ThreadSeen

REASONS: Final = (
    FlagReason("spam", "Spam", "advertising, or the same again and again"),
    FlagReason("abusive", "Abusive", "it insults, threatens or harasses somebody"),
    FlagReason("off-topic", "Off topic", "it does not belong here"),
    FlagReason("illegal", "Illegal", "say below which law it breaks, and why you think so"),
    FlagReason("other", "Something else", "say below what is wrong"),
)
LABELS: Final = {reason.value: reason.label for reason in REASONS}
OUTCOMES: Final = {UPHELD: "upheld", DISMISSED: "dismissed", GONE: "its author deleted the post"}
NOBODY: Final[frozenset[int | None]] = frozenset()


@dataclass(frozen=True, slots=True)
class Flagging:
    """How one reader's page of a thread offers flags: whether at all, and which of its posts they have flagged."""

    actor: Actor
    offered: bool
    mine: frozenset[int | None]

    def mark(self, thread: Thread, base: str) -> FlagMark | None:
        """What stands under the opening, whose own screens begin with `base`; None where there is nothing to flag."""
        return self._of(thread, None, base)

    def on_reply(self, row: Shown, base: str) -> FlagMark | None:
        """The same for a reply."""
        return self._of(row, row.id, base)

    def _of(self, post: Thread | Shown, reply_id: int | None, base: str) -> FlagMark | None:
        if not self.offered or post.moderation != "published" or post.author_id == self.actor.account_id:
            return None
        return FlagMark(f"{base}/flag", reply_id in self.mine)


def flagging(actor: Actor, seen: ThreadSeen, mine: frozenset[int | None]) -> Flagging:
    """How this page offers flags to who has flagged these posts of it."""
    offered = actor.signed_in and actor.silence is None and seen.thread.moderation == "published"
    return Flagging(actor, offered, mine if offered else NOBODY)


def flags_in_queue(session: Session, actor: Actor, shown: Iterable[PostSeen]) -> Mapping[Post, FlagsView]:
    """What moderators read of the flags of these posts, by thread and reply: one query for all, and none where nobody
    has flagged any. `parts/flags.html` draws each.
    """
    wanted = {(seen.thread_id, seen.reply_id): seen for seen in shown if _was_flagged(seen.review)}
    found = flags_of(session, wanted)
    return {post: _view(actor, wanted[post], flags) for post, flags in found.items()}


def _was_flagged(review: Review | None) -> bool:
    return review is not None and (review.flag_count > 0 or review.cause == FLAGGED)


def _view(actor: Actor, seen: PostSeen, flags: Iterable[FlagSeen]) -> FlagsView:
    review, named = seen.review, may_name_flaggers(actor, seen.post)
    count, weight = (review.flag_count, review.flag_weight) if review else (0, 0)
    lines = tuple(_line(flag, named=named) for flag in flags)
    more = count - sum(not line.outcome for line in lines)
    return FlagsView(words_of(count, weight) if count else "", lines, more)


def words_of(count: int, weight: int) -> str:
    """What flags come to: `3 flags, weight 2.5`."""
    return f"{count} flag{'' if count == 1 else 's'}, weight {in_units(weight)}"


def in_units(weight: int) -> str:
    """A weight in hundredths as moderators read it: `2.5`."""
    return f"{weight / 100:g}"


def _line(seen: FlagSeen, *, named: bool) -> FlagLine:
    flag = seen.flag
    who = Person(seen.username, seen.name) if named else None
    outcome = OUTCOMES.get(flag.outcome or "", "")
    return FlagLine(LABELS[flag.reason], who, in_units(flag.weight), flag.made_at, flag.note, outcome)
