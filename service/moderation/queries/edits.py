"""Edits that wait, for those who know of them: their authors and moderators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from service.kit.actor import Actor
from service.kit.errors import NotFound
from service.replies.models import Reply
from service.replies.queries import ReplySeen, get_reply
from service.screening.models import HeldEdit
from service.screening.policy.editing import knows_of_edit
from service.screening.queries.edits import edits_in, find_edit
from service.threads.models import Thread
from service.threads.queries import ThreadSeen, get_thread


@dataclass(frozen=True, slots=True)
class WaitingEdit:
    """An edit that waits, and its post as it is shown."""

    edit: HeldEdit
    thread: ThreadSeen
    reply: ReplySeen | None


def find_waiting(session: Session, actor: Actor, thread_id: int | None, reply_id: int | None) -> WaitingEdit:
    """The edit of a post that waits, for who knows of it. A reply is named by its id alone. Raises NotFound."""
    reply = get_reply(session, actor, reply_id) if reply_id else None
    thread = get_thread(session, actor, reply.reply.thread_id if reply else thread_id or 0)
    return get_edit(session, actor, thread, reply)


def get_edit(session: Session, actor: Actor, thread: ThreadSeen, reply: ReplySeen | None) -> WaitingEdit:
    """The edit of a post that was loaded through the actor; NotFound where none waits, or they do not know of it."""
    post: Thread | Reply = reply.reply if reply else thread.thread
    knows = knows_of_edit(actor.within(thread.thread.category_id), post)
    edit = find_edit(session, thread.id, reply.id if reply else None) if knows else None
    if edit is None:
        raise NotFound("No edit of this waits")
    return WaitingEdit(edit, thread, reply)


def known_edits(session: Session, actor: Actor, posts: Sequence[Thread | Reply]) -> Mapping[int | None, HeldEdit]:
    """The edits of these posts of one thread that wait and that the actor, who stands so there, knows of, by reply
    (opening: None). Where there are none, which the posts' rows say, nothing is asked.
    """
    known = [post for post in posts if post.edit_waits and knows_of_edit(actor, post)]
    if not known:
        return {}
    ids = {post.id if isinstance(post, Reply) else None for post in known}
    first = known[0]
    thread_id = first.thread_id if isinstance(first, Reply) else first.id
    return {reply_id: edit for reply_id, edit in edits_in(session, thread_id or 0).items() if reply_id in ids}
