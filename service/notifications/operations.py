"""Every write to notifications: tell an audience, mark as read, change a preference, and a delivery's steps.

Notifications make no events. Which ones exist is decided here in one transaction per chunk of people; sending is
three steps with no transaction open between them: take, send (jobs.py), record.
"""

import secrets
from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import insert, update
from sqlmodel import Session, col

from service.kit.actor import Actor, check_signed_in
from service.kit.clock import now
from service.kit.database.rows import changed, table_of, upsert
from service.kit.errors import Problem, settled
from service.kit.events import Event
from service.kit.queue import enqueue, enqueue_many
from service.notifications import queries
from service.notifications.models import (
    DEAD,
    GATHERING,
    MAIL,
    SENDING,
    SKIPPED,
    THREAD,
    WAITING,
    Delivery,
    Notification,
    NotificationPreference,
)
from service.notifications.models import (
    Letter as LetterRow,
)
from service.notifications.policy import reason_for, why_not
from service.notifications.queries import Letter, LinkSeen, Occasion
from service.replies.events import ReplyEvent
from service.subscriptions.operations import set_level
from service.subscriptions.queries import Reader, audience
from service.threads.events import ThreadEvent

NOTIFY: Final = "notifications.notify"
DELIVER: Final = "notifications.deliver"
"""The kinds of job: tell one chunk of an event's audience; bring one letter."""

NOTIFICATION: Final = table_of(Notification)
ADD_LETTER: Final = insert(table_of(LetterRow)).returning(table_of(LetterRow).c.id, sort_by_parameter_order=True)
ADD_DELIVERY: Final = insert(table_of(Delivery))

CHUNK: Final = 500
"""People told in one transaction. Posting waits for at most one such transaction, about 20 ms on SQLite."""


def announce(session: Session, event: Event, event_id: int) -> None:
    """Listener: begin to tell the audience of a reply or a closing, after this transaction."""
    enqueue(session, NOTIFY, {"event": event_id, "after": 0})


def announce_mentions(session: Session, event: ThreadEvent | ReplyEvent, event_id: int) -> None:
    """Listener: begin to tell whom an opening, or an edited text, mentions; nobody else is told of those."""
    if event.mentioned:
        announce(session, event, event_id)


def tell_chunk(session: Session, event_id: int, after: int, *, delay: timedelta, domain: str) -> None:
    """Tell the people of the event's audience with account ids above `after`, and leave the rest to a job that
    stands or falls with this transaction. Told twice is told once. `delay` is how long letters wait, `domain` where
    their Message-IDs come from.
    """
    occasion = queries.find_occasion(session, event_id)
    if occasion is None:
        return
    people = audience(session, occasion.thread, occasion.category, occasion.news, after, CHUNK)
    told = add_notifications(session, occasion, [one for one in people if one.account_id not in occasion.untold])
    unwilling = queries.without_mail(session, told)
    letters = {account_id: each for account_id, each in told.items() if account_id not in unwilling}
    add_deliveries(session, occasion, letters, delay=delay, domain=domain)
    if len(people) == CHUNK:
        enqueue(session, NOTIFY, {"event": event_id, "after": people[-1].account_id})


def add_notifications(session: Session, occasion: Occasion, people: list[Reader]) -> dict[int, int]:
    """Insert what these people are told; gives the new notifications' ids by account, without those told before."""
    if not people:
        return {}
    same = {
        "kind": occasion.kind, "subject": occasion.subject, "event_id": occasion.event_id,
        "thread_id": occasion.thread.id, "reply_id": occasion.reply_id, "actor_id": occasion.actor_id,
        "created_at": now(session), "read_at": None,
    }  # fmt: skip
    rows = [
        same
        | {
            "account_id": one.account_id,
            "reason": reason_for(one.watches, answered=one.answered, mentioned=one.mentioned),
        }
        for one in people
    ]
    found = session.execute(_notify_once(upsert(session)), rows)
    return {int(account_id): int(notification_id) for account_id, notification_id in found}


@cache
def _notify_once(dialect_insert: Any) -> Any:
    """Inserts notifications that are not there yet and gives account and id of each; built once for each dialect."""
    statement = dialect_insert(NOTIFICATION).on_conflict_do_nothing(index_elements=["account_id", "subject", "kind"])
    return statement.returning(NOTIFICATION.c.account_id, NOTIFICATION.c.id)


def add_deliveries(
    session: Session, occasion: Occasion, notifications: dict[int, int], *, delay: timedelta, domain: str
) -> None:
    """Insert a letter for each of these notifications, with its Message-ID, and the job that brings it."""
    if not notifications:
        return
    about = occasion.subject.replace(":", "-")
    at = now(session)
    same = {"state": WAITING, "attempts": 0, "answer": "", "created_at": at}
    letters = [
        same
        | {
            "account_id": account_id, "kind": THREAD, "thread_id": occasion.thread.id, "gather": "",
            "message_id": f"<{about}.{each}.{secrets.token_hex(4)}@{domain}>", "due_at": at + delay,
        }
        for account_id, each in notifications.items()
    ]  # fmt: skip
    ids = session.scalars(ADD_LETTER, letters).all()
    travels = zip(notifications.values(), ids, strict=True)
    rows = [same | {"notification_id": each, "channel": MAIL, "letter_id": letter_id} for each, letter_id in travels]
    session.execute(ADD_DELIVERY, rows)
    enqueue_many(session, DELIVER, [{"letter": each} for each in ids], run_at=at + delay)


