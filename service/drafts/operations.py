"""Every write to drafts: keep what somebody is writing, discard it, and forget what was posted or is old.

Drafts are their writers' own and make no events. Whoever changes one holds the account's row first, so that its
`has_drafts` is never wrong: two devices of one person write at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, bindparam, delete, insert, update
from sqlmodel import Session

from service.drafts import queries
from service.drafts.queries import ACCOUNT, DRAFT, HAS_ANY
from service.kit.actor import Actor, check_signed_in
from service.kit.clock import now
from service.kit.database.rows import changed, stored_id
from service.kit.errors import Problem, settled
from service.replies.events import ReplyCaught, ReplyHeld, ReplyPosted
from service.threads.queries import ThreadSeen

MOST: Final = 200
"""Drafts of one person; beyond it the one that was not touched for longest goes."""

KEPT: Final = timedelta(days=180)
"""How long a draft is kept after its last change."""

# Built once: the first runs every ten seconds for everybody who writes.
THIS = (
    DRAFT.c.account_id == bindparam("account", type_=BigInteger),
    DRAFT.c.thread_id == bindparam("thread", type_=BigInteger),
)
CHANGE = update(DRAFT).where(*THIS)
FORGET = delete(DRAFT).where(*THIS)
NOTE = (
    update(ACCOUNT)
    .where(ACCOUNT.c.id == bindparam("account"), ACCOUNT.c.has_drafts != HAS_ANY)
    .values(has_drafts=HAS_ANY)
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has typed so far, and the id of the reply that they answer."""

    body: str
    parent: int | None = None


def keep_draft(session: Session, actor: Actor, seen: ThreadSeen, typed: Typed | Problem) -> None:
    """Keep what the actor is writing in a thread that they see, open or not; an empty text is discarded.

    When it was begun stays as it was. Raises NotSignedIn, NotAllowed, Invalid.
    """
    check_signed_in(actor)
    text, account_id = settled(typed), stored_id(actor.account_id)
    if text.body.strip():
        _keep(session, account_id, seen.id, text)
    else:
        _forget(session, account_id, seen.id)


def _keep(session: Session, account_id: int, thread_id: int, text: Typed) -> None:
    queries.hold_owner(session, account_id)
    at, this = now(session), {"account": account_id, "thread": thread_id}
    row = {"body": text.body, "parent_id": text.parent, "updated_at": at}
    if changed(session, CHANGE.values(row), this):
        return
    session.execute(insert(DRAFT).values(account_id=account_id, thread_id=thread_id, created_at=at, **row))
    if over := queries.past_the_newest(session, account_id, MOST):
        session.execute(delete(DRAFT).where(DRAFT.c.id.in_(over)))
    session.execute(NOTE, {"account": account_id})


def discard_draft(session: Session, actor: Actor, thread_id: int) -> None:
    """Delete what the actor has begun in a thread, if there is anything. Raises NotSignedIn, NotAllowed."""
    check_signed_in(actor)
    _forget(session, stored_id(actor.account_id), thread_id)


def forget_posted(session: Session, event: ReplyPosted | ReplyHeld | ReplyCaught, event_id: int) -> None:
    """Listener: a reply was posted, or waits for a moderator: its draft is done with.

    Who has no draft anywhere, as most people who post, costs nothing: their credential's own query said so. One that a
    moderator lets wait once more has a later version, and is nobody's new one.
    """
    if event.actor.has_drafts and event.version == 1:
        _forget(session, stored_id(event.actor.account_id), event.thread_id)


def _forget(session: Session, account_id: int, thread_id: int) -> None:
    queries.hold_owner(session, account_id)
    if changed(session, FORGET, {"account": account_id, "thread": thread_id}):
        session.execute(NOTE, {"account": account_id})


def forget_old(session: Session, account_id: int, until: datetime) -> int:
    """Delete an account's drafts that nobody has changed since `until`; returns how many."""
    queries.hold_owner(session, account_id)
    gone = changed(session, delete(DRAFT).where(DRAFT.c.account_id == account_id, DRAFT.c.updated_at < until))
    session.execute(NOTE, {"account": account_id})
    return gone
