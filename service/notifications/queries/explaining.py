"""Why somebody was told of a post, or was not: what was kept when it was decided, or what would be decided now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.accounts.queries import actor_of, get_account
from service.categories.policy import may_see
from service.kit.actor import Actor, check_administers, check_signed_in
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound
from service.kit.events import EVENT
from service.kit.queue.tables import job
from service.kit.text import username_key
from service.notifications.models import (
    MAIL,
    MODERATION,
    OPENING,
    PUSH,
    REPLY,
    WAITING,
    Delivery,
    Letter,
    Notification,
)
from service.notifications.policy import DEFAULTS, SITE, decide
from service.notifications.policy.explaining import ChannelState, steps, steps_of_decision
from service.notifications.queries.occasions import find_occasion
from service.notifications.queries.preferences import preferences_of
from service.replies.models import Reply
from service.subscriptions.models import MUTED
from service.subscriptions.queries import News, Reader, audience, bearings_of
from service.tags.models import Tag
from service.threads.queries import ThreadSeen

TELLING = ("reply.posted", "reply.published", "thread.opened", "thread.published")
NOTIFY = "notifications.notify"
MOST_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a person was told of a post, why (`reason`) or why not (`untold`, a code), and by which channels.

    `steps` are the facts behind it in sentences, `considered` the same for programs; both are from when it was decided
    (`decided_at`), or, of whom nothing was decided, from now (None).
    """

    username: str
    kind: str
    reason: str | None
    untold: str | None
    decided_at: datetime | None
    considered: dict[str, Any]
    steps: tuple[str, ...]
    channels: tuple[ChannelState, ...]


def explain_notice(session: Session, actor: Actor, notification_id: int) -> Explanation:
    """Why the actor has this notification. Raises NotSignedIn, NotAllowed, NotFound (also for another's)."""
    check_signed_in(actor, "read")
    mine = col(Notification.id) == notification_id, col(Notification.account_id) == actor.account_id
    row = session.execute(
        select(Notification, col(Account.username))
        .join(Account, col(Account.id) == Notification.account_id)
        .where(*mine)
    ).first()
    if row is None:
        raise NotFound("There is no such notification")
    return _of_notice(session, row[0], row[1])


def explain_post(
    session: Session, actor: Actor, seen: ThreadSeen, reply: Reply | None, username: str | None = None
) -> Explanation:
    """Why a person (None: the actor) was told of a reply, or of a thread's opening (None), or why they were not.

    For oneself, or for admins. Raises NotSignedIn, NotAllowed, NotFound (there is no such person).
    """
    check_signed_in(actor, "read")
    username = username or actor.username or ""
    if actor.username is None or username_key(actor.username) != username_key(username):
        check_administers(actor)
    account = get_account(session, actor, username)
    subject, kind = (f"reply:{reply.id}", REPLY) if reply else (f"thread:{seen.id}", OPENING)
    mine = col(Notification.account_id) == account.id, col(Notification.subject) == subject
    notice = session.scalars(select(Notification).where(*mine, col(Notification.kind) == kind)).first()
    if notice is not None:
        return _of_notice(session, notice, account.username)
    untold, considered = _why_untold(session, seen, reply, account)
    names = _tag_names(session, considered)
    said = steps(considered, names) if considered else ()
    return Explanation(account.username, kind, None, untold, None, considered, said, ())


def _of_notice(session: Session, notice: Notification, username: str) -> Explanation:
    considered = notice.considered or {}
    said: tuple[str, ...] = ()
    if notice.kind in MODERATION:
        said = steps_of_decision(considered)
    elif considered:
        said = steps(considered, _tag_names(session, considered))
    return Explanation(
        username, notice.kind, notice.reason, None, notice.created_at, considered, said, _channels(session, notice)
    )


def _tag_names(session: Session, considered: dict[str, Any]) -> dict[int, str]:
    ids = [int(tag) for tag in considered.get("tags", {})]
    query = select(col(Tag.id), col(Tag.name)).where(col(Tag.id).in_(ids))
    return {row[0]: row[1] for row in session.execute(query)} if ids else {}


