"""Bring letters: put news into them, then take, send (jobs/sending.py) and record, with no transaction in between."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, update
from sqlmodel import Session, col

from service.kit.clock import now
from service.kit.database.rows import changed, table_of
from service.kit.queue import enqueue
from service.notifications import queries
from service.notifications.models import (
    DEAD,
    GATHERING,
    MAIL,
    REVIEWS,
    SENDING,
    SKIPPED,
    WAITING,
    Delivery,
    NotificationPreference,
)
from service.notifications.models import Letter as LetterRow
from service.notifications.operations.gathering import DELIVER, Envelope, letters_for
from service.notifications.policy import why_no_letter, why_not
from service.notifications.policy.timing import due_for, quiet_until, times_of
from service.notifications.queries import Item, Letter, Occasion, shown_in
from service.notifications.queries.moderators import Queue

ADD_DELIVERY: Final = insert(table_of(Delivery))


def add_deliveries(
    session: Session,
    occasion: Occasion,
    notifications: Mapping[int, int],
    preferences: Mapping[int, NotificationPreference],
    *,
    urgent: Collection[int] = (),
    delay: timedelta,
    domain: str,
) -> None:
    """Put each of these notifications (by account) into a letter: one that gathers already, or a new one with its job.

    `preferences` are theirs, `urgent` the people who are not to wait for their digest. `delay` is the site's.
    """
    if not notifications:
        return
    at, thread_id = now(session), occasion.thread.id or 0
    shared = {id(each): times_of(each, delay) for each in preferences.values()}
    times = {each: shared[id(preferences[each])] for each in notifications}
    cases = {(id(of), each in urgent): of for each, of in times.items()}
    due = {case: due_for(of, at, thread_id=thread_id, urgent=case[1]) for case, of in cases.items()}
    dues = {each: due[id(times[each]), each in urgent] for each in notifications}
    envelope = Envelope(occasion.subject.replace(":", "-"), domain, thread_id)
    letters = letters_for(session, envelope, dues, times)
    same = {"channel": MAIL, "state": WAITING, "attempts": 0, "answer": "", "created_at": at}
    rows = [
        same | {"notification_id": notification_id, "letter_id": letters[account_id]}
        for account_id, notification_id in notifications.items()
    ]
    session.execute(ADD_DELIVERY, rows)


def take_letter(session: Session, letter_id: int, token: str, *, delay: timedelta) -> Letter | None:
    """Claim a letter for the holder of the job's fence and read it afresh; None when there is nothing to send now.

    The claim seals it: later news go into another. In quiet hours it is put off to their end. What is not wanted any
    more is recorded as skipped, with the reason, and the rest is sent. Ended before, or gone with its account:
    nothing. A dead letter whose job was revived lives again.
    """
    claim = (
        update(LetterRow)
        .where(col(LetterRow.id) == letter_id, col(LetterRow.state).in_((GATHERING, WAITING, SENDING, DEAD)))
        .values(state=SENDING, token=token, attempts=LetterRow.attempts + 1, ended_at=None)
    )
    if changed(session, claim) != 1:
        return None
    found = queries.find_addressed(session, letter_id)
    if found is None:
        return None
    quiet = quiet_until(times_of(found.preference, delay), now(session))
    if quiet is not None:
        _put_off(session, letter_id, quiet)
        return None
    _revive_deliveries(session, letter_id)
    letter = queries.open_letter(session, found)
    reason = why_no_letter(stopped=letter.stopped, away=letter.away)
    if reason is None and letter.kind == REVIEWS:
        reason = why_not_ask(letter.queue)
        if reason is None:
            return letter
    wanted = _skip_unwanted(session, letter.items) if reason is None else ()
    if not wanted:
        last = reason or next((why_not(item.standing) for item in letter.items), None) or "nothing is left to tell"
        end_letter(session, letter_id, token, SKIPPED, last)
        return None
    return queries.with_posts(session, letter, wanted, shown_in(letter.kind, wanted))


def why_not_ask(queue: Queue | None) -> str | None:
    """Why a moderator is not asked by mail after all; None when they are."""
    if queue is None:
        return "the recipient is not asked about reviews any more"
    return None if queue.posts or queue.appeals else "nothing waits for a decision"


def _put_off(session: Session, letter_id: int, until: datetime) -> None:
    """Send it when the quiet hours end; the attempt does not count. Its job ends, and another begins then."""
    values = {"state": WAITING, "token": None, "attempts": LetterRow.attempts - 1, "due_at": until}
    session.execute(update(LetterRow).where(col(LetterRow.id) == letter_id).values(**values))
    enqueue(session, DELIVER, {"letter": letter_id}, run_at=until)


def _revive_deliveries(session: Session, letter_id: int) -> None:
    """What was given up with its letter is tried again with it."""
    dead = col(Delivery.letter_id) == letter_id, col(Delivery.state) == DEAD
    session.execute(update(Delivery).where(*dead).values(state=WAITING, answer="", ended_at=None))


def _skip_unwanted(session: Session, items: Sequence[Item]) -> tuple[Item, ...]:
    """Those of a letter's items that are still wanted; the others end here, each with its reason."""
    verdicts = [(item, why_not(item.standing)) for item in items]
    for words in sorted({words for _, words in verdicts if words is not None}):
        ids = [item.delivery_id for item, why in verdicts if why == words]
        ended = {"state": SKIPPED, "answer": words, "ended_at": now(session)}
        session.execute(update(Delivery).where(col(Delivery.id).in_(ids)).values(**ended))
    return tuple(item for item, why in verdicts if why is None)


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
    unfinished = col(LetterRow.id) == letter_id, col(LetterRow.state).in_((GATHERING, WAITING, SENDING))
    buried = update(LetterRow).where(*unfinished).values(state=DEAD, token=None, ended_at=now(session))
    answer = session.scalar(buried.returning(col(LetterRow.answer)))
    if answer is not None:
        _end_deliveries(session, letter_id, {"state": DEAD, "answer": answer, "ended_at": now(session)})
