"""The one writer of SQLite under many: in order of arrival, a failure for itself; jobs' steps give way to people."""

import asyncio
import threading
import time
from itertools import groupby
from typing import cast

import pytest

from service.kit.database import Database, Session
from service.kit.database.sqlite import SQLite
from service.kit.database.turns import PATIENCE, SHARE, in_background
from service.kit.queue.tables import cron_tick

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite_only("PostgreSQL has a transaction for each, and no one writer")]
WRITERS, STEPS, SLOW, FAILING = 64, 12, 9, 20


class Course:
    """What the writer's thread did, in order: who wrote, and in which commit."""

    def __init__(self, database: Database) -> None:
        self.writer = cast(SQLite, database).writer
        self.told: list[tuple[str, int]] = []
        self.open = threading.Event()

    def hold(self, session: Session) -> None:
        """Keep the writer until everybody has arrived, and longer than a step waits with patience."""
        self.open.wait(60)
        time.sleep(PATIENCE * 1.2)

    def write(self, session: Session, name: str, number: int) -> str:
        """Somebody's unit: most are quick, one is slow, one fails after it has written; a step takes all its share."""
        self.told.append((name, self.writer.commits))
        session.execute(cron_tick.insert(), {"name": name, "tick": number})
        if name == f"person {SLOW}":
            time.sleep(0.05)
        if name.startswith("step"):
            time.sleep(SHARE * 1.1)
        if name == f"person {FAILING}":
            raise LookupError(name)
        return name


async def step(database: Database, course: Course, number: int) -> str:
    """A job's step."""
    in_background.set(True)
    return await database.write(course.write, f"step {number}", number)


async def test_sixty_four_writers_take_turns_and_steps_of_jobs_give_way(database: Database) -> None:
    course = Course(database)
    first = asyncio.create_task(database.write(course.hold))
    steps = [asyncio.create_task(step(database, course, number)) for number in range(STEPS)]
    people = [
        asyncio.create_task(database.write(course.write, f"person {number}", number)) for number in range(WRITERS)
    ]
    await asyncio.sleep(0)
    course.open.set()
    answers = await asyncio.gather(first, *people, *steps, return_exceptions=True)

    expected = {*(f"person {number}" for number in range(WRITERS)), *(f"step {number}" for number in range(STEPS))}
    assert {each for each in answers if isinstance(each, str)} == expected - {f"person {FAILING}"}
    assert [type(each) for each in answers if isinstance(each, Exception)] == [LookupError]
    names = [name for name, _ in course.told]
    assert [name for name in names if name.startswith("person")] == [f"person {number}" for number in range(WRITERS)]
    assert [name for name in names if name.startswith("step")] == [f"step {number}" for number in range(STEPS)]

    last = names.index(f"person {WRITERS - 1}")
    assert any(name.startswith("step") for name in names[:last]), "the slow one ended its batch: then one step was due"
    runs = [(kind, len(list(run))) for kind, run in groupby(name.split()[0] for name in names[:last])]
    assert max(length for kind, length in runs if kind == "step") == 1, "and no more than their share while people wait"
    batches = [{name.split()[0] for name, _ in batch} for _, batch in groupby(course.told, lambda told: told[1])]
    assert max(map(len, batches)) == 1, "nobody's answer waits for a step's commit"


async def test_of_one_who_has_gone_nothing_is_written_later(database: Database) -> None:
    """What was cancelled while it waited takes nobody's time, and is not stored when nobody hears of it any more."""
    course = Course(database)
    first = asyncio.create_task(database.write(course.hold))
    gone, stays = (asyncio.create_task(database.write(course.write, name, 1)) for name in ("gone", "stays"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait([gone])
    course.open.set()
    await asyncio.gather(first, stays)
    assert [name for name, _ in course.told] == ["stays"]
