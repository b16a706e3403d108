"""What a letter tells, read afresh at the moment it is sent, each with what decides whether it is still wanted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from service.accounts.models import Account
from service.accounts.queries import actor_of
from service.categories.models import Category
from service.categories.policy import may_see
from service.kit.actor import Actor
from service.kit.clock import from_micros, now
from service.kit.database.rows import stored_id
from service.notifications.models import (
    MAIL,
    MODERATION,
    OPENING,
    WAITING,
    Delivery,
    Notification,
    NotificationPreference,
)
from service.notifications.policy import MENTIONED, QUOTED, Standing, choice_of, wants
from service.notifications.policy.wanted import comes_as_said
from service.notifications.queries.inbox import NoticeSeen
from service.notifications.queries.outcomes import Outcome, outcomes_of
from service.replies.models import Reply
from service.site.models import Site
from service.subscriptions.queries import following_of, is_mentioned
from service.threads.models import Thread
from service.threads.policy import effective_closing
from service.threads.policy.state import Closing
from service.threads.queries.law import joined, reached_at

NEVER: Final = Closing(None, None)
"""The closing of what is about no thread."""

LAST_REPLY: Final = reached_at(joined("close_after_replies"))

IN_LETTER: Final = (
    select(col(Delivery.id), Notification, Thread, Category, Site, Reply, LAST_REPLY)
    .select_from(Delivery)
    .join(Notification, col(Notification.id) == Delivery.notification_id)
    .join(Thread, col(Thread.id) == Notification.thread_id)
    .join(Category, col(Category.id) == Thread.category_id)
    .join(Site, col(Site.id) == 1)
    .outerjoin(Reply, col(Reply.id) == Notification.reply_id)
    .options(defer(Thread.body), defer(Thread.body_html), defer(Reply.body), defer(Reply.body_html))  # type: ignore[arg-type]  # a column, as SQLModel types it
    .order_by(col(Notification.event_id))
)


@dataclass(frozen=True, slots=True)
class Post:
    """A post's text: as it was typed (`format` says in what), and as HTML."""

    body: str
    html: str
    format: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a letter tells. `answers` is the id of the reply that its reply answers; `closing` is the
    thread's as it stands now, `closing_words` the reason that a moderator gave for it.
    """

    delivery_id: int
    notice: NoticeSeen
    standing: Standing
    answers: int | None
    closing: Closing
    closing_words: str

    @property
    def closed_at(self) -> datetime | None:
        """Since when the thread is closed, if it is."""
        return self.closing.at if self.standing.closed else None


def items_in(session: Session, account: Account, preference: NotificationPreference, letter_id: int) -> Sequence[Item]:
    """What waits in a letter, in the order of its events, without the posts' texts."""
    waiting = col(Delivery.letter_id) == letter_id, col(Delivery.state) == WAITING
    return items_where(session, account, preference, MAIL, *waiting)


def items_where(
    session: Session, account: Account, preference: NotificationPreference, channel: str, *where: ColumnElement[bool]
) -> Sequence[Item]:
    """What such deliveries of one person tell by a channel, in the order of their events, without the posts' texts."""
    rows = session.execute(IN_LETTER.where(*where).execution_options(populate_existing=True)).all()
    threads = {stored_id(row[2].id): row[2] for row in rows}
    levels = {each: following_of(session, stored_id(account.id), thread).level for each, thread in threads.items()}
    actors = _people(session, {row[1].actor_id for row in rows})
    reader = actor_of(session, account)
    return [
        _item(session, row, levels, actors, reader, wanted_by(channel, preference, row[1]), channel) for row in rows
    ]


def outcomes_in(
    session: Session, account: Account, preference: NotificationPreference, letter_id: int
) -> Sequence[Item]:
    """As `items_in`, of a letter about decisions."""
    waiting = col(Delivery.letter_id) == letter_id, col(Delivery.state) == WAITING
    return outcomes_where(session, account, preference, MAIL, *waiting)


def outcomes_where(
    session: Session, account: Account, preference: NotificationPreference, channel: str, *where: ColumnElement[bool]
) -> Sequence[Item]:
    """As `items_where`, of notices about decisions. Who is suspended reads theirs by mail, whatever they chose."""
    query = select(col(Delivery.id), Notification).join(Notification, col(Notification.id) == Delivery.notification_id)
    query = query.where(*where, col(Notification.kind).in_(MODERATION)).order_by(col(Notification.event_id))
    rows = session.execute(query.execution_options(populate_existing=True)).all()
    told = {row[1].id: (row[1].kind, row[1].considered or {}) for row in rows}
    reader = Actor(account.id, account.username, account.role, moderated=frozenset(account.moderated or ()))
    outcomes = outcomes_of(session, reader, told)
    return [_told(row, outcomes[row[1].id], wanted_by(channel, preference, row[1]), channel) for row in rows]


