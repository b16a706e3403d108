"""What becomes of what an export holds. Pure.

deciding (posts and pages) · placing (comments: their order, and which answers which) · names (titles and names, made
fit for a line) · report (what was found and what became of it).
"""

from service.transfer.policy.deciding import Passed, Taken, decide
from service.transfer.policy.placing import Placed, arrange, moderation_of
from service.transfer.policy.report import Report, Tally

__all__ = ["Passed", "Placed", "Report", "Taken", "Tally", "arrange", "decide", "moderation_of"]
