"""Deciding about many posts at once: one decision that they all belong to, one entry in the log, undone as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound, Problem, settled
from service.moderation import queries
from service.moderation.errors import NotAllDecided, StaleDecision
from service.moderation.events import BatchDecided
from service.moderation.operations.deciding import Decision, decide_place
from service.moderation.policy import Foreseen, foresee
from service.moderation.queries.looked import Place
from service.screening.models import Decision as Kept
from service.screening.operations import keep_step
from service.screening.policy import Deed

BATCH: Final = "batch"
"""The subject of a decision that many belong to."""

Mode = Literal["each", "all"]
"""Decide what can be decided, or nothing where one cannot."""


@dataclass(frozen=True, slots=True)
class Many:
    """One decision about many reviews: `versions` by their ids, as they were looked at. `canned` and `override` are as
    in a decision about one.
    """

    versions: Mapping[int, int]
    action: Deed
    reason: str = ""
    canned: int | None = None
    override: bool = False
    mode: Mode = "each"

    def about(self, review_id: int) -> Decision:
        """The decision about one of them."""
        return Decision(self.action, self.reason, self.versions[review_id], self.canned, self.override)


@dataclass(frozen=True, slots=True)
class OneDecided:
    """What became of one of many: what is kept of its decision, or the refusal."""

    review_id: int
    result: Kept | Problem


@dataclass(frozen=True, slots=True)
class ManyDecided:
    """What became of all of them, in the order asked, and the decision that they belong to (None: none was taken)."""

    outcomes: Sequence[OneDecided]
    batch: Kept | None


def foresee_many(session: Session, actor: Actor, many: Many | Problem) -> Sequence[Foreseen]:
    """What `decide_many` would do, in the order asked; nothing changes. Raises NotSignedIn, NotAllowed, Invalid."""
    check_moderates_some(actor)
    ready, at = settled(many), now(session)
    found = queries.looked_at(session, actor, list(ready.versions))
    return [
        foresee(actor, found.get(review_id), version, ready.action, at, override=ready.override)
        for review_id, version in ready.versions.items()
    ]


def decide_many(session: Session, actor: Actor, many: Many | Problem) -> ManyDecided:
    """Decide about many reviews in one transaction: each by itself, so that one refusal keeps nothing from the others;
    or, in the mode `all`, all of them or none.

    Their threads are locked in the order of their ids, so that two who do this at once wait for each other only once;
    of two who decide about the same, one does. Raises NotSignedIn, NotAllowed, Invalid, NotAllDecided.
    """
    check_moderates_some(actor)
    ready = settled(many)
    batch = open_batch(session, actor, ready.action, ready.reason)
    places = queries.places_of(session, actor, list(ready.versions))
    done = {each: _decide(session, actor, ready, each, *place, batch) for each, place in places.items()}
    done |= {each: _decide(session, actor, ready, each, None, 0, batch) for each in ready.versions if each not in done}
    outcomes = [OneDecided(each, done[each]) for each in ready.versions]
    refused = [each for each in outcomes if isinstance(each.result, Problem)]
    if refused and ready.mode == "all":
        raise NotAllDecided(f"{len(refused)} of {len(outcomes)} cannot be decided", extra={"items": _said(refused)})
    return ManyDecided(outcomes, close_batch(session, actor, batch, len(outcomes) - len(refused)))


def open_batch(session: Session, actor: Actor, action: str, reason: str, account_id: int | None = None) -> Kept:
    """Begin a decision that many belong to; with `account_id` they are all about what this person did."""
    return keep_step(session, actor, action, BATCH, reason=reason, account_id=account_id)


def close_batch(session: Session, actor: Actor, batch: Kept, decided: int) -> Kept | None:
    """Record a batch, with one entry in the log; one of nothing is not kept."""
    if not decided:
        session.delete(batch)
        session.flush()
        return None
    told = BatchDecided(
        actor=actor, decision_id=stored_id(batch.id), action=batch.action, decided=decided, account_id=batch.account_id
    )
    batch.event_id = events.record(session, told)
    session.add(batch)
    session.flush()
    return batch


def _decide(
    session: Session, actor: Actor, many: Many, review_id: int, place: Place | None, version: int, batch: Kept
) -> Kept | Problem:
    """One of them, in a savepoint: a refusal leaves nothing of it behind. Versions only rise: no lock is needed to know
    that one is stale.
    """
    try:
        if place is None:
            raise NotFound("There is no such review")
        if version != many.versions[review_id]:
            raise StaleDecision(f"The review's version is {version} by now")
        with session.begin_nested():
            return decide_place(session, actor, place, many.about(review_id), batch_id=batch.id)
    except Problem as problem:
        return problem


def _said(refused: Sequence[OneDecided]) -> list[dict[str, Any]]:
    return [
        {"id": each.review_id, "code": each.result.code, "detail": each.result.detail}
        for each in refused
        if isinstance(each.result, Problem)
    ]
