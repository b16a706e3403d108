"""Tell people what was decided about them, what became of their flags, and of their appeals: each of it once.

One job does it for each decision, again when the decision is undone: it holds the decision's row and looks how it
stands. So of a telling and an undoing at the same moment the second sees the first.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, insert
from sqlmodel import Session, col

from service.kit.clock import now
from service.kit.database.rows import stored_id, table_of
from service.kit.queue import enqueue
from service.moderation.events import AppealDecided, FlagResolved
from service.moderation.models import UPHELD, Appeal, Flag
from service.moderation.operations.appealing import end_appeal_of
from service.moderation.queries.appeals import find_appeal_of
from service.notifications.models import APPEAL, DECISION, DECISIONS, FLAG, MAIL, PUSH, WAITING, Delivery, Notification
from service.notifications.operations.gathering import Envelope, letters_for
from service.notifications.operations.pushing import add_pushes
from service.notifications.operations.telling import insert_once
from service.notifications.policy import AFFECTED, APPEALED, DEFAULTS, EVERY_CHANNEL, FLAGGED, mail_is_off, wants
from service.notifications.policy.timing import Due, quiet_until, times_of
from service.notifications.queries.outcomes import UNDONE
from service.notifications.queries.preferences import preferences_of
from service.notifications.queries.telling import earlier_decisions, flags_of, hold_decision, is_told
from service.notifications.queries.undone import latest_event, unseen
from service.screening.models import RELIEFS, Decision

TELL_FLAG: Final = "notifications.tell_flag"
TELL_APPEAL: Final = "notifications.tell_appeal"
"""The kinds of job that tell a flagger, and who appealed, what became of it."""

ADD_DELIVERY: Final = insert(table_of(Delivery))


@dataclass(frozen=True, slots=True)
class Means:
    """How this site brings what it tells: how long its mail waits, where Message-IDs come from, whether it pushes."""

    delay: timedelta
    domain: str
    push: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is to be told. `facts` say which decision it is about, and go into `considered`."""

    account_id: int
    kind: str
    subject: str
    reason: str
    event_id: int
    facts: dict[str, Any]
    must_mail: bool = False


def announce_flag(session: Session, event: FlagResolved, event_id: int) -> None:
    """Listener: tell the flagger what became of their flag, after this transaction."""
    enqueue(session, TELL_FLAG, {"flag": event.flag_id, "decision": event.decision_id, "event": event_id})


def announce_outcome(session: Session, event: AppealDecided, event_id: int) -> None:
    """Listener: tell who appealed, after this transaction."""
    enqueue(session, TELL_APPEAL, {"appeal": event.appeal_id, "event": event_id})


def tell_decision(session: Session, decision_id: int, means: Means) -> None:
    """Tell the person whom a decision is about, or take back what they were told, as the decision stands now; an appeal
    that waits against one that was undone has reached what it asked for.
    """
    decision = hold_decision(session, decision_id)
    if decision is None or decision.account_id is None:
        return
    if decision.undone_at is not None:
        _tell_undone(session, decision, means)
        end_appeal_of(session, decision)
    elif (
        decision.is_told
        and not _is_told_as_one(session, decision)
        and (decision.action not in RELIEFS or _is_news(session, decision))
    ):
        event_id = decision.event_id or decision.step_event_id or latest_event(session)
        must, facts = decision.action == "suspend", {"decision": decision_id}
        subject = f"decision:{decision_id}"
        _tell(session, Notice(decision.account_id, DECISION, subject, AFFECTED, event_id, facts, must), means)


def tell_flag(session: Session, flag_id: int, decision_id: int | None, event_id: int, means: Means) -> None:
    """Tell a flagger what became of their flag, once for each decision about it."""
    flag = session.get(Flag, flag_id)
    if flag is None or flag.resolved_at is None or flag.outcome is None:
        return
    subject = f"flag:{flag_id}:{decision_id or 0}"
    facts = {"decision": decision_id, "flag": flag_id, "outcome": flag.outcome}
    _tell(session, Notice(flag.account_id, FLAG, subject, FLAGGED, event_id, facts), means)


