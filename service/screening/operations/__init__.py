"""Every write of screening: the record of what was decided about posts and people."""

from service.screening.operations.keeping import TELL, keep, snapshot, take_back

__all__ = ["TELL", "keep", "snapshot", "take_back"]