def _channels(session: Session, notice: Notification) -> tuple[ChannelState, ...]:
    """Every channel and what became of it."""
    query = select(Delivery, Letter).outerjoin(Letter, col(Letter.id) == Delivery.letter_id)
    rows = session.execute(query.where(col(Delivery.notification_id) == notice.id)).all()
    found = {row[0].channel: _delivered(row[0], row[1]) for row in rows}
    if notice.on_site:
        read = notice.read_at
        found[SITE] = ChannelState(SITE, "read" if read else "unread", at=read or notice.created_at)
    return tuple(found.get(channel, ChannelState(channel, "not_wanted")) for channel in (SITE, MAIL, PUSH))


def _delivered(delivery: Delivery, letter: Letter | None) -> ChannelState:
    """What became of a delivery; one that has not ended is as far as its letter is."""
    if delivery.state != WAITING or letter is None:
        id_ = letter.message_id if letter else None
        tried = letter.attempts if letter else delivery.attempts
        return ChannelState(
            delivery.channel, delivery.state, delivery.answer, delivery.ended_at, attempts=tried, message_id=id_
        )
    return ChannelState(
        delivery.channel, letter.state, letter.answer, delivery.created_at, letter.due_at, letter.attempts,
        letter.message_id,
    )  # fmt: skip


def _why_untold(
    session: Session, seen: ThreadSeen, reply: Reply | None, account: Account
) -> tuple[str, dict[str, Any]]:
    """The code of why nobody told them, and what would be considered now, where it comes to that."""
    post = reply or seen.thread
    if post.author_id == account.id:
        return "own", {}
    if seen.thread.moderation != "published" or post.moderation != "published":
        return "not_shown", {}
    if not may_see(actor_of(session, account), seen.category):
        return "not_allowed", {}
    events = _telling_events(session, seen.id, reply)
    if not events:
        return "imported", {}
    if _is_pending(session, events[-1]):
        return "pending", {}
    return _decided_now(session, events[-1], account)


def _telling_events(session: Session, thread_id: int, reply: Reply | None) -> Sequence[int]:
    about = ("reply", reply.id) if reply else ("thread", thread_id)
    query = select(EVENT.c.id).where(EVENT.c.subject_type == about[0], EVENT.c.subject_id == about[1])
    return session.scalars(query.where(EVENT.c.kind.in_(TELLING)).order_by(EVENT.c.id)).all()


def _is_pending(session: Session, event_id: int) -> bool:
    """Whether telling of the event has not come to its end."""
    payloads = session.scalars(select(job.c.payload).where(job.c.kind == NOTIFY).limit(MOST_LOOKED_AT))
    return any(payload.get("event") == event_id for payload in payloads)


def _decided_now(session: Session, event_id: int, account: Account) -> tuple[str, dict[str, Any]]:
    occasion = find_occasion(session, event_id)
    if occasion is None:
        return "not_shown", {}
    reader = _reader(session, occasion.thread, occasion.category, occasion.news, stored_id(account.id))
    preference = preferences_of(session, [reader.account_id]).get(reader.account_id, DEFAULTS)
    decision = decide(reader, occasion.kind, preference, followers=occasion.news.watching)
    if decision.told:
        return ("later" if account.created_at > occasion.thread.created_at else "changed"), decision.considered
    if decision.considered.get("level") == MUTED:
        return "muted", decision.considered
    return ("choices" if decision.considered.get("reasons") else "level"), decision.considered


def _reader(session: Session, thread: Any, category: Any, news: News, account_id: int) -> Reader:
    """The person as the audience has them, or, whom it would not even ask, with how closely they follow."""
    found = audience(session, thread, category, news, account_id - 1, 1)
    if found and found[0].account_id == account_id:
        return found[0]
    return Reader(account_id, bearings_of(session, account_id, thread))
