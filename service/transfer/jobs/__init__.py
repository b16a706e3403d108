"""What reads a file and brings it, in the worker and for the command line.

looking (the first reading, which makes the report) · whole (the second, which brings what is not there yet) · runs (the
two jobs of a file that came through the website) · tidying (files that no run will read).
"""

from service.transfer.jobs.runs import bring, give_up, look
from service.transfer.jobs.tidying import tidy
from service.transfer.jobs.whole import carry_out

__all__ = ["bring", "carry_out", "give_up", "look", "tidy"]
