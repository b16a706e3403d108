"""Every write of screening: the record of what was decided about posts and people."""

from service.screening.operations.keeping import keep, snapshot

__all__ = ["keep", "snapshot"]
