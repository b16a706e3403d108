"""Appeals: a person objects to one decision about them, and another moderator than who took it looks once more."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit import events
from service.kit.actor import SYSTEM, Actor, check_moderates_some, check_scope
from service.kit.clock import now, utc_text
from service.kit.database.rows import changed, stored_id, upsert
from service.kit.errors import InvalidTransition, NotAllowed, Problem, settled
from service.moderation.errors import AppealExists, AppealTooLate, StaleDecision
from service.moderation.events import AppealDecided, AppealMade
from service.moderation.models import OPEN, Appeal
from service.moderation.operations.deciding import Decision, moderate
from service.moderation.operations.many import BATCH
from service.moderation.operations.undoing import undo_decision
from service.moderation.queries.appeals import AppealSeen, find_appeal_of, get_appeal, others_who_may
from service.moderation.queries.statements import (
    find_reviewed,
    get_statement,
    last_restriction,
    own_statement,
)
from service.moderation.queries.stating import Statement
from service.screening.models import Decision as Decided
from service.screening.policy import possible

UPHELD: Final = "upheld"
REVERSED: Final = "reversed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderator makes of an appeal: `upheld`, the decision stands, or `reversed`, it is undone; the reason is
    for whose appeal it is. `version` is that of the appeal as it was looked at.
    """

    outcome: str
    reason: str
    version: int


def appeal_decision(session: Session, actor: Actor, decision_id: int, body: str | Problem) -> Appeal:
    """Appeal a decision about the actor; who is silenced may. Returns the appeal.

    Raises NotSignedIn, Suspended, NotAllowed, NotFound, Invalid, InvalidTransition (nothing was taken, or it was given
    back), AppealExists, AppealTooLate.
    """
    found = get_statement(session, actor, decision_id)
    if found.decision.account_id != actor.account_id:
        raise NotAllowed("Only the person whom a decision is about may appeal it")
    check_scope(actor, "write")
    return _appeal(session, actor, found, settled(body))


def appeal_review(session: Session, actor: Actor, review_id: int, body: str | Problem) -> Appeal:
    """Appeal the last standing decision of a review that took the actor's post out of sight; as `appeal_decision`."""
    thread_id, reply_id = find_reviewed(session, actor, review_id)
    last = last_restriction(session, thread_id, reply_id)
    if last is None:
        raise InvalidTransition("No decision that stands has taken this post out of sight")
    return appeal_decision(session, actor, last, body)


def appeal_by_link(session: Session, account_id: int, decision_id: int, body: str | Problem) -> Appeal:
    """As `appeal_decision`, for whom a letter's link was made: the link is the permission, nobody is signed in.

    Raises NotFound when they or the decision are gone, and what `appeal_decision` raises of the decision itself.
    """
    found = own_statement(session, account_id, decision_id)
    person = Actor(account_id, found.person.username, found.person.role)
    return _appeal(session, person, found, settled(body), by_link=True)


def _appeal(session: Session, actor: Actor, found: Statement, body: str, *, by_link: bool = False) -> Appeal:
    decision, at = found.decision, now(session)
    if found.appeal is not None:
        raise _exists(found.appeal)
    if not decision.restricts or decision.undone_at is not None:
        raise InvalidTransition("This decision takes nothing from you, or was undone: there is nothing to appeal")
    if at >= found.appeal_until:
        raise AppealTooLate(
            f"A decision can be appealed for 14 days, until {utc_text(found.appeal_until)}",
            extra={"until": utc_text(found.appeal_until)},
        )
    appeal = _store(session, found.id, stored_id(actor.account_id), body)
    made = AppealMade(actor=actor, appeal_id=stored_id(appeal.id), decision_id=found.id, by_link=by_link)
    events.record(session, made)
    return appeal


def _store(session: Session, decision_id: int, account_id: int, body: str) -> Appeal:
    """The appeal's row; of two at once one is stored, and the other finds it."""
    row = {
        "decision_id": decision_id, "account_id": account_id, "body": body, "made_at": now(session), "state": OPEN,
        "reason": "", "version": 1,
    }  # fmt: skip
    made = changed(session, upsert(session)(Appeal).values(row).on_conflict_do_nothing(index_elements=["decision_id"]))
    appeal = find_appeal_of(session, decision_id)
    if appeal is None:
        raise AssertionError("the appeal is there: it was stored just now, or before")
    if not made:
        raise _exists(appeal)
    return appeal


def _exists(appeal: Appeal) -> AppealExists:
    return AppealExists(extra={"appeal": appeal.id, "state": appeal.state})


