"""Undoing a decision: what it was about is as it was before it, or as later decisions have left it.

The last decision about something that stands is undone by putting its `before` back. One that others followed is taken
out of their middle: nothing is seen to change, and the next one takes over its `before`. So undoing all decisions, in
whatever order, restores what was at first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col

from service.accounts.queries import rank_of_account
from service.kit import events
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import utc_text
from service.kit.database.rows import stored_id
from service.kit.errors import Conflict, InvalidTransition, NotAllowed, NotFound, Problem
from service.moderation import queries
from service.moderation.errors import AlreadyUndone
from service.moderation.events import ReviewUndone
from service.moderation.models import Flag
from service.moderation.operations.many import BATCH
from service.moderation.operations.restoring import ASPECTS
from service.moderation.operations.settling import reopen_flags
from service.screening.models import Decision
from service.screening.operations import pass_on, take_back
from service.screening.queries.standing import next_standing
from service.threads.queries import lock_thread


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone: the decision, the entry of the log that says so, and, of many at once, how many were undone and
    how many stay: those whose text is gone by now, or that their authors have deleted.
    """

    decision: Decision
    event_id: int
    undone: int = 1
    left: int = 0


def undo_event(session: Session, actor: Actor, event_id: int) -> Undone:
    """Undo the decision that an entry of the log tells of. Raises as `undo_decision`; NotFound for other entries."""
    check_moderates_some(actor)
    return undo_decision(session, actor, queries.decision_of_event(session, event_id))


def undo_decision(session: Session, actor: Actor, decision: Decision) -> Undone:
    """Undo a decision, or with a batch all that belong to it, in this transaction.

    Whoever may take the step may undo it, but nobody what somebody of a higher rank decided. Raises NotSignedIn,
    NotAllowed, NotFound (what it was about is not there, or not for this actor), AlreadyUndone, InvalidTransition (a
    rule's verdict on a new post, a post that its author has deleted), ThreadIsClosed (nothing becomes visible in an
    archived thread).
    """
    check_moderates_some(actor)
    if decision.subject == BATCH:
        return _undo_batch(session, actor, decision)
    told, flags = _undo_one(session, actor, decision)
    return Undone(decision, _record(session, actor, decision, told, flags))


def undoable(session: Session, actor: Actor, event_ids: Collection[int]) -> frozenset[int]:
    """Those of these events that tell of a decision which stands and which this actor may undo, as far as the decision
    itself says: for who draws buttons. Two queries, and one for each person who decided.
    """
    if not (event_ids and actor.moderates_some):
        return frozenset()
    found: set[int | None] = set()
    ranks = {None: 0, actor.account_id: 0}
    for decision in queries.told_by(session, event_ids):
        decider = decision.decided_by_id
        ranks[decider] = ranks[decider] if decider in ranks else rank_of_account(session, decider)
        if ranks[decider] <= actor.rank and _moderates_it(actor, decision) and _has_inverse(decision):
            found |= {decision.step_event_id, None if decision.batch_id else decision.event_id}
    return frozenset(each for each in event_ids if each in found)


def _moderates_it(actor: Actor, decision: Decision) -> bool:
    """Of what lies in no category only moderators of the site decide; of a batch, who decided it too."""
    if decision.subject == BATCH and decision.decided_by_id == actor.account_id:
        return True
    return actor.moderates_all if decision.category_id is None else actor.moderates_in(decision.category_id)


def _has_inverse(decision: Decision) -> bool:
    return decision.subject == BATCH or bool(decision.before)


def _undo_one(session: Session, actor: Actor, decision: Decision) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Undo one decision; returns the events by which people were told of it, and the flags that are open again."""
    aspect = ASPECTS[decision.subject.partition(":")[0]]
    held = aspect.hold(session, actor, decision)
    decision = queries.get_decision(session, stored_id(decision.id))
    _check_may_undo(session, actor, decision)
    if not _has_inverse(decision):
        raise InvalidTransition("A rule’s verdict on a new post has no inverse: approve or restore the post instead")
    flags: Sequence[int] = ()
    if later := next_standing(session, decision):
        pass_on(session, decision, later)
        moved = update(Flag).where(col(Flag.decision_id) == decision.id).values(decision_id=later.id)
        session.execute(moved)
    else:
        flags = reopen_flags(session, stored_id(decision.id))
        aspect.put_back(session, actor, decision, held)
    take_back(session, decision, actor.account_id)
    return tuple(each for each in (decision.step_event_id, decision.event_id) if each is not None), tuple(flags)


def _check_may_undo(session: Session, actor: Actor, decision: Decision) -> None:
    """Raise AlreadyUndone, or NotAllowed where somebody of a higher rank has decided this."""
    if decision.undone_at is not None:
        by = queries.account_name(session, decision.undone_by_id)
        raise AlreadyUndone(extra={"undone_at": utc_text(decision.undone_at), "undone_by": by})
    decider = decision.decided_by_id
    if actor.signed_in and decider not in (None, actor.account_id) and actor.rank < rank_of_account(session, decider):
        raise NotAllowed("Somebody of a higher rank has decided this: ask them, or an admin")


def _undo_batch(session: Session, actor: Actor, batch: Decision) -> Undone:
    """Undo what belongs to a batch, the last one first. What cannot be undone any more stays; where nothing can be, so
    does the batch. Raises NotFound for who moderates elsewhere, AlreadyUndone, NotAllowed, InvalidTransition.
    """
    batch = queries.get_decision(session, stored_id(batch.id), lock=True)
    members = queries.members(session, stored_id(batch.id))
    if not _moderates_batch(actor, batch, members):
        raise NotFound("There is no decision in this entry of the log")
    _check_may_undo(session, actor, batch)
    _hold_threads(session, actor, members)
    told: list[int] = [] if batch.event_id is None else [batch.event_id]
    flags: list[int] = []
    left = 0
    for member in members:
        try:
            with session.begin_nested():
                events_of, flags_of = _undo_one(session, actor, member)
        except (NotFound, NotAllowed, Conflict):
            left += 1
            continue
        told += events_of
        flags += flags_of
    if members and left == len(members):
        raise InvalidTransition("Nothing of this can be undone any more")
    take_back(session, batch, actor.account_id)
    event_id = _record(session, actor, batch, tuple(dict.fromkeys(told)), tuple(flags))
    return Undone(batch, event_id, len(members) - left, left)


def _moderates_batch(actor: Actor, batch: Decision, members: Sequence[Decision]) -> bool:
    """Whether the batch is this actor's to undo: who decided it or has undone it, and who moderates all it is about."""
    if actor.moderates_all or actor.account_id in (batch.decided_by_id, batch.undone_by_id):
        return True
    return bool(members) and all(_moderates_it(actor, each) for each in members)


def _hold_threads(session: Session, actor: Actor, members: Sequence[Decision]) -> None:
    """Hold all threads in the order of their ids, so that two who do this at once wait for each other only once."""
    for thread_id in sorted({each.thread_id for each in members if each.thread_id is not None}):
        try:
            lock_thread(session, actor, thread_id, in_trash=True)
        except Problem:
            continue  # what is not there is left


def _record(session: Session, actor: Actor, decision: Decision, told: tuple[int, ...], flags: tuple[int, ...]) -> int:
    """The entry of the log that says that a decision was undone."""
    return events.record(
        session,
        ReviewUndone(
            actor=actor, decision_id=stored_id(decision.id), review_id=decision.review_id,
            thread_id=decision.thread_id, reply_id=decision.reply_id, account_id=decision.account_id,
            action=decision.action, about=decision.subject, undid=told, flags=flags,
        ),
    )  # fmt: skip
