"""The figures of moderation over a period, as articles 15 and 24 of the Digital Services Act ask sites to publish them.

What each counts is said in docs/guides/moderate.md, in SQL; a test counts the same in plain Python.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from service.kit.actor import Actor, check_moderates
from service.kit.clock import MICROSECOND, to_micros
from service.moderation.models import DISMISSED as NOT_UPHELD
from service.moderation.models import FLAG_REASONS, OPEN, UPHELD, Appeal
from service.moderation.models import Flag as FlagRow
from service.moderation.queries.stating import was_flagged
from service.screening.models import RELIEFS, REMOVAL, RESTRICTIONS, Decision
from service.threads.queries.law import micros

COUNTED: Final = tuple(action for action in RESTRICTIONS if action != REMOVAL)
"""The actions that are counted: of a removal of many posts each post is."""

Later = aliased(Decision)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both of them whole, in UTC."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The first instant."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    def holds(self, column: Any) -> ColumnElement[bool]:
        """Whether an Instant column lies in it."""
        at = micros(column)
        since, until = (literal(to_micros(edge), BigInteger) for edge in (self.since, self.until))
        return and_(at >= since, at < until)


@dataclass(frozen=True, slots=True)
class Notices:
    """Flags for one reason: raised in the period, and how many of those were upheld, were not, and wait."""

    reason: str
    raised: int
    upheld: int
    not_upheld: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Actions:
    """Restrictions of one kind on one ground: on the site's own initiative or after a notice, and by what means."""

    action: str
    ground: str
    own_initiative: int
    after_notice: int
    automated: int


@dataclass(frozen=True, slots=True)
class Appeals:
    """Appeals made in the period, what became of them, and how long that took (seconds, None: none was decided).

    `against_automated` are those against decisions that no person took; `same_person` those that who took the decision
    decided, because nobody else could.
    """

    made: int
    upheld: int
    reversed: int
    waiting: int
    against_automated: int
    same_person: int
    median_seconds: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures. `notice_seconds` is the median time from a notice to the decision about it; `automated` counts
    restrictions that no person decided, `automated_reversed` those of them that people took back; `held` the posts that
    waited for a moderator, `held_published` those of them that one published.
    """

    period: Period
    notices: tuple[Notices, ...]
    notice_seconds: float | None
    actions: tuple[Actions, ...]
    automated: int
    automated_reversed: int
    held: int
    held_published: int
    undone: int
    appeals: Appeals

    @property
    def restrictions(self) -> int:
        """All restrictions together."""
        return sum(each.own_initiative + each.after_notice for each in self.actions)

    @property
    def automated_share(self) -> float | None:
        """Which part of all restrictions was automated."""
        return self.automated / self.restrictions if self.restrictions else None

    @property
    def error_rate(self) -> float | None:
        """Which part of the automated restrictions people took back."""
        return self.automated_reversed / self.automated if self.automated else None


def report(session: Session, actor: Actor, period: Period) -> Report:
    """The figures of a period, as everything stands now; for moderators of the whole site.

    Raises NotSignedIn, Suspended, NotAllowed.
    """
    check_moderates(actor)
    taken = _taken(period)
    automated = [*taken, col(Decision.automated).is_(True)]
    held = col(Decision.action) == "hold", col(Decision.automated).is_(True), period.holds(Decision.decided_at)
    return Report(
        period=period,
        notices=_notices(session, period),
        notice_seconds=_median(
            session, micros(FlagRow.resolved_at) - micros(FlagRow.made_at), period.holds(FlagRow.made_at),
            col(FlagRow.resolved_at).is_not(None),
        ),
        actions=_actions(session, taken),
        automated=_count(session, *automated),
        automated_reversed=_count(session, *automated, _was_reversed()),
        held=_count(session, *held),
        held_published=_count(session, *held, _later(("approve",))),
        undone=_count(session, *taken, col(Decision.undone_at).is_not(None)),
        appeals=_appeals(session, period),
    )  # fmt: skip


def _taken(period: Period) -> list[ColumnElement[bool]]:
    """The restrictions of a period: of others than who decided, or of nobody's account."""
    others = or_(
        col(Decision.account_id).is_(None), col(Decision.decided_by_id).is_(None),
        col(Decision.account_id) != Decision.decided_by_id,
    )  # fmt: skip
    return [col(Decision.action).in_(COUNTED), others, period.holds(Decision.decided_at)]


