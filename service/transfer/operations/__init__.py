"""Every write of an import.

bringing (a post with some of its comments: the unit of work) · runs (a file on its way through the website).
"""

from service.transfer.operations.bringing import Outcome, Parcel, bring
from service.transfer.operations.runs import (
    BRING,
    LOOK,
    begin_run,
    discard_run,
    end_run,
    fail_run,
    note_progress,
    start_run,
)

__all__ = [
    "BRING", "LOOK", "Outcome", "Parcel", "begin_run", "bring", "discard_run", "end_run", "fail_run", "note_progress",
    "start_run",
]  # fmt: skip
