"""What the worker does for screening: it tries rules on earlier posts."""

from service.screening.jobs.trying import try_rules
from service.screening.operations.trying import TRY, give_up_backtest

__all__ = ["TRY", "give_up_backtest", "try_rules"]