def mark_read(session: Session, actor: Actor, ids: list[int] | Problem | None) -> int:
    """Mark the actor's notifications with these ids as read (None: all); returns how many are unread now.

    Ids of other people, or of nothing, are passed over. Raises NotSignedIn, NotAllowed, Invalid.
    """
    check_signed_in(actor)
    wanted = settled(ids)
    mine = [col(Notification.account_id) == actor.account_id, col(Notification.read_at).is_(None)]
    if wanted is not None:
        mine.append(col(Notification.id).in_(wanted))
    session.execute(update(Notification).where(*mine).values(read_at=now(session)))
    return queries.unread_count(session, actor)


def choose_mail(session: Session, actor: Actor, wanted: bool | Problem) -> bool:
    """Switch the actor's letters on or off; returns what holds now. Raises NotSignedIn, NotAllowed, Invalid."""
    check_signed_in(actor)
    mail = settled(wanted)
    _set_mail(session, actor.account_id, mail)
    return mail


def _set_mail(session: Session, account_id: int | None, mail: bool) -> None:
    statement = upsert(session)(NotificationPreference).values(account_id=account_id, mail=mail)
    session.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_={"mail": mail}))


def follow_by_link(session: Session, account_id: int, thread_id: int, level: str) -> LinkSeen:
    """Mute a thread, or watch it again, for whom a letter's link was made; again and again is once.

    The link is the permission: nobody is signed in. Raises NotFound when the person or the thread is gone.
    """
    queries.follow_link(session, account_id, thread_id)
    set_level(session, account_id, thread_id, level)
    return queries.follow_link(session, account_id, thread_id)


def mail_by_link(session: Session, account_id: int, thread_id: int, *, wanted: bool) -> LinkSeen:
    """Switch all letters off, or on again, for whom a letter's link was made. Raises NotFound as `follow_by_link`."""
    queries.follow_link(session, account_id, thread_id)
    _set_mail(session, account_id, wanted)
    return queries.follow_link(session, account_id, thread_id)


def take_letter(session: Session, letter_id: int, token: str) -> Letter | None:
    """Claim a letter for the holder of the job's fence and read it afresh; None when there is nothing to send.

    Not wanted any more: recorded as skipped, with the reason. Ended before, or gone with its account: nothing. A dead
    letter whose job was revived lives again.
    """
    claim = (
        update(LetterRow)
        .where(col(LetterRow.id) == letter_id, col(LetterRow.state).in_((GATHERING, WAITING, SENDING, DEAD)))
        .values(state=SENDING, token=token, attempts=LetterRow.attempts + 1, ended_at=None)
    )
    if changed(session, claim) != 1:
        return None
    letter = queries.find_letter(session, letter_id)
    if letter is None:
        return None
    reason = why_not(letter.standing)
    if reason is not None:
        end_letter(session, letter_id, token, SKIPPED, reason)
        return None
    return letter


def end_letter(session: Session, letter_id: int, token: str, state: str, answer: str) -> None:
    """Record how a letter ended, by the holder of the fence: sent, failed or skipped, and the last word about it."""
    mine = col(LetterRow.id) == letter_id, col(LetterRow.token) == token
    ended = {"state": state, "answer": answer[:500], "ended_at": now(session)}
    if changed(session, update(LetterRow).where(*mine).values(token=None, **ended)) == 1:
        _end_deliveries(session, letter_id, ended)


def _end_deliveries(session: Session, letter_id: int, ended: dict[str, Any]) -> None:
    """What travelled in the letter ended with it, but for what had ended before."""
    inside = col(Delivery.letter_id) == letter_id, col(Delivery.state) == WAITING
    session.execute(update(Delivery).where(*inside).values(**ended))


def put_back(session: Session, letter_id: int, token: str, answer: str) -> None:
    """Record why this attempt failed; the job comes again, or buries the letter."""
    mine = col(LetterRow.id) == letter_id, col(LetterRow.token) == token
    session.execute(update(LetterRow).where(*mine).values(state=WAITING, answer=answer[:500], token=None))


def bury_letter(session: Session, letter_id: int) -> None:
    """Give a letter up after the last attempt; its last answer stays."""
    unfinished = col(LetterRow.id) == letter_id, col(LetterRow.state).in_((WAITING, SENDING))
    buried = update(LetterRow).where(*unfinished).values(state=DEAD, token=None, ended_at=now(session))
    answer = session.scalar(buried.returning(col(LetterRow.answer)))
    if answer is not None:
        _end_deliveries(session, letter_id, {"state": DEAD, "answer": answer, "ended_at": now(session)})
