"""Wake-ups inside one process: who waits for a channel is called on the event loop after a commit that touched it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable

from sqlmodel import Session

log = logging.getLogger(__name__)
Hook = Callable[[], None]


class Channels:
    """Hints by channel name (`job`, `event`). Losing one costs a poll interval, never work."""

    def __init__(self) -> None:
        self._hooks: dict[str, list[Hook]] = defaultdict(list)
        self.loop: asyncio.AbstractEventLoop | None = None

    def on(self, channel: str, hook: Hook) -> None:
        """Call `hook` (on the event loop; it must return at once) after each commit that touched `channel`."""
        self._hooks[channel].append(hook)

    def wake(self, names: Iterable[str]) -> None:
        """Run the hooks of these channels; called on the event loop."""
        for name in names:
            run_hooks(self._hooks[name])


def touched(session: Session) -> set[str]:
    """The channels that this unit of work touched."""
    names: set[str] = session.info.get("notify", set())
    return names


def run_hooks(hooks: Iterable[Hook]) -> None:
    """Run these; called on the event loop, after COMMIT. One that fails is a mistake for the log: what is stored stays
    stored, so its caller is not told otherwise, and the others are run.
    """
    for hook in hooks:
        try:
            hook()
        except Exception:
            log.exception("what was to follow a commit failed")