def _told(row: Any, outcome: Outcome, wanted: bool, channel: str) -> Item:
    delivery_id, notification = row
    notice = NoticeSeen(
        stored_id(notification.id), notification.event_id, notification.kind, notification.reason, 0, "", "", None,
        None, None, None, notification.created_at, notification.read_at, outcome,
    )  # fmt: skip
    must = channel == MAIL and outcome.statement is not None and outcome.statement.decision.action == "suspend"
    standing = Standing(
        kind=notification.kind, reason=notification.reason, read=notification.read_at is not None, channel=channel,
        channel_on=wanted or must, thread_shown=True, reply_shown=True, visible=True, level="", mentioned=False,
        closed=False, over=outcome.over,
    )  # fmt: skip
    return Item(delivery_id, notice, standing, None, NEVER, "")


def posts_of(session: Session, notices: Collection[NoticeSeen]) -> Mapping[int, Post]:
    """The texts of the posts that these notifications are about, by notification."""
    replies = {notice.reply_id for notice in notices if notice.reply_id}
    threads = {notice.thread_id for notice in notices if notice.kind == OPENING}
    texts = {("reply", row[0]): Post(*row[1:]) for row in session.execute(_texts(Reply, replies))} if replies else {}
    if threads:
        texts |= {("thread", row[0]): Post(*row[1:]) for row in session.execute(_texts(Thread, threads))}
    keys = {
        notice.id: ("reply", notice.reply_id) if notice.reply_id else ("thread", notice.thread_id)
        for notice in notices
        if notice.reply_id or notice.kind == OPENING
    }
    return {notice_id: texts[key] for notice_id, key in keys.items() if key in texts}


def _texts(kind: type[Reply] | type[Thread], ids: Collection[int]) -> Any:
    return select(col(kind.id), col(kind.body), col(kind.body_html), col(kind.body_format)).where(col(kind.id).in_(ids))


def _people(session: Session, ids: Collection[int | None]) -> Mapping[int, Account]:
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    return {stored_id(each.id): each for each in session.scalars(select(Account).where(col(Account.id).in_(wanted)))}


def _item(
    session: Session,
    row: Any,
    levels: Mapping[int, str],
    actors: Mapping[int, Account],
    reader: Actor,
    wanted: bool,
    channel: str,
) -> Item:
    delivery_id, notification, thread, category, site, reply, last_reply = row
    at = now(session)
    enough_at = None if last_reply is None else from_micros(last_reply)
    closing = effective_closing(thread, category, site, enough_at, at)
    actor = actors.get(notification.actor_id)
    notice = NoticeSeen(
        stored_id(notification.id), notification.event_id, notification.kind, notification.reason,
        stored_id(thread.id), thread.title, thread.slug, notification.reply_id, reply.number if reply else None,
        actor.username if actor else None, actor.shown_name if actor else None, notification.created_at,
        notification.read_at,
    )  # fmt: skip
    standing = Standing(
        kind=notification.kind,
        reason=notification.reason,
        read=notification.read_at is not None,
        channel=channel,
        channel_on=wanted,
        thread_shown=thread.moderation == "published",
        reply_shown=reply is None or reply.moderation == "published",
        visible=may_see(reader, category),
        suspended=reader.suspension is not None,
        level=levels[notice.thread_id],
        mentioned=_still(session, notification, MENTIONED, "named"),
        quoted=_still(session, notification, QUOTED, "quoted"),
        closed=closing.is_closed(at),
        closes=comes_as_said(notification.subject, closing.at),
    )
    words = thread.closure_reason if closing.reason == "manual" else ""
    return Item(delivery_id, notice, standing, reply.in_reply_to_id if reply else None, closing, words)


def _still(session: Session, notification: Notification, reason: str, how: str) -> bool:
    """Whether the post names or quotes the person as it stands now; asked only of whom it is the reason for."""
    told = notification.account_id, notification.thread_id or 0, notification.reply_id
    return notification.reason == reason and is_mentioned(session, *told, how=how)


def wanted_by(channel: str, preference: NotificationPreference, notification: Notification) -> bool:
    """Whether the person still wants this by the channel, for any of the reasons for which they are told of it."""
    reasons = (notification.considered or {}).get("reasons") or [notification.reason]
    return any(wants(preference, choice_of(notification.kind, reason), channel) for reason in reasons)
