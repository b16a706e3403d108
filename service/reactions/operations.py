"""Every write to reactions: give one, take it back. Nobody is told; the event says that kept pages are true no more."""

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session

from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import changed, table_of, upsert
from service.kit.errors import NotFound
from service.kit.events import record
from service.reactions import policy
from service.reactions.events import PostReacted
from service.reactions.queries import counts, to_post
from service.replies.models import Reply
from service.replies.queries import ReplySeen
from service.threads.models import REACTIONS, Thread
from service.threads.policy import check_reactions_open
from service.threads.queries import ThreadSeen
from service.threads.queries.reactions import REACTION


def react(session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen | None, name: str) -> None:
    """Say `name` of a reply, or with `found` None of the opening, of a locked thread; again and again it is once.

    Raises NotFound, NotSignedIn, NotAllowed, ThreadIsClosed.
    """
    post = _check(session, actor, seen, found, name)
    row = {
        "thread_id": seen.id, "reply_id": found and found.id, "account_id": actor.account_id, "name": name,
        "created_at": now(session),
    }  # fmt: skip
    if changed(session, upsert(session)(REACTION).values(row).on_conflict_do_nothing()):
        _count(session, actor, seen, post)


def take_back(session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen | None, name: str) -> None:
    """Take a reaction back, if there is one. Raises as `react`."""
    post = _check(session, actor, seen, found, name)
    own = delete(REACTION).where(
        REACTION.c.account_id == actor.account_id, REACTION.c.name == name, to_post(type(post))
    )
    if changed(session, own, {"post": post.id}):
        _count(session, actor, seen, post)


def _check(session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen | None, name: str) -> Thread | Reply:
    """The post, where the actor may react to it now."""
    post = seen.thread if found is None else found.reply
    policy.check_published(seen.thread, post)
    if name not in REACTIONS:
        raise NotFound("There is no such reaction")
    policy.check_may_react(actor, post)
    check_reactions_open(actor, seen, now(session))
    return post


def _count(session: Session, actor: Actor, seen: ThreadSeen, post: Thread | Reply) -> None:
    """Count the post's reactions anew into its own row; the thread's row is held, so nobody else counts meanwhile."""
    statement = _counting(type(post), session.get_bind().dialect.name)
    set_committed_value(post, "reactions", session.execute(statement, {"post": post.id}).scalar_one())
    reply_id = post.id if isinstance(post, Reply) else None
    record(session, PostReacted(actor=actor, thread_id=seen.id, reply_id=reply_id))


@cache
def _counting(kind: type[Thread] | type[Reply], dialect: str) -> Any:
    """The statement of `_count`, built once for each table."""
    table = table_of(kind)
    this = table.c.id == bindparam("post", type_=BigInteger)
    return update(table).where(this).values(reactions=counts(kind, dialect)).returning(table.c.reactions)
