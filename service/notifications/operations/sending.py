"""Bring letters: add them, then take, send (jobs.py) and record, with no transaction open between these steps."""

import secrets
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, update
from sqlmodel import Session, col

from service.kit.clock import now
from service.kit.database.rows import changed, table_of
from service.kit.queue import enqueue_many
from service.notifications import queries
from service.notifications.models import DEAD, GATHERING, MAIL, SENDING, SKIPPED, THREAD, WAITING, Delivery
from service.notifications.models import Letter as LetterRow
from service.notifications.policy import why_not
from service.notifications.queries import Letter, Occasion

DELIVER: Final = "notifications.deliver"
"""The kind of job that brings one letter."""

ADD_LETTER: Final = insert(table_of(LetterRow)).returning(table_of(LetterRow).c.id, sort_by_parameter_order=True)
ADD_DELIVERY: Final = insert(table_of(Delivery))


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
