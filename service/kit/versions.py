"""Optimistic concurrency: the version that a caller saw against the stored one."""

from service.kit.errors import EditConflict, Problem, settled

Wanted = int | None | Problem
"""A version from `If-Match` or a form; None checks nothing; a Problem is what was wrong with the header."""


def check_version(wanted: Wanted, version: int) -> None:
    """Raise EditConflict (with the current version) when the caller edits another version than the stored one."""
    seen = settled(wanted)
    if seen is not None and seen != version:
        changed = f"You changed version {seen}" if seen else "You changed another version"
        raise EditConflict(f"{changed}; the stored one is {version}", extra={"version": version})