def tell_appeal(session: Session, appeal_id: int, event_id: int, means: Means) -> None:
    """Tell who appealed how that ended."""
    appeal = session.get(Appeal, appeal_id)
    if appeal is None or appeal.decided_at is None:
        return
    facts = {"decision": appeal.decision_id, "appeal": appeal_id}
    _tell(session, Notice(appeal.account_id, APPEAL, f"appeal:{appeal_id}", APPEALED, event_id, facts), means)


def _tell_undone(session: Session, decision: Decision, means: Means) -> None:
    """What nobody has seen vanishes; who has seen it hears that it was undone, unless their appeal tells them so: one
    that was upheld told them the opposite. The outcomes of flags that wait again vanish too.
    """
    _forget(session, stored_id(decision.account_id), f"decision:{decision.id}", DECISION)
    for flag_id, flagger_id in flags_of(session, decision):
        _forget(session, flagger_id, f"flag:{flag_id}:{decision.id}", FLAG)
    appeal = find_appeal_of(session, stored_id(decision.id))
    if (appeal is None or appeal.state == UPHELD) and _was_told(session, decision):
        facts = {"decision": stored_id(decision.id), "said": UNDONE}
        person, subject = stored_id(decision.account_id), f"undone:{decision.id}"
        _tell(session, Notice(person, DECISION, subject, AFFECTED, latest_event(session), facts), means)


def _is_told_as_one(session: Session, decision: Decision) -> bool:
    """Whether it belongs to a removal of all that its person had posted: that is told, and not each post of it."""
    batch = session.get(Decision, decision.batch_id) if decision.batch_id else None
    return batch is not None and batch.account_id == decision.account_id


def _is_news(session: Session, decision: Decision) -> bool:
    """Whether a relief is worth telling: what was approved, always; what was given back, if they know that it was
    taken. What they were to be told of the taking, and have not seen, vanishes.
    """
    if decision.action == "approve":
        return True
    known = False
    for earlier in earlier_decisions(session, decision):
        _forget(session, stored_id(decision.account_id), f"decision:{earlier.id}", DECISION)
        known = known or (earlier.restricts and _was_told(session, earlier))
    return known


def _was_told(session: Session, decision: Decision) -> bool:
    return is_told(session, decision.account_id, f"decision:{decision.id}", DECISION)


def _forget(session: Session, account_id: int, subject: str, kind: str) -> None:
    """Remove one notice, but for one that was read, sent, or is in a worker's hands."""
    mine = col(Notification.account_id) == account_id, col(Notification.subject) == subject
    session.execute(delete(Notification).where(*mine, col(Notification.kind) == kind, *unseen()))


def _tell(session: Session, notice: Notice, means: Means) -> None:
    """Add the notice, where it is not there yet, and what brings it."""
    preference = preferences_of(session, [notice.account_id]).get(notice.account_id, DEFAULTS)
    channels = {each for each in EVERY_CHANNEL if wants(preference, notice.kind, each)}
    channels |= {MAIL} if notice.must_mail else set()
    used = [each for each in EVERY_CHANNEL if each in channels]
    considered = notice.facts | {"reasons": [notice.reason], "channels": used, "mail": mail_is_off(preference)}
    row = {
        "account_id": notice.account_id, "kind": notice.kind, "subject": notice.subject, "event_id": notice.event_id,
        "thread_id": None, "reply_id": None, "actor_id": None, "reason": notice.reason, "on_site": True,
        "considered": {name: value for name, value in considered.items() if value is not None},
        "created_at": now(session), "read_at": None,
    }  # fmt: skip
    told = insert_once(session, [row])
    if told and MAIL in channels:
        times = times_of(preference, means.delay)
        at = now(session) + times.delay
        gather = DECISIONS if times.delay else ""  # what comes while a letter waits goes with it
        due = Due(DECISIONS, gather, quiet_until(times, at) or at)
        _write(session, notice, told[notice.account_id], due, means.domain)
    if told and PUSH in channels and means.push:
        add_pushes(session, told)


def _write(session: Session, notice: Notice, notification_id: int, due: Due, domain: str) -> None:
    envelope = Envelope(notice.subject.replace(":", "-"), domain)
    letters = letters_for(session, envelope, {notice.account_id: due}, {})
    row = {
        "channel": MAIL, "state": WAITING, "attempts": 0, "answer": "", "created_at": now(session),
        "notification_id": notification_id, "letter_id": letters[notice.account_id],
    }  # fmt: skip
    session.execute(ADD_DELIVERY, [row])
