"""Every write of screening: the record of what was decided about posts and people."""

from service.screening.operations.keeping import TELL, keep, keep_step, put_columns_back, snapshot, take_back

__all__ = ["TELL", "keep", "keep_step", "put_columns_back", "snapshot", "take_back"]
