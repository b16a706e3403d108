"""Who may do what to a reply. Pure; each check raises a named Problem."""

from typing import Protocol

from service.kit.actor import Actor, check_may_write, check_signed_in
from service.kit.errors import NotAllowed
from service.replies.models import Reply
from service.screening import policy as screening


class Written(Protocol):
    """A reply, as far as who changes it goes."""

    @property
    def author_id(self) -> int | None:
        """Who wrote it; None for an import."""


def may_read(actor: Actor, reply: Reply) -> bool:
    """Whether the actor may read the reply's text, given that they see its thread; a stub has none."""
    return screening.may_read(actor, reply, reply.author_id)


def check_may_edit(actor: Actor, reply: Written) -> None:
    """Raise unless the actor wrote the reply or moderates. In these checks `actor` is as they stand in the thread's
    category.
    """
    check_may_write(actor)
    _check_theirs(actor, reply)


def check_may_delete(actor: Actor, reply: Written) -> None:
    """Raise unless the actor wrote the reply or moderates. Who is silenced may still take back what they said."""
    check_signed_in(actor)
    _check_theirs(actor, reply)


def _check_theirs(actor: Actor, reply: Written) -> None:
    if not (actor.moderates or (actor.account_id is not None and actor.account_id == reply.author_id)):
        raise NotAllowed("Only its author and moderators may change this")


def place_under(parent: Reply | None, max_depth: int) -> tuple[Reply | None, int]:
    """Whether a new reply fits under `parent`: (parent, its depth), or (None, -1) when the levels have run out.

    Depth goes from 0 to `max_depth - 1`; the caller then asks again with the parent's own parent.
    """
    if parent is None:
        return None, 0
    return (parent, parent.depth + 1) if parent.depth + 1 < max_depth else (None, -1)
