"""The shapes of screening on the wire, a file for each thing."""

from service.screening.schemas.backtests import BacktestView, TryRules, to_wish
from service.screening.schemas.rules import ChangeRule, MakeRule, RuleDraft, RuleView, to_changes, to_values

__all__ = [
    "BacktestView", "ChangeRule", "MakeRule", "RuleDraft", "RuleView", "TryRules", "to_changes", "to_values", "to_wish",
]  # fmt: skip
