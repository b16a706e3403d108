"""Small truths about rows."""


def stored_id(value: int | None) -> int:
    """The id of a row that has been flushed; a row that has not is a fault of ours, not the caller's."""
    if value is None:
        raise AssertionError("the row has no id before it is flushed")
    return value
