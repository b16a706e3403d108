"""Every write to subscriptions and mentions: choose a level, give it up, and what writing in a thread does.

Subscriptions are a person's own and make no events; mentions follow from the events of posts.
"""

from functools import cache
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from service.accounts.queries import ids_of
from service.kit.actor import Actor, check_signed_in
from service.kit.clock import now
from service.kit.database.rows import stored_id, table_of, upsert
from service.kit.errors import Problem, settled
from service.replies.events import ReplyEvent, ReplyHeld, ReplyPosted
from service.subscriptions.models import WATCHING, Mention, Subscription
from service.subscriptions.queries import Following, following
from service.threads.events import ThreadEvent
from service.threads.queries import ThreadSeen

SUBSCRIPTION, MENTION = table_of(Subscription), table_of(Mention)


def choose_level(session: Session, actor: Actor, seen: ThreadSeen, level: str | Problem) -> Following:
    """Set the actor's own level on a thread; the last choice stands. Raises NotSignedIn, NotAllowed, Invalid."""
    check_signed_in(actor)
    set_level(session, stored_id(actor.account_id), seen.id, settled(level))
    return following(session, actor, seen)


def set_level(session: Session, account_id: int, thread_id: int, level: str) -> None:
    """Set an account's level on a thread, whoever asks for it in their name."""
    chosen = {"level": level, "reason": "chosen", "since": now(session)}
    statement = upsert(session)(Subscription).values(thread_id=thread_id, account_id=account_id, **chosen)
    session.execute(statement.on_conflict_do_update(index_elements=["thread_id", "account_id"], set_=chosen))


def give_up_choice(session: Session, actor: Actor, seen: ThreadSeen) -> None:
    """Forget the actor's level on a thread, so that the default holds again. Raises NotSignedIn, NotAllowed."""
    check_signed_in(actor)
    mine = (col(Subscription.thread_id) == seen.id, col(Subscription.account_id) == actor.account_id)
    session.execute(delete(Subscription).where(*mine))


def follow_after_reply(session: Session, event: ReplyPosted | ReplyHeld, event_id: int) -> None:
    """Listener: who replies in a thread watches it from now on, unless they have a level there already.

    A reply that a moderator lets wait once more has a later version, and is nobody's new one.
    """
    if event.actor.account_id is None or event.version > 1:
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


def note_mentions(session: Session, event: ReplyEvent | ThreadEvent, event_id: int) -> None:
    """Listener: keep whom a post mentions, from now on, when it was written or its text was changed.

    Whoever was mentioned before stays under the event that brought it; whom the text names no more is forgotten.
    """
    if event.mentioned is None:
        return
    reply_id = event.reply_id if isinstance(event, ReplyEvent) else None
    ids = ids_of(session, event.mentioned) if event.mentioned else []
    post = MENTION.c.reply_id == reply_id if reply_id else MENTION.c.reply_id.is_(None)
    if event.version > 1:
        gone = MENTION.c.account_id.not_in(ids)
        session.execute(delete(MENTION).where(MENTION.c.thread_id == event.thread_id, post, gone))
    if ids:
        same = {"thread_id": event.thread_id, "reply_id": reply_id, "event_id": event_id, "created_at": now(session)}
        rows = [same | {"account_id": account_id} for account_id in ids]
        session.execute(upsert(session)(MENTION).on_conflict_do_nothing(), rows)
