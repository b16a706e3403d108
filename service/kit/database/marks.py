"""Marks that a unit of work leaves on its session, to be acted on after its COMMIT."""

from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session


def after_commit(session: Session, hook: Callable[[], None]) -> None:
    """Call `hook` on the event loop once this unit of work is committed (never when it fails): wake-ups only."""
    session.info.setdefault("after_commit", []).append(hook)


def notify(session: Session, channel: str) -> None:
    """Hint, after the commit, that there is something new on `channel` (`job`, `event`). A hint, never the truth."""
    session.info.setdefault("notify", set()).add(channel)


def note_change(session: Session, kind: str, thread_id: int | None) -> None:
    """Say that this unit of work changes what pages show, as the event `kind` of a thread (None: of none) would: what
    this process keeps of them is dropped after the commit, before whoever waits for it is answered.
    """
    if (changed := session.info.get("changed")) is not None:
        after_commit(session, partial(changed, ((kind, thread_id),)))
