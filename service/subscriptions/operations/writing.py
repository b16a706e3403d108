"""What writing in a thread does to how closely its people follow it: the listeners of posts."""

from functools import cache
from typing import Any, Final

from sqlalchemy import delete
from sqlmodel import Session

from service.accounts.queries import ids_of
from service.kit.clock import now
from service.kit.database.ready import Ready
from service.kit.database.rows import table_of, upsert
from service.replies.events import ReplyCaught, ReplyEvent, ReplyHeld, ReplyPosted
from service.subscriptions.models import OF_OPENING, OF_REPLY, WATCHING, Mention, Subscription
from service.subscriptions.policy import REPLIED
from service.subscriptions.queries import authors_quoted, level_given, without_own
from service.threads.events import ThreadEvent
from service.threads.models import Thread

SUBSCRIPTION, MENTION = table_of(Subscription), table_of(Mention)


def follow_after_reply(session: Session, event: ReplyPosted | ReplyHeld | ReplyCaught, event_id: int) -> None:
    """Listener: who replies in a thread watches it from now on, or as they prefer, unless they have a level there.

    A reply that a moderator lets wait once more has a later version, and is nobody's new one.
    """
    if event.actor.account_id is None or event.version > 1:
        return
    asked = {"thread": event.thread_id, "account": event.actor.account_id, "at": now(session)}
    given = UNLESS_THERE.scalar(session, asked)
    if given not in (None, WATCHING):
        _keep_closer(session, event.actor.account_id, event.thread_id)


def _keep_closer(session: Session, account_id: int, thread_id: int) -> None:
    """Who wants less than watching from replying loses nothing by it where they watch already, as its author or by a
    tag or the category.
    """
    if without_own(session, account_id, session.get_one(Thread, thread_id)) == WATCHING:
        mine = SUBSCRIPTION.c.account_id == account_id
        session.execute(delete(SUBSCRIPTION).where(mine, SUBSCRIPTION.c.thread_id == thread_id))


def _unless_there(dialect_insert: Any) -> Any:
    """The listener's statement: with what its person prefers, it is still one. Who wants no more than a normal level
    from replying gets no row.
    """
    row = level_given("on_reply", WATCHING, REPLIED)
    insert = dialect_insert(SUBSCRIPTION).from_select(["thread_id", "account_id", "level", "reason", "since"], row)
    kept = insert.on_conflict_do_nothing(index_elements=["thread_id", "account_id"])
    return kept.returning(SUBSCRIPTION.c.level)


UNLESS_THERE: Final = Ready(build=_unless_there)


def note_mentions(session: Session, event: ReplyEvent | ThreadEvent, event_id: int) -> None:
    """Listener: keep whom a post names or quotes, from now on, when it was written or its text was changed.

    Whoever stood in it before stays under the event that brought them; who stands in it no more is forgotten.
    """
    if event.mentioned is None:
        return
    reply_id = event.reply_id if isinstance(event, ReplyEvent) else None
    named = set(ids_of(session, event.mentioned)) if event.mentioned else set()
    quoted = authors_quoted(session, event) if isinstance(event, ReplyEvent) and event.quoted else set()
    if event.version > 1:
        post = MENTION.c.reply_id == reply_id if reply_id else MENTION.c.reply_id.is_(None)
        gone = MENTION.c.account_id.not_in(named | quoted)
        session.execute(delete(MENTION).where(MENTION.c.thread_id == event.thread_id, post, gone))
    if named or quoted:
        same = {"thread_id": event.thread_id, "reply_id": reply_id, "event_id": event_id, "created_at": now(session)}
        flags = {each: {"named": each in named, "quoted": each in quoted} for each in sorted(named | quoted)}
        rows = [same | {"account_id": account_id} | how for account_id, how in flags.items()]
        session.execute(_note(upsert(session), of_reply=reply_id is not None), rows)


@cache
def _note(dialect_insert: Any, *, of_reply: bool) -> Any:
    """The rows of a post's mentions; of those that are there, how they stand in it now."""
    insert = dialect_insert(MENTION)
    changed = {"named": insert.excluded.named, "quoted": insert.excluded.quoted}
    which, where = ("reply_id", OF_REPLY) if of_reply else ("thread_id", OF_OPENING)
    return insert.on_conflict_do_update(index_elements=[which, "account_id"], index_where=where, set_=changed)
