"""What the worker does for screening: it tries rules on earlier posts, and forgets the hosts of long ago."""

from service.screening.jobs.hosts import FORGET_HOSTS, forget_hosts
from service.screening.jobs.trying import try_rules
from service.screening.operations.trying import TRY, give_up_backtest

__all__ = ["FORGET_HOSTS", "TRY", "forget_hosts", "give_up_backtest", "try_rules"]
