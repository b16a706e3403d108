"""Marks that a unit of work leaves on its session, to be acted on after its COMMIT."""

from collections.abc import Callable

from sqlalchemy.orm import Session


def after_commit(session: Session, hook: Callable[[], None]) -> None:
    """Call `hook` on the event loop once this unit of work is committed (never when it fails): wake-ups only."""
    session.info.setdefault("after_commit", []).append(hook)


def notify(session: Session, channel: str) -> None:
    """Hint, after the commit, that there is something new on `channel` (`job`, `event`). A hint, never the truth."""
    session.info.setdefault("notify", set()).add(channel)
