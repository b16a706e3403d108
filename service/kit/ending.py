"""The end of tasks that go on for as long as the process."""

import asyncio
from typing import Any


async def end(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel these tasks (None: one that never began) and wait until they have ended.

    A cancellation can get lost on its way through a driver or a pool (`asyncio.wait_for` of Python 3.11 swallows one
    that meets a result), so it is repeated.
    """
    waiting = {task for task in tasks if task is not None}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=1)