def _was_reversed() -> ColumnElement[bool]:
    """People took it back: by undoing it, or by a later step that gave the post back."""
    return or_(col(Decision.undone_at).is_not(None), _later(RELIEFS))


def _later(actions: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a person has taken one of these steps with the same post or person since."""
    same = col(Later.subject) == Decision.subject, col(Later.id) > Decision.id
    by_person = col(Later.automated).is_(False), col(Later.undone_at).is_(None)
    return exists().where(*same, *by_person, col(Later.action).in_(actions))


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return int(session.execute(select(func.count()).select_from(Decision).where(*where)).scalar_one())


def _notices(session: Session, period: Period) -> tuple[Notices, ...]:
    def of(outcome: str) -> ColumnElement[Any]:
        return func.coalesce(func.sum(case((col(FlagRow.outcome) == outcome, 1), else_=0)), 0)

    waiting = func.coalesce(func.sum(case((col(FlagRow.resolved_at).is_(None), 1), else_=0)), 0)
    query = select(col(FlagRow.reason), func.count(), of(UPHELD), of(NOT_UPHELD), waiting)
    rows = session.execute(query.where(period.holds(FlagRow.made_at)).group_by(col(FlagRow.reason)))
    found = {row[0]: Notices(row[0], *(int(number) for number in row[1:])) for row in rows}
    return tuple(found.get(reason) or Notices(reason, 0, 0, 0, 0) for reason in FLAG_REASONS)


def _actions(session: Session, taken: list[ColumnElement[bool]]) -> tuple[Actions, ...]:
    """By kind and ground; what readers had flagged is after a notice."""
    each = (
        select(
            col(Decision.action).label("action"), col(Decision.ground).label("ground"),
            case((was_flagged(), 1), else_=0).label("flagged"),
            case((col(Decision.automated), 1), else_=0).label("automated"),
        )
        .where(*taken)
        .subquery()
    )  # fmt: skip
    flagged, automated = func.sum(each.c.flagged), func.sum(each.c.automated)
    query: Select[Any] = select(each.c.action, each.c.ground, func.count() - flagged, flagged, automated)
    rows = session.execute(query.group_by(each.c.action, each.c.ground).order_by(each.c.action, each.c.ground))
    return tuple(Actions(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows)


def _appeals(session: Session, period: Period) -> Appeals:
    made = period.holds(Appeal.made_at)

    def count(*where: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(Appeal).join(Decision, col(Decision.id) == Appeal.decision_id)
        return int(session.execute(query.where(made, *where)).scalar_one())

    took = micros(Appeal.decided_at) - micros(Appeal.made_at)
    return Appeals(
        made=count(),
        upheld=count(col(Appeal.state) == "upheld"),
        reversed=count(col(Appeal.state) == "reversed"),
        waiting=count(col(Appeal.state) == OPEN),
        against_automated=count(col(Decision.automated).is_(True)),
        same_person=count(col(Appeal.decided_by_id) == Decision.decided_by_id),
        median_seconds=_median(session, took, made, col(Appeal.decided_at).is_not(None)),
    )


def _median(session: Session, span: ColumnElement[int], *where: ColumnElement[bool]) -> float | None:
    """The middle of these spans in seconds, the mean of the two middle ones of an even number; None of none."""
    place, number = func.row_number().over(order_by=span), func.count().over()
    rows = select(span.label("span"), place.label("place"), number.label("number")).where(*where).subquery()
    middle = select(rows.c.span).where((rows.c.place * 2).between(rows.c.number, rows.c.number + 2))
    found = [int(each) for each in session.scalars(middle)]
    return sum(found) / len(found) * MICROSECOND.total_seconds() if found else None