def decide_appeal(session: Session, actor: Actor, appeal_id: int, verdict: Verdict | Problem) -> AppealSeen:
    """Decide about an appeal that waits; `reversed` undoes the decision in the same unit of work.

    Who took the decision may not, unless nobody else here may: then they do, and the log says so. Nor may who appealed.
    Raises NotSignedIn, Suspended, NotAllowed, NotFound, Invalid, StaleDecision, ThreadIsClosed (archived),
    InvalidTransition (undoing is not possible any more, because the post's text is gone).
    """
    check_moderates_some(actor)
    found = get_appeal(session, actor, appeal_id)
    alone = check_may_decide(session, actor, found)
    ready = settled(verdict)
    _settle(session, actor, found, ready)
    if ready.outcome == REVERSED and found.statement.decision.undone_at is None:
        _give_back(session, actor, found.statement)
    record_outcome(session, actor, found.appeal, ready.outcome, ready.version + 1, same_person=alone)
    return get_appeal(session, actor, appeal_id)


def _give_back(session: Session, actor: Actor, seen: Statement) -> None:
    """Undo the decision. A rule's verdict on a new post has no inverse: there was nothing before it. So that post is
    published, if it is still kept from everybody; of a text that was never stored its author may send it again.
    """
    decision, post = seen.decision, seen.reply or seen.thread
    if decision.before or decision.subject == BATCH:
        undo_decision(session, actor, decision)
        return
    named = decision.subject in (f"reply:{decision.reply_id}", f"thread:{decision.thread_id}")
    if post is None or not named or post.author_id != decision.account_id:
        return
    for step in ("restore", "approve"):
        if step in possible(post):
            moderate(session, actor, decision.thread_id, decision.reply_id, Decision(step, override=True), None)


def check_may_decide(session: Session, actor: Actor, found: AppealSeen) -> bool:
    """Raise NotAllowed where somebody else is to decide; returns whether this is who took the decision, and decides
    because nobody else may.
    """
    decision = found.statement.decision
    if actor.account_id == decision.account_id:
        raise NotAllowed("Nobody decides about their own appeal")
    if actor.account_id is None or actor.account_id != decision.decided_by_id:
        return False
    if others_who_may(session, decision, without=(actor.account_id, decision.account_id)):
        raise NotAllowed("Another moderator than who took the decision looks at an appeal")
    return True


def _settle(session: Session, actor: Actor, found: AppealSeen, verdict: Verdict) -> None:
    """The row, where it still waits as it was looked at: of two who decide at once, one does."""
    mine = col(Appeal.id) == found.id, col(Appeal.version) == verdict.version, col(Appeal.state) == OPEN
    values: dict[str, Any] = {
        "state": verdict.outcome, "reason": verdict.reason, "decided_by_id": actor.account_id,
        "decided_at": now(session), "version": verdict.version + 1,
    }  # fmt: skip
    if changed(session, update(Appeal).where(*mine).values(**values)) != 1:
        raise _stale(session, actor, found.id)


def _stale(session: Session, actor: Actor, appeal_id: int) -> StaleDecision:
    there = get_appeal(session, actor, appeal_id)
    appeal, post = there.appeal, there.statement.reply or there.statement.thread
    return StaleDecision(
        f"The appeal’s version is {appeal.version} by now, and it is {appeal.state}",
        extra={
            "version": appeal.version, "state": appeal.state, "moderation": post.moderation if post else None,
            "action": None if appeal.state == OPEN else appeal.state, "decided_by": there.decider,
            "decided_at": utc_text(appeal.decided_at) if appeal.decided_at else None,
        },
    )  # fmt: skip


def record_outcome(
    session: Session, actor: Actor, appeal: Appeal, outcome: str, version: int, *, same_person: bool
) -> None:
    """Record how an appeal ended."""
    events.record(
        session,
        AppealDecided(
            actor=actor, appeal_id=stored_id(appeal.id), decision_id=appeal.decision_id, outcome=outcome,
            same_person=same_person, version=version,
        ),
    )  # fmt: skip


def end_appeal_of(session: Session, decision: Decided) -> None:
    """A decision was undone, so an appeal against it that waits has reached what it asked for; by who undid it."""
    appeal = find_appeal_of(session, stored_id(decision.id))
    if appeal is None or decision.undone_at is None:
        return
    account = session.get(Account, decision.undone_by_id) if decision.undone_by_id else None
    actor = Actor(account.id, account.username, account.role) if account else SYSTEM
    mine = col(Appeal.id) == appeal.id, col(Appeal.state) == OPEN
    values: dict[str, Any] = {"state": REVERSED, "decided_by_id": actor.account_id, "decided_at": now(session)}
    if changed(session, update(Appeal).where(*mine).values(version=Appeal.version + 1, **values)) == 1:
        same = actor.account_id is not None and actor.account_id == decision.decided_by_id
        record_outcome(session, actor, appeal, REVERSED, appeal.version + 1, same_person=same)
