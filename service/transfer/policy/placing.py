"""Comments in the order in which they become replies, and which of them answers which."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.kit.wordpress import Comment

STATES: Final = {
    "1": "published", "approve": "published", "approved": "published", "0": "pending", "hold": "pending",
    "spam": "spam", "trash": "trashed", "post-trashed": "trashed",
}  # fmt: skip
"""WordPress's words for a comment's state, and the state it has here; anything else waits for a moderator."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A comment that becomes a reply. `answers` is the id of the published comment it stands under, or None.

    `problem` and `done` say what was strange about it.
    """

    comment: Comment
    at: datetime
    answers: int | None
    problem: str = ""
    done: str = ""

    @property
    def state(self) -> str:
        """Its moderation."""
        return moderation_of(self.comment)


@dataclass(frozen=True, slots=True)
class Arranged:
    """A post's comments: those that become replies, answered ones first, and those that cannot."""

    placed: list[Placed]
    left: list[tuple[Comment, str]]


def moderation_of(comment: Comment) -> str:
    """The state of the reply that a comment becomes."""
    return STATES.get(comment.status, "pending")


def arrange(comments: Iterable[Comment], posted_at: datetime) -> Arranged:
    """The comments but pingbacks and trackbacks, by date, none before the one it answers.

    Only a published comment can be answered here: what answers another stands under the nearest published one above,
    or on the first level. `posted_at` is the date of those that have none.
    """
    by_id: dict[int, Comment] = {}
    left: list[tuple[Comment, str]] = []
    for comment in comments:
        if comment.is_ping:
            continue
        trouble = _unfit(comment, by_id)
        if trouble:
            left.append((comment, trouble))
        else:
            by_id[comment.id] = comment
    tree = _Tree(by_id, posted_at)
    ordered = sorted(by_id.values(), key=lambda each: (*tree.rank(each.id), each.at or posted_at, each.id))
    return Arranged([tree.placed(comment) for comment in ordered], left)


def _unfit(comment: Comment, before: dict[int, Comment]) -> str:
    if not comment.id:
        return "it has no wp:comment_id"
    if comment.id in before:
        return "another comment of the file has its id"
    return "" if comment.sized else "its text has more than 1,000,000 characters"


class _Tree:
    """Who answers whom, and from when on each comment can stand: not before what it answers, whatever its date."""

    def __init__(self, by_id: dict[int, Comment], posted_at: datetime) -> None:
        self.by_id, self.posted_at = by_id, posted_at
        self.ranks: dict[int, tuple[datetime, int]] = {}
        self.circular: set[int] = set()
        self.shown: dict[int, int | None] = {}
        for each in by_id:
            self._settle(each)

    def rank(self, number: int) -> tuple[datetime, int]:
        """Its own date or that of what it answers, whichever is later; and how deep it stands."""
        return self.ranks[number]

    def placed(self, comment: Comment) -> Placed:
        """The comment in its place, with what was strange."""
        problem = done = ""
        if comment.id in self.circular:
            problem, done = "it answers, by way of others, itself", "it stands on the first level"
        elif comment.parent and comment.parent not in self.by_id:
            problem, done = f"it answers comment {comment.parent}, which is not here", "it stands on the first level"
        elif comment.at is None:
            problem, done = "it has no date that can be read", "it has the date of the post"
        return Placed(comment, comment.at or self.posted_at, self.shown[comment.id], problem, done)

    def _settle(self, number: int) -> None:
        """Rank a comment and all above it, from the top down; no recursion: a chain may be very long."""
        chain: list[int] = []
        waiting: set[int] = set()
        while number in self.by_id and number not in self.ranks:
            if number in waiting:
                self.circular.add(chain[-1])
                break
            chain.append(number)
            waiting.add(number)
            number = self.by_id[number].parent
        for each in reversed(chain):
            comment = self.by_id[each]
            at = comment.at or self.posted_at
            above = self.ranks.get(comment.parent) if each not in self.circular else None
            self.ranks[each] = (max(at, above[0]), above[1] + 1) if above else (at, 0)
            self.shown[each] = self._answered(comment.parent) if above else None

    def _answered(self, number: int) -> int | None:
        """The nearest published comment from here up."""
        return number if moderation_of(self.by_id[number]) == "published" else self.shown[number]
