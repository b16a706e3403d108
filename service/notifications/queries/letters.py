"""What a letter says, read afresh at the moment it is sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from service.accounts.models import Account
from service.categories.models import Category
from service.categories.policy import visible_to
from service.kit.actor import Actor
from service.kit.clock import from_micros, now
from service.kit.database.rows import stored_id
from service.notifications.models import OPENING, SENT, Delivery, Notification
from service.notifications.models import Letter as LetterRow
from service.notifications.policy import Standing
from service.notifications.queries.inbox import NoticeSeen, wants_mail
from service.replies.models import Reply
from service.site.models import Site
from service.subscriptions.queries import following_of, is_mentioned
from service.threads.models import Thread
from service.threads.policy import effective_closing
from service.threads.queries.law import joined, reached_at

LAST_REPLY: Final = reached_at(joined("close_after_replies"))


@dataclass(frozen=True, slots=True)
class Letter:
    """All that one letter says, read in one go, and whether it is still wanted.

    `body` is the post's source (empty for a closing), `answers` the Message-ID of this person's letter about the
    reply that this one answers, if there was one.
    """

    account_id: int
    message_id: str
    to: str
    site: str
    notice: NoticeSeen
    body: str
    body_html: str
    body_format: str
    answers: str | None
    closing_reason: str | None
    closure_words: str
    closed_at: datetime | None
    standing: Standing


def find_letter(session: Session, letter_id: int) -> Letter | None:
    """A letter, read afresh; None when it is gone (with its account)."""
    row = session.execute(
        select(LetterRow, Notification, Account, Thread, Category, Site, Reply, LAST_REPLY)  # type: ignore[call-overload]
        .join(Delivery, col(Delivery.letter_id) == LetterRow.id)
        .join(Notification, col(Notification.id) == Delivery.notification_id)
        .join(Account, col(Account.id) == Notification.account_id)
        .join(Thread, col(Thread.id) == Notification.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .join(Site, col(Site.id) == 1)
        .outerjoin(Reply, col(Reply.id) == Notification.reply_id)
        .where(col(LetterRow.id) == letter_id)
    ).first()
    if row is None:
        return None
    stored, notification, account, thread, category, site, reply, last_reply = row
    post = reply or (thread if notification.kind == OPENING else None)
    enough_at = None if last_reply is None else from_micros(last_reply)
    closing = effective_closing(thread, category, site, enough_at, now(session))
    return Letter(
        account_id=stored_id(account.id),
        message_id=stored.message_id,
        to=account.email,
        site=site.name,
        notice=_notice(session, notification, thread, reply),
        body=post.body if post else "",
        body_html=post.body_html if post else "",
        body_format=post.body_format if post else "markdown",
        answers=_letter_about(session, account.id, reply.in_reply_to_id) if reply else None,
        closing_reason=closing.reason,
        closure_words=thread.closure_reason if closing.reason == "manual" else "",
        closed_at=closing.at,
        standing=Standing(
            kind=notification.kind,
            reason=notification.reason,
            read=notification.read_at is not None,
            mail_on=wants_mail(session, account.id),
            thread_shown=thread.moderation == "published",
            reply_shown=reply is None or reply.moderation == "published",
            visible=category.visibility in visible_to(Actor(account.id, account.username, account.role)),
            level=following_of(session, account.id, thread).level,
            mentioned=is_mentioned(session, account.id, thread.id, notification.reply_id),
            closed=closing.is_closed(now(session)),
            quoted=is_mentioned(session, account.id, thread.id, notification.reply_id, "quoted"),
        ),
    )


def _notice(session: Session, notification: Notification, thread: Thread, reply: Reply | None) -> NoticeSeen:
    """The notification as the inbox shows it."""
    actor = session.get(Account, notification.actor_id) if notification.actor_id else None
    return NoticeSeen(
        stored_id(notification.id), notification.event_id, notification.kind, notification.reason,
        stored_id(thread.id), thread.title, thread.slug, notification.reply_id, reply.number if reply else None,
        actor.username if actor else None, actor.shown_name if actor else None, notification.created_at,
        notification.read_at,
    )  # fmt: skip


def _letter_about(session: Session, account_id: int, reply_id: int | None) -> str | None:
    """The Message-ID of the letter that told this person of a reply, if it was sent."""
    if reply_id is None:
        return None
    query = select(LetterRow.message_id).join(Delivery, col(Delivery.letter_id) == LetterRow.id)
    query = query.join(Notification, col(Notification.id) == Delivery.notification_id)
    mine = col(Notification.account_id) == account_id, col(Notification.subject) == f"reply:{reply_id}"
    return session.exec(query.where(*mine, col(Delivery.state) == SENT)).first()
