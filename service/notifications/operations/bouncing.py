"""Mail that came back: it is noted once, and stops the person's mail where it is enough."""

from datetime import timedelta
from typing import Final

from sqlmodel import Session

from service.kit.actor import Actor, check_administers
from service.kit.clock import now
from service.kit.database.rows import table_of, upsert
from service.kit.errors import NotFound, Problem, settled
from service.notifications.models import SOFT, Bounce
from service.notifications.operations.choosing import row_of
from service.notifications.policy.bounces import Report, is_enough, words_for
from service.notifications.queries.bounces import Returned, find_returned, soft_since

WITHIN: Final = timedelta(days=30)
"""Bounces that are no more than a nuisance count for so long."""


def report_bounce(session: Session, actor: Actor, report: Report | Problem) -> Returned:
    """Note that a letter came back, as a mail server reports; returns whose it was, and whether their mail stops.

    The same letter and kind again is once. Raises NotSignedIn, NotAllowed, Invalid, NotFound.
    """
    check_administers(actor)
    wanted = settled(report)
    found = find_returned(session, wanted.message_id)
    if found is None:
        raise NotFound("There is no letter with this Message-ID")
    note_bounce(session, found.letter_id, found.account_id, wanted.kind, wanted.reason)
    return find_returned(session, wanted.message_id) or found


def note_bounce(session: Session, letter_id: int, account_id: int, kind: str, reason: str) -> None:
    """Note that a letter came back, and stop mail to its person where that is enough. Once for each letter and kind."""
    preference = row_of(session, account_id)  # held, so that of several bounces at once each counts the others
    row = {
        "account_id": account_id, "letter_id": letter_id, "kind": kind, "answer": reason[:500], "at": now(session),
        "forgiven": False,
    }  # fmt: skip
    statement = upsert(session)(table_of(Bounce)).values(row).on_conflict_do_nothing().returning(table_of(Bounce).c.id)
    if session.execute(statement).first() is None or preference.mail_stopped_at is not None:
        return
    soft = soft_since(session, account_id, now(session) - WITHIN) if kind == SOFT else 0
    if is_enough(kind, soft):
        preference.mail_stopped_at, preference.mail_stopped_because = now(session), words_for(kind, reason)
        session.add(preference)
        session.flush()
