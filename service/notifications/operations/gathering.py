"""Which letter news go into: one that gathers already, or a new one with the job that brings it.

A letter that gathers takes in news until its first claim seals it, and a delivery never hangs on a sealed letter: who
joins holds the letter's row (shared, so that many may join at once) until their transaction ends, and who claims it
changes that row. On PostgreSQL each waits for the other; on SQLite there is one writer.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlmodel import Session

from service.kit.clock import now
from service.kit.database.rows import table_of, upsert
from service.kit.queue import enqueue_many
from service.notifications.models import DIGEST, GATHERING, THREAD, WAITING, Letter
from service.notifications.policy.timing import Due, MailTimes, next_digest
from service.notifications.queries.gathering import hold_gathering

DELIVER: Final = "notifications.deliver"
"""The kind of job that brings one letter."""

LETTER: Final = table_of(Letter)

ROUNDS: Final = 12
"""How often joining and making are tried in turn. One round nearly always does; one more for each race that is lost."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the letters of one occasion have in common: the beginning and the end of their Message-IDs, and the thread
    that they are about, where they are about one.
    """

    about: str
    domain: str
    thread_id: int | None = None


def letters_for(
    session: Session, envelope: Envelope, dues: Mapping[int, Due], times: Mapping[int, MailTimes]
) -> Mapping[int, int]:
    """The letter for each of these people, by account; new ones come with their jobs. `times` are the wishes of those
    who want digests: where a period's digest is on its way already, news are for the next one.
    """
    alone = {account_id: due for account_id, due in dues.items() if not due.gather}
    found = dict(_make(session, envelope, alone))
    waiting = {account_id: due for account_id, due in dues.items() if due.gather}
    beaten: set[tuple[int, str]] = set()
    for _ in range(ROUNDS):
        for step in (_join, _make):
            found |= step(session, envelope, waiting)
            waiting = {account_id: due for account_id, due in waiting.items() if account_id not in found}
            if not waiting:
                return found
        tried = {(account_id, due.gather) for account_id, due in waiting.items()}
        waiting = {
            account_id: next_digest(times[account_id], due.period or due.at)
            if due.kind == DIGEST and (account_id, due.gather) in beaten
            else due
            for account_id, due in waiting.items()
        }
        beaten = tried
    raise RuntimeError("letters were sealed faster than news could join them")


def _join(session: Session, envelope: Envelope, dues: Mapping[int, Due]) -> dict[int, int]:
    """Those of these people's letters that gather already; they stay unsealed until this transaction ends."""
    if not dues:
        return {}
    held = hold_gathering(session, dues, {due.gather for due in dues.values()})
    places = {account_id: held.get((account_id, due.gather)) for account_id, due in dues.items()}
    return {account_id: letter_id for account_id, letter_id in places.items() if letter_id is not None}


def _make(session: Session, envelope: Envelope, dues: Mapping[int, Due]) -> dict[int, int]:
    """New letters with their jobs; none where somebody else was faster, or where the period has had its digest."""
    if not dues:
        return {}
    rows = [_row(session, envelope, account_id, dues[account_id]) for account_id in sorted(dues)]
    made = {int(row.account_id): int(row.id) for row in session.execute(_add_once(upsert(session)), rows)}
    _bring(session, made, dues)
    return made


def _row(session: Session, envelope: Envelope, account_id: int, due: Due) -> dict[str, Any]:
    at = now(session)
    return {
        "account_id": account_id, "kind": due.kind, "thread_id": envelope.thread_id if due.kind == THREAD else None,
        "gather": due.gather, "state": GATHERING if due.gather else WAITING, "attempts": 0, "answer": "",
        "message_id": f"<{envelope.about}.{account_id}.{secrets.token_hex(8)}@{envelope.domain}>", "due_at": due.at,
        "created_at": at,
    }  # fmt: skip


@cache
def _add_once(dialect_insert: Any) -> Any:
    """Adds letters that no unique index forbids and gives id and account of each; built once for each dialect."""
    return dialect_insert(LETTER).on_conflict_do_nothing().returning(LETTER.c.id, LETTER.c.account_id)


def _bring(session: Session, letters: Mapping[int, int], dues: Mapping[int, Due]) -> None:
    """The jobs of new letters: as many statements as there are moments at which they are due."""
    for at in sorted({dues[account_id].at for account_id in letters}):
        ids = [letter_id for account_id, letter_id in letters.items() if dues[account_id].at == at]
        enqueue_many(session, DELIVER, [{"letter": letter_id} for letter_id in ids], run_at=at)
