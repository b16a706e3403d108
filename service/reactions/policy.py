"""Who may react to what, and when. Pure; each check raises a named Problem."""

from datetime import datetime

from service.kit.actor import Actor, check_may_write
from service.kit.errors import NotAllowed, NotFound
from service.replies.models import Reply
from service.threads.errors import ThreadIsClosed
from service.threads.models import Thread
from service.threads.policy import check_reactions_open
from service.threads.queries import ThreadSeen


def check_published(thread: Thread, post: Thread | Reply) -> None:
    """Raise NotFound unless everybody who sees the category sees the post: there is nothing to say of a hidden one."""
    if thread.moderation != "published" or post.moderation != "published":
        raise NotFound("There is no such post")


def check_may_react(actor: Actor, post: Thread | Reply) -> None:
    """Raise unless the actor is signed in and somebody else wrote the post."""
    check_may_write(actor)
    if post.author_id is not None and post.author_id == actor.account_id:
        raise NotAllowed("Nobody reacts to what they wrote themselves")


def are_taken(actor: Actor, seen: ThreadSeen, now: datetime) -> bool:
    """Whether the actor may react to posts of this thread at all, so that a button asks what its deed will ask."""
    if not actor.signed_in or actor.silence or seen.thread.moderation != "published":
        return False
    try:
        check_reactions_open(actor, seen, now)
    except ThreadIsClosed:
        return False
    return True
