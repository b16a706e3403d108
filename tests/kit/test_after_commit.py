"""What follows a commit: a mistake in it is for the log, not for the caller, and the rest of it is done."""

import asyncio

import pytest

from service.kit.database import Database, Session, after_commit, notify

pytestmark = pytest.mark.anyio


async def test_a_failing_hook_leaves_nobody_without_answer_or_wake_up(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ran, woken = list[str](), asyncio.Event()

    def unit(session: Session, name: str) -> str:
        after_commit(session, lambda: [][0])
        after_commit(session, lambda: ran.append(name))
        notify(session, "job")
        return name

    database.channels.on("job", lambda: [][0])
    database.channels.on("job", woken.set)
    names = [f"unit {number}" for number in range(4)]
    assert await asyncio.gather(*(database.write(unit, name) for name in names)) == names
    async with asyncio.timeout(60):
        await woken.wait()
    assert sorted(ran) == names
    assert "what was to follow a commit failed" in caplog.text
