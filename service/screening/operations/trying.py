"""Backtests: rules tried on the last posts. Nothing is written but the backtest's own row, and its job."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col

from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.database.rows import changed
from service.kit.errors import Conflict, NotFound, Problem, invalid, settled
from service.kit.queue import Payload, Run, enqueue
from service.screening.models import Backtest
from service.screening.operations.ruling import category_of
from service.screening.policy.ruling import check_may_rule
from service.screening.policy.trials import Draft, Report, is_triable, mark_of
from service.screening.queries.backtests import running_count
from service.screening.queries.rules import get_rule
from service.screening.queries.tried import Place

TRY: Final = "screening.try_rules"
"""The kind of the job; its payload is `{"backtest": id}`, and `place` once it has begun."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be tried: stored rules by their ids, and drafts with their category's slug; on how many posts, of
    which category. Where none is named, and all the rules hold for one, it is that.
    """

    rules: Sequence[int | tuple[Draft, str | None]]
    last: int
    category: str | None = None


def begin_backtest(session: Session, actor: Actor, wish: Wish | Problem) -> Backtest:
    """Have rules tried in the background. Nobody has more than one backtest going on.

    Raises NotSignedIn, NotAllowed, Invalid (also for rules that look at what is not kept of earlier posts), Conflict.
    """
    check_moderates_some(actor)
    ready = settled(wish)
    drafts = [replace(_draft(session, actor, place, said), id=place) for place, said in enumerate(ready.rules)]
    category_id = category_of(session, actor, ready.category)
    if category_id is None and len(only := {draft.category_id for draft in drafts}) == 1:
        category_id = only.pop()
    check_may_rule(actor, category_id)
    if running_count(session, actor.account_id):
        raise Conflict("A backtest of yours is still going on: wait until it has ended")
    found = Backtest(
        rules=[asdict(draft) for draft in drafts], marks=[mark_of(draft) for draft in drafts], category_id=category_id,
        total=ready.last, made_by_id=actor.account_id, made_at=now(session),
    )  # fmt: skip
    session.add(found)
    session.flush()
    enqueue(session, TRY, {"backtest": found.id})
    return found


def _draft(session: Session, actor: Actor, place: int, said: int | tuple[Draft, str | None]) -> Draft:
    """A rule as it is tried."""
    draft = _stored(session, actor, place, said) if isinstance(said, int) else _drawn_up(session, actor, *said)
    if not is_triable(draft.kind, draft.terms):
        raise invalid(f"/rules/{place}", "looks at what is not kept of earlier posts, so it cannot be tried on them")
    return draft


def _stored(session: Session, actor: Actor, place: int, rule_id: int) -> Draft:
    try:
        rule = get_rule(session, actor, rule_id).rule
    except NotFound as error:
        raise invalid(f"/rules/{place}", "must be the id of a rule, or a rule") from error
    return Draft(
        id=place, kind=rule.kind, terms=rule.terms, verdict=rule.verdict, name=rule.name,
        public_reason=rule.public_reason, category_id=rule.category_id, exempt_roles=rule.exempt_roles,
        place=rule.place, version=rule.version, rule_id=rule_id,
    )  # fmt: skip


def _drawn_up(session: Session, actor: Actor, draft: Draft, category: str | None) -> Draft:
    category_id = category_of(session, actor, category)
    check_may_rule(actor, category_id)
    return replace(draft, category_id=category_id)


def start_backtest(session: Session, run: Run[Any], total: int, place: Place) -> None:
    """The job begins: so many posts there are, and here they end."""
    report = Report(alone=[{} for _ in _of(session, run).rules])
    _note(session, run, state="running", total=total, report=report.model_dump())
    run.advance(session, place=place)


def note_progress(session: Session, run: Run[Any], examined: int, report: Report, place: Place) -> None:
    """So far the job is, and so much was found; a worker that takes over goes on at this place."""
    _note(session, run, examined=examined, report=report.model_dump())
    run.advance(session, place=place)


def end_backtest(session: Session, run: Run[Any], examined: int, report: Report) -> None:
    """The job is done: in the same transaction the report is whole."""
    # Fewer than were counted where some were purged meanwhile: the report is whole all the same.
    _note(
        session, run, state="done", examined=examined, total=examined, report=report.model_dump(),
        finished_at=now(session),
    )  # fmt: skip
    run.finish(session)


def give_up_backtest(session: Session, payload: Payload, _error: str) -> None:
    """The queue tries no more."""
    failed = update(Backtest).where(col(Backtest.id) == payload["backtest"])
    changed(session, failed.values(state="failed", finished_at=now(session)))


def _of(session: Session, run: Run[Any]) -> Backtest:
    return session.get_one(Backtest, run.payload["backtest"])


def _note(session: Session, run: Run[Any], **values: Any) -> None:
    changed(session, update(Backtest).where(col(Backtest.id) == run.payload["backtest"]).values(**values))
