"""The transparency report on the wire, and the same figures as lines of CSV."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from pydantic import BaseModel, Field

from service.moderation.queries.reporting import Report

HEAD = ("figure", "of", "ground", "value")
"""The columns of the CSV."""


class NoticesView(BaseModel):
    """Notices (flags) for one reason, raised in the period."""

    reason: str
    raised: int
    upheld: int
    not_upheld: int
    waiting: int


class ActionsView(BaseModel):
    """Restrictions of one kind on one ground."""

    action: str
    ground: str
    own_initiative: int
    after_notice: int
    automated: int


class AppealsView(BaseModel):
    """Appeals made in the period."""

    made: int
    upheld: int
    reversed: int
    waiting: int
    against_automated: int
    same_person: int = Field(description="Decided by who took the decision, because nobody else here may.")
    median_seconds: float | None = Field(description="From the appeal to the decision about it.")


class AutomatedView(BaseModel):
    """What no person decided."""

    restrictions: int
    share: float | None = Field(description="Of all restrictions; null where there are none.")
    reversed: int = Field(description="Those that people took back.")
    error_rate: float | None = Field(description="Reversed ones of the automated restrictions; null where none are.")
    held: int = Field(description="Posts that waited for a moderator.")
    held_published: int = Field(description="Those of them that a moderator published.")


class ReportView(BaseModel):
    """The figures of moderation from `first` to `last` (whole days, UTC), as they stand now: Regulation (EU) 2022/2065,
    articles 15 and 24. What each counts is in the guide for moderators.
    """

    first: date
    last: date
    notices: list[NoticesView] = Field(max_length=10)
    notice_median_seconds: float | None = Field(description="From a notice to the decision about it.")
    restrictions: int
    actions: list[ActionsView] = Field(max_length=100)
    undone: int = Field(description="Restrictions of the period that were undone.")
    automated: AutomatedView
    appeals: AppealsView

    @classmethod
    def of(cls, found: Report) -> "ReportView":
        """The wire form."""
        return cls(
            first=found.period.first, last=found.period.last,
            notices=[NoticesView(**asdict(each)) for each in found.notices],
            notice_median_seconds=found.notice_seconds, restrictions=found.restrictions,
            actions=[ActionsView(**asdict(each)) for each in found.actions], undone=found.undone,
            automated=AutomatedView(
                restrictions=found.automated, share=found.automated_share, reversed=found.automated_reversed,
                error_rate=found.error_rate, held=found.held, held_published=found.held_published,
            ),
            appeals=AppealsView(**asdict(found.appeals)),
        )  # fmt: skip


def lines(found: Report) -> Iterator[tuple[str, ...]]:
    """The figures as rows of CSV under HEAD: which figure, of what, on which ground, and its value (empty: none)."""
    view = ReportView.of(found)
    yield "period", "first", "", str(view.first)
    yield "period", "last", "", str(view.last)
    for notices in view.notices:
        for name in ("raised", "upheld", "not_upheld", "waiting"):
            yield f"notices.{name}", notices.reason, "", str(getattr(notices, name))
    yield "notices.median_seconds", "", "", _number(view.notice_median_seconds)
    yield "restrictions", "", "", str(view.restrictions)
    for action in view.actions:
        for name in ("own_initiative", "after_notice", "automated"):
            yield f"actions.{name}", action.action, action.ground, str(getattr(action, name))
    yield "undone", "", "", str(view.undone)
    for name, value in view.automated.model_dump().items():
        yield f"automated.{name}", "", "", _number(value)
    for name, value in view.appeals.model_dump().items():
        yield f"appeals.{name}", "", "", _number(value)


def _number(value: float | None) -> str:
    return "" if value is None else str(value)
