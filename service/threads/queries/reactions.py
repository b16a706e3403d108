"""Which reactions are the reader's own. How many there are of each stands in the posts' rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import BigInteger, bindparam, select
from sqlmodel import Session

from service.kit.actor import Actor
from service.kit.database.rows import table_of
from service.threads.models import REACTIONS, Reaction, counted
from service.threads.queries.loads import ThreadSeen

REACTION: Final = table_of(Reaction)
Own = Mapping[int | None, tuple[str, ...]]
"""By the reply's id (None: the opening), the names of what one person said of it."""

IN_THREAD: Final = select(REACTION.c.reply_id, REACTION.c.name).where(
    REACTION.c.account_id == bindparam("account", type_=BigInteger),
    REACTION.c.thread_id == bindparam("thread", type_=BigInteger),
)
TO_OPENINGS: Final = select(REACTION.c.thread_id, REACTION.c.name).where(
    REACTION.c.account_id == bindparam("account", type_=BigInteger),
    REACTION.c.thread_id.in_(bindparam("threads", expanding=True)),
    REACTION.c.reply_id.is_(None),
)


def own_in_thread(session: Session, actor: Actor, thread_id: int, kept: Iterable[dict[str, int] | None]) -> Own:
    """What the actor has said of the posts of a thread; `kept` are the `reactions` of those that are shown.

    Nothing is asked where nobody has reacted to any of them, and for guests.
    """
    if not actor.signed_in or not any(counted(each) for each in kept):
        return {}
    return by_post(session.execute(IN_THREAD, {"account": actor.account_id, "thread": thread_id}))


def own_of_openings(session: Session, actor: Actor, shown: Iterable[ThreadSeen]) -> Own:
    """What the actor has said of these threads' openings, by the thread's id; asked as rarely as `own_in_thread`."""
    ids = [seen.id for seen in shown if counted(seen.thread.reactions)] if actor.signed_in else []
    return by_post(session.execute(TO_OPENINGS, {"account": actor.account_id, "threads": ids})) if ids else {}


def by_post(rows: Iterable[tuple[int | None, str]]) -> Own:
    """Rows of a post and a name, as `Own`."""
    found: defaultdict[int | None, set[str]] = defaultdict(set)
    for post, name in rows:
        found[post].add(name)
    return {post: tuple(name for name in REACTIONS if name in names) for post, names in found.items()}
