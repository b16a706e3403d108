"""Every write of an import.

looking (the first reading of a file, which makes the report) · whole (the second, which brings it) · bringing (one post
with some of its comments: the unit of work) · runs (a file on its way through the website).
"""

from service.transfer.operations.looking import Progress, Refused, look_through
from service.transfer.operations.runs import BRING, LOOK, begin_run, discard_run, end_run, fail_run, start_run
from service.transfer.operations.whole import Bringing, told

__all__ = [
    "BRING", "LOOK", "Bringing", "Progress", "Refused", "begin_run", "discard_run", "end_run", "fail_run",
    "look_through", "start_run", "told",
]  # fmt: skip
