"""What pages say about numbers, in words."""


def thoughts(count: int) -> str:
    """How many published replies there are, in a list: `No thoughts yet`, `One thought`, `2 thoughts`."""
    return "No thoughts yet" if count == 0 else "One thought" if count == 1 else f"{count} thoughts"


def heading(count: int, title: str) -> str:
    """The heading over a thread's replies, which counts the published ones."""
    if count == 0:
        return f"No thoughts on “{title}” yet"
    return f"One thought on “{title}”" if count == 1 else f"{count} thoughts on “{title}”"


def threads_in_all(count: int) -> str:
    """How many threads a tag has: `1 thread`, `2 threads`."""
    return "1 thread" if count == 1 else f"{count} threads"
