"""Screening’s verbs: look at a post that is sent in, keep the record of what is decided about posts and people, change
the rules, and try them on earlier posts.
"""

from service.screening.operations.hosts import forget_hosts
from service.screening.operations.keeping import (
    TELL,
    keep,
    keep_step,
    pass_on,
    put_columns_back,
    snapshot,
    take_back,
)
from service.screening.operations.ranking import check_may_take
from service.screening.operations.ruling import change_rule, delete_rule, make_rule
from service.screening.operations.screening import STATES, keep_verdict, refusal, rules_changed, screen, screen_edit
from service.screening.operations.trying import begin_backtest

__all__ = [
    "STATES",
    "TELL",
    "begin_backtest",
    "change_rule",
    "check_may_take",
    "delete_rule",
    "forget_hosts",
    "keep",
    "keep_step",
    "keep_verdict",
    "make_rule",
    "pass_on",
    "put_columns_back",
    "refusal",
    "rules_changed",
    "screen",
    "screen_edit",
    "snapshot",
    "take_back",
]
