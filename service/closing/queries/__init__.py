"""The SELECTs of closings: untold (whose deadline has passed, and whose telling no longer holds)."""

from service.closing.queries.untold import closed_untold, hold_policies, open_but_told

__all__ = ["closed_untold", "hold_policies", "open_but_told"]
