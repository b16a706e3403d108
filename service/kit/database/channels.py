"""Wake-ups inside one process: who waits for a channel is called on the event loop after a commit that touched it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable

from sqlmodel import Session


class Channels:
    """Hints by channel name (`job`, `event`). Losing one costs a poll interval, never work."""

    def __init__(self) -> None:
        self._hooks: dict[str, list[Callable[[], None]]] = defaultdict(list)
        self.loop: asyncio.AbstractEventLoop | None = None

    def on(self, channel: str, hook: Callable[[], None]) -> None:
        """Call `hook` (on the event loop; it must return at once) after each commit that touched `channel`."""
        self._hooks[channel].append(hook)

    def wake(self, names: Iterable[str]) -> None:
        """Run the hooks of these channels; called on the event loop."""
        for name in names:
            for hook in self._hooks[name]:
                hook()


def touched(session: Session) -> set[str]:
    """The channels that this unit of work touched."""
    names: set[str] = session.info.get("notify", set())
    return names


def run_hooks(session: Session) -> None:
    """Run what `after_commit` collected; called on the event loop, after COMMIT."""
    for hook in session.info.get("after_commit", ()):
        hook()
