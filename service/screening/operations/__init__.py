"""Screening’s verbs: look at a post that is sent in, and keep the record of what is decided about posts and people."""

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
from service.screening.operations.screening import rules_changed, screen

__all__ = [
    "TELL",
    "check_may_take",
    "keep",
    "keep_step",
    "pass_on",
    "put_columns_back",
    "rules_changed",
    "screen",
    "snapshot",
    "take_back",
]
