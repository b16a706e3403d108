"""The shape of the rule by which a thread closes."""

from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from service.threads.policy.rules import rule_of
from service.threads.queries import ThreadSeen

Reason = Literal["manual", "scheduled", "age", "idle", "replies", "archived"]
Level = Literal["thread", "category", "site", "moderator"]


class ClosingRule(BaseModel):
    """Why a thread closes or closed, and who says so: its own policy, its category's, the site's, or a moderator."""

    model_config = ConfigDict(serialize_by_alias=True)
    reason: Reason
    level: Level = Field(serialization_alias="from")

    @classmethod
    def of(cls, seen: ThreadSeen) -> "ClosingRule | None":
        """The wire form of a thread's rule; None where nothing closes it."""
        rule = rule_of(seen.closing, seen.thread, seen.category, seen.site)
        if rule is None:
            return None
        return cls(reason=cast(Reason, rule.reason), level=cast(Level, rule.level))
