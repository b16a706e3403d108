"""The states of a post, the one function that moves between them, and the verdict on a new post. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from service.kit.actor import Actor
from service.kit.errors import InvalidTransition

State = Literal["pending", "published", "hidden", "rejected", "spam", "trashed"]
Action = Literal["approve", "hide", "reject", "spam", "trash", "restore"]

Deed = Literal["approve", "hide", "reject", "spam", "trash", "restore", "dismiss"]
"""What a moderator decides about a post: a step, or none."""

STATES: Final[tuple[State, ...]] = ("pending", "published", "hidden", "rejected", "spam", "trashed")
ACTIONS: Final[tuple[Action, ...]] = ("approve", "hide", "reject", "spam", "trash", "restore")

DISMISS: Final = "dismiss"
"""Ends a review without a step: the post stays as it is. Not of one that waits: somebody must say who sees it."""

DEEDS: Final[tuple[Deed, ...]] = (*ACTIONS, DISMISS)

BACK: Final = "back"
"""A step to the state that the post was in before."""

STEPS: Final[dict[tuple[str, Action], str]] = {
    ("pending", "approve"): "published",
    ("pending", "reject"): "rejected",
    ("pending", "spam"): "spam",
    ("pending", "trash"): "trashed",
    ("published", "hide"): "hidden",
    ("published", "spam"): "spam",
    ("published", "trash"): "trashed",
    ("hidden", "restore"): "published",
    ("hidden", "trash"): "trashed",
    ("rejected", "restore"): "pending",
    ("spam", "restore"): BACK,
    ("trashed", "restore"): BACK,
}
"""Every step there is; all others are refused."""

SEEN_BY_AUTHOR: Final = ("published", "pending", "hidden", "rejected")
"""The states in which an author still sees their own post. Moderators see all but the trash, which they open apart."""


class Post(Protocol):
    """A thread's row or a reply's, as far as moderation goes. `version` rises with every step. `is_quiet`: a rule took
    it for spam, which its author is not told.
    """

    moderation: str
    previous_moderation: str | None
    is_quiet: bool
    trashed_at: datetime | None
    purged_at: datetime | None
    version: int


class Stands(Protocol):
    """A post, as far as its possible steps go."""

    @property
    def moderation(self) -> str:
        """Its state."""

    @property
    def purged_at(self) -> datetime | None:
        """When its text went for good."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step that was taken."""

    before: str
    after: str

    @property
    def shows(self) -> bool:
        """Whether everybody sees the post from now on."""
        return self.after == "published"

    @property
    def withdraws(self) -> bool:
        """Whether everybody saw the post until now."""
        return self.before == "published"


def check_step(post: Post, action: Action) -> None:
    """Raise InvalidTransition for a step that is not in STEPS, and for a purged post."""
    if (post.moderation, action) not in STEPS or post.purged_at is not None:
        raise InvalidTransition(f"A post that is {post.moderation} has no step “{action}”")


def transition(post: Post, action: Action, now: datetime) -> Transition:
    """Move the post one step. Raises InvalidTransition as `check_step` does."""
    check_step(post, action)
    after = STEPS[(post.moderation, action)]
    step = Transition(post.moderation, (post.previous_moderation or "published") if after == BACK else after)
    post.previous_moderation = step.before if after in ("spam", "trashed") else None
    post.moderation, post.is_quiet = step.after, False
    post.trashed_at = now if step.after == "trashed" else None
    post.version += 1
    return step


def has_been_public(post: Post) -> bool:
    """Whether everybody could see the post once: no step leads from there back to `pending` or `rejected`."""
    state = post.previous_moderation if post.moderation in ("spam", "trashed") else post.moderation
    return state in ("published", "hidden")


def possible(post: Stands) -> tuple[Action, ...]:
    """The actions that would be accepted now."""
    return () if post.purged_at else tuple(action for state, action in STEPS if state == post.moderation)


def may_read(actor: Actor, post: Post, author_id: int | None) -> bool:
    """Whether the actor may read a post in its state, given that they may see its thread's category."""
    if post.moderation == "published" or (actor.moderates and post.moderation != "trashed"):
        return True
    mine = actor.account_id is not None and actor.account_id == author_id
    return mine and (post.moderation in SEEN_BY_AUTHOR or post.is_quiet)


def came_from(outcome: str) -> State | None:
    """The state that a new post goes back to when its verdict is taken back: what was taken for spam waits then."""
    return "pending" if outcome == "spam" else None


def told_to(actor: Actor, post: Post) -> str:
    """The state of a post as the actor is told it, who stands so in its category. What a rule took for spam waits, as
    far as its author knows: who could tell spam from a held post would try until one passes.
    """
    return "pending" if post.is_quiet and not actor.moderates else post.moderation


def tell(post: Post, now: datetime) -> None:
    """Let what was taken for spam wait indeed, before its author deletes what they see waiting: no step of its own."""
    if post.is_quiet:
        transition(post, "restore", now)
        post.version -= 1
