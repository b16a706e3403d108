"""Appeals: the lists of those that wait and of those that were decided, and who may decide about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, literal, select, tuple_, union_all
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import CategoryModerator
from service.categories.policy import moderated_by
from service.kit.actor import Actor, rank_of
from service.kit.clock import to_micros
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound
from service.moderation.models import OPEN, Appeal
from service.moderation.queries.statements import statements_of
from service.moderation.queries.stating import Statement
from service.screening.models import Decision
from service.threads.models import Thread
from service.threads.queries.law import micros

MOST_COUNTED = 100
"""The number that waits stops here, as that of reviews does."""


@dataclass(frozen=True, slots=True)
class AppealSeen:
    """An appeal with the decision that it is about, and who decided about it (None: nobody yet)."""

    appeal: Appeal
    statement: Statement
    decider: str | None

    @property
    def id(self) -> int:
        """The appeal's id."""
        return stored_id(self.appeal.id)

    @property
    def key(self) -> tuple[int, int]:
        """Its key in a list."""
        return to_micros(self.appeal.made_at), self.id


def there(actor: Actor) -> ColumnElement[bool]:
    """Which appeals exist for a moderator: of all, or of posts in the categories that they moderate."""
    if actor.moderates_all:
        return col(Appeal.id) > literal(0, BigInteger)
    return func.coalesce(Thread.category_id, Decision.category_id).in_(moderated_by(actor))


def list_appeals(
    session: Session, actor: Actor, state: str | None, after: tuple[int, ...] | None, limit: int
) -> Sequence[AppealSeen]:
    """Up to `limit + 1` appeals after a key, the longest waiting first; `state` is `open` or `decided` (None: both)."""
    query = _select().where(there(actor))
    if state is not None:
        query = query.where(col(Appeal.state) == OPEN if state == OPEN else col(Appeal.state) != OPEN)
    made = micros(Appeal.made_at)
    if after is not None:
        query = query.where(tuple_(made, Appeal.id) > tuple_(*(literal(part, BigInteger) for part in after)))
    return _seen(session, actor, session.execute(query.order_by(made, col(Appeal.id)).limit(limit + 1)).all())


def get_appeal(session: Session, actor: Actor, appeal_id: int) -> AppealSeen:
    """One appeal, for who moderates where it is from. Raises NotFound otherwise."""
    query = _select().where(there(actor), col(Appeal.id) == literal(appeal_id, BigInteger))
    found = _seen(session, actor, session.execute(query.execution_options(populate_existing=True)).all())
    if not found:
        raise NotFound("There is no such appeal")
    return found[0]


def find_appeal_of(session: Session, decision_id: int) -> Appeal | None:
    """The appeal against a decision, as it stands now."""
    query = select(Appeal).where(col(Appeal.decision_id) == decision_id).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def appeals_waiting(session: Session, actor: Actor) -> int:
    """How many appeals wait for this moderator, counted up to MOST_COUNTED."""
    waiting = _select(col(Appeal.id)).where(there(actor), col(Appeal.state) == literal(OPEN, literal_execute=True))
    return int(session.execute(select(func.count()).select_from(waiting.limit(MOST_COUNTED).subquery())).scalar_one())


def others_who_may(session: Session, decision: Decision, *, without: Sequence[int | None]) -> bool:
    """Whether anybody but these may decide about an appeal against the decision: they moderate where it was taken, and
    stand no lower than who took it.
    """
    people = select(col(Account.id), col(Account.role), col(Account.moderated))
    staff = people.where(col(Account.role) != literal("member", literal_execute=True))  # as the index of staff says it
    some = people.join(CategoryModerator, col(CategoryModerator.account_id) == Account.id)
    query = union_all(staff, some)
    rows = {row[0]: (row[1], row[2] or []) for row in session.execute(query)}
    taken_by = rows.get(decision.decided_by_id or 0, ("moderator", []))
    least = rank_of(taken_by[0], moderates_some=bool(taken_by[1]))
    return any(
        rank_of(role, moderates_some=bool(some)) >= least
        for account_id, (role, some) in rows.items()
        if account_id not in without and (role in ("moderator", "admin") or decision.category_id in some)
    )


def _select(*columns: Any) -> Any:
    return (
        select(*(columns or (Appeal, col(Account.username))))
        .select_from(Appeal)
        .join(Decision, col(Decision.id) == Appeal.decision_id)
        .outerjoin(Thread, col(Thread.id) == Decision.thread_id)
        .outerjoin(Account, col(Account.id) == Appeal.decided_by_id)
    )


def _seen(session: Session, actor: Actor, rows: Sequence[Any]) -> list[AppealSeen]:
    statements = statements_of(session, [row[0].decision_id for row in rows], actor)
    return [AppealSeen(row[0], statements[row[0].decision_id], row[1]) for row in rows]
