"""What the tests of timers do again and again."""

from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from service.closing.jobs.timers import FIRE
from service.kit.queue import enqueue
from tests.cast import Person
from tests.closing.doing import Json, path, the_time, wire
from tests.working import Jobs

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def put_timer(by: Person, thread: Json, kind: str, **when: Any) -> httpx.Response:
    """Ask for a timer; the answer."""
    return await by.put(path(thread, "timers", kind), when)


async def set_timer(by: Person, thread: Json, kind: str, **when: Any) -> Json:
    """Set a timer; the timer that comes back."""
    answer = await put_timer(by, thread, kind, **when)
    assert answer.status_code == 200, answer.text
    timer: Json = answer.json()
    return timer


async def timers(by: Person, thread: Json, state: str = "active") -> list[Json]:
    """The timers that somebody sees."""
    answer = await by.get(path(thread, "timers"), params={"state": state})
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def kinds(by: Person, thread: Json, state: str = "active") -> list[str]:
    """Their kinds."""
    return [timer["kind"] for timer in await timers(by, thread, state)]


async def outcome(by: Person, thread: Json) -> str:
    """What the last timer that ended did, or why it did nothing."""
    said: str = (await timers(by, thread, "ended"))[0]["outcome"]
    return said


async def fire(app: FastAPI, jobs: Jobs) -> None:
    """Let a worker fire what is due now, and do whatever follows."""
    await app.state.database.write(enqueue, FIRE, {})
    await jobs()


async def from_now(app: FastAPI, span: timedelta) -> str:
    """The instant so long from now, as the API takes it."""
    return wire(await the_time(app) + span)
