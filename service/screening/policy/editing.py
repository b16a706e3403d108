"""Edits of posts: whose are screened, and who knows of one that waits. Pure."""

from typing import Protocol

from service.kit.actor import Actor


class Editable(Protocol):
    """A thread's row or a reply's, as far as edits of it go. `edit_waits` says that one waits for a moderator."""

    author_id: int | None
    moderation: str
    edit_waits: bool
    version: int


def is_screened(actor: Actor, post: Editable, category_id: int) -> bool:
    """Whether the site's rules look at this actor's edit: an author's, but not that of who moderates there."""
    own = actor.account_id is not None and actor.account_id == post.author_id
    return own and not actor.is_moderator_in(category_id)


def rewords(actor: Actor, post: Editable) -> bool:
    """Whether an edit is a moderator's of what somebody else wrote and nobody reads yet: a post, or an edit of it."""
    return actor.account_id != post.author_id and (post.edit_waits or post.moderation == "pending")


def knows_of_edit(actor: Actor, post: Editable) -> bool:
    """Whether the actor, who stands so in the post's category, knows that an edit of it waits: its author, who wrote
    it, and moderators.
    """
    if not post.edit_waits:
        return False
    return actor.moderates or (actor.account_id is not None and actor.account_id == post.author_id)
