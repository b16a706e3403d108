"""Rules as rows, as moderators see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from service.categories.models import Category
from service.categories.policy import moderated_by
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound
from service.screening.models import Decision, Rule
from service.screening.policy import phase_of

LATELY: Final = timedelta(days=30)
"""The time whose hits are counted."""

MOST_RULES: Final = 500
"""How many rules a site may have: each is asked of every post."""


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """A rule with its category's slug and name (None: it holds for the whole site). `new_secret` is one that was made
    just now, which is shown once.
    """

    rule: Rule
    slug: str | None
    category_name: str | None
    new_secret: str | None = None

    @property
    def id(self) -> int:
        """The rule's id."""
        return stored_id(self.rule.id)

    @property
    def order(self) -> tuple[int, int, int]:
        """Where it is asked: what decides for good comes first."""
        return phase_of(self.rule.kind, self.rule.verdict), self.rule.place, self.id


def _seen(actor: Actor) -> Select[Any]:
    """The rules that the actor may see and change: all, or those of the categories that they moderate."""
    at = col(Category.id) == col(Rule.category_id)
    query: Any = select(Rule, col(Category.slug), col(Category.name)).outerjoin(Category, at)
    mine: Select[Any] = query if actor.moderates_all else query.where(col(Rule.category_id).in_(moderated_by(actor)))
    return mine


def list_rules(session: Session, actor: Actor, after: tuple[int, ...] | None, limit: int) -> Sequence[RuleSeen]:
    """Rules by their ids; one more than `limit`, to tell whether others follow. Raises NotSignedIn, NotAllowed."""
    check_moderates_some(actor)
    query = _seen(actor) if after is None else _seen(actor).where(col(Rule.id) > after[0])
    return [RuleSeen(*row) for row in session.execute(query.order_by(col(Rule.id)).limit(limit + 1))]


def rules_in_order(session: Session, actor: Actor) -> Sequence[RuleSeen]:
    """All of them, in the order in which posts are asked about them. Raises NotSignedIn, NotAllowed."""
    check_moderates_some(actor)
    found = [RuleSeen(*row) for row in session.execute(_seen(actor).order_by(col(Rule.id)).limit(MOST_RULES))]
    return sorted(found, key=lambda seen: seen.order)


def get_rule(session: Session, actor: Actor, rule_id: int, *, lock: bool = False) -> RuleSeen:
    """A rule by its id. Raises NotSignedIn, NotAllowed, NotFound (also for one that is not theirs to see)."""
    check_moderates_some(actor)
    query = _seen(actor).where(col(Rule.id) == rule_id).execution_options(populate_existing=True)
    row = session.execute(query.with_for_update(of=Rule) if lock else query).first()
    if row is None:
        raise NotFound("There is no such rule")
    return RuleSeen(*row)


def rule_key(seen: RuleSeen) -> tuple[int]:
    """What the list goes by."""
    return (seen.id,)


def count_rules(session: Session) -> int:
    """How many rules there are."""
    return int(session.execute(select(func.count()).select_from(Rule)).scalar_one())


def hits(session: Session, rule_ids: Sequence[int]) -> Mapping[int, int]:
    """How often each of these rules caught a post in the last 30 days; those that caught none are left out."""
    query = select(col(Decision.rule_id), func.count()).where(
        col(Decision.decided_at) >= now(session) - LATELY, col(Decision.rule_id).in_(rule_ids), col(Decision.automated)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(col(Decision.rule_id)))}


def find_tried(session: Session, actor: Actor, rule_id: int | None, backtest_id: int) -> RuleSeen | None:
    """The rule of this id; without one, the rule that was made of what this backtest has tried. None: it is gone."""
    named = col(Rule.id) == rule_id if rule_id is not None else col(Rule.backtest_id) == backtest_id
    row = session.execute(_seen(actor).where(named).order_by(col(Rule.id)).limit(1)).first()
    return RuleSeen(*row) if row else None


def category_of_rule(session: Session, category_id: int | None) -> tuple[str | None, str]:
    """The slug and the name of the category that a rule is for; None and nothing for the whole site."""
    found = session.get(Category, category_id) if category_id is not None else None
    return (found.slug, found.name) if found else (None, "")
