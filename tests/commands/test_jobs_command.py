"""`parley jobs`: the queue on a terminal and for programs; what was given up is retried or discarded."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from service.kit.clock import Clock
from service.kit.database import Database, Session
from service.kit.queue import enqueue
from service.kit.queue.tables import job
from tests.commands.running import parley
from tests.conftest import SECRET

pytestmark = pytest.mark.anyio
KINDS = ("notifications.deliver", "notifications.deliver", "closing.sweep")


async def bury(database: Database, clock: Clock) -> list[int]:
    """Three jobs that were given up."""

    def work(session: Session) -> list[int]:
        ids = [enqueue(session, kind, {"letter": 7} if "deliver" in kind else {}) for kind in KINDS]
        session.execute(job.update().values(dead_at=clock.now(), last_error="JobFailure: nobody was there", attempts=6))
        return [each for each in ids if each is not None]

    return await database.write(work)


def run(database_url: str, folder: Path, *arguments: str) -> Any:
    """The command's JSON, after it ended well."""
    done = parley("jobs", *arguments, "--json", database_url=database_url, data_dir=str(folder), secret_key=SECRET)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def left(session: Session) -> list[tuple[str, bool]]:
    """The kinds of the jobs that are there, and which of them are dead."""
    rows = session.execute(select(job.c.kind, job.c.dead_at).order_by(job.c.id)).all()
    return [(kind, dead_at is not None) for kind, dead_at in rows]


async def test_what_was_given_up_is_listed_retried_and_discarded(
    database: Database, database_url: str, tmp_path: Path, clock: Clock
) -> None:
    first, second, _third = await bury(database, clock)
    listed = run(database_url, tmp_path, "list")
    assert listed["kinds"]["notifications.deliver"]["dead"] == 2
    assert [(each["kind"], each["error"]) for each in listed["dead"]][-1] == (
        "notifications.deliver",
        "JobFailure: nobody was there",
    )
    assert run(database_url, tmp_path, "retry", str(first)) == {"retried": 1}
    assert run(database_url, tmp_path, "discard", str(second)) == {"discarded": 1}
    assert await database.read(left) == [("notifications.deliver", False), ("closing.sweep", True)]
    assert run(database_url, tmp_path, "retry", "--all") == {"retried": 1}
    assert await database.read(left) == [("notifications.deliver", False), ("closing.sweep", False)]


async def test_what_is_not_dead_is_refused_in_words_and_nothing_is_changed(
    database: Database, database_url: str, tmp_path: Path, clock: Clock
) -> None:
    first, *_ = await bury(database, clock)
    settings = {"database_url": database_url, "data_dir": str(tmp_path), "secret_key": SECRET}
    refused = parley("jobs", "discard", str(first), "999999", **settings)
    assert (refused.returncode, refused.stderr.strip()) == (1, "There is no such dead job")
    assert [dead for _, dead in await database.read(left)] == [True] * 3, "all or none"
    assert parley("jobs", "retry", **settings).returncode == 2, "neither ids nor --all"
    spoken = parley("jobs", "list", **settings)
    assert "Given up:" in spoken.stdout
    assert "6 attempts" in spoken.stdout
