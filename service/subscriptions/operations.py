"""Every write to subscriptions: choose a level, give it up, and what replying does.

Subscriptions are a person's own and make no events.
"""

from functools import cache
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from service.kit.actor import Actor, check_signed_in
from service.kit.clock import now
from service.kit.database.rows import table_of, upsert
from service.kit.errors import Problem, settled
from service.replies.events import ReplyPosted
from service.subscriptions.models import WATCHING, Subscription
from service.subscriptions.queries import Following, following
from service.threads.queries import ThreadSeen

SUBSCRIPTION = table_of(Subscription)


def choose_level(session: Session, actor: Actor, seen: ThreadSeen, level: str | Problem) -> Following:
    """Set the actor's own level on a thread; the last choice stands. Raises NotSignedIn, NotAllowed, Invalid."""
    check_signed_in(actor)
    chosen = {"level": settled(level), "reason": "chosen", "since": now(session)}
    statement = upsert(session)(Subscription).values(thread_id=seen.id, account_id=actor.account_id, **chosen)
    session.execute(statement.on_conflict_do_update(index_elements=["thread_id", "account_id"], set_=chosen))
    return following(session, actor, seen)


def give_up_choice(session: Session, actor: Actor, seen: ThreadSeen) -> None:
    """Forget the actor's level on a thread, so that the default holds again. Raises NotSignedIn, NotAllowed."""
    check_signed_in(actor)
    mine = (col(Subscription.thread_id) == seen.id, col(Subscription.account_id) == actor.account_id)
    session.execute(delete(Subscription).where(*mine))


def follow_after_reply(session: Session, event: ReplyPosted, event_id: int) -> None:
    """Listener: who replies in a thread watches it from now on, unless they have a level there already."""
    if event.actor.account_id is None:
        return
    row = {
        "thread_id": event.thread_id, "account_id": event.actor.account_id,
        "level": WATCHING, "reason": "replied", "since": now(session),
    }  # fmt: skip
    session.execute(_unless_there(upsert(session)), row)


@cache
def _unless_there(dialect_insert: Any) -> Any:
    """The listener's statement, built once for each dialect, because every reply runs it."""
    return dialect_insert(SUBSCRIPTION).on_conflict_do_nothing(index_elements=["thread_id", "account_id"])
