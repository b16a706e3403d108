"""A file that was sent through the page, and a worker that is killed while it brings it: the next one goes on."""

import asyncio
import signal
import subprocess
import sys

import pytest
from fastapi import FastAPI

from service.kit.database import Session
from service.settings import Settings
from service.transfer.models import ImportRun
from tests.cast import Person
from tests.commands.running import environment
from tests.conftest import SECRET
from tests.house.tree import ROOT
from tests.transfer.test_kills import KILLS, POSTS, WAIT, brought, everything, export
from tests.transfer.test_page import files_in, page_of, press, send
from tests.working import Jobs

pytestmark = pytest.mark.anyio


def work(settings: Settings) -> subprocess.Popen[bytes]:
    """`parley work` in a process of its own, whose jobs come back soon after it died."""
    told = environment(
        database_url=settings.database_url, data_dir=str(settings.data_dir), secret_key=SECRET, retry_base="0.01"
    )
    return subprocess.Popen([sys.executable, "-m", "service", "work"], cwd=ROOT, env=told)


def state_of(session: Session) -> str:
    """How far the only run is."""
    run = session.get(ImportRun, 1)
    assert run is not None
    return run.state


async def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    app: FastAPI, ada: Person, jobs: Jobs, settings: Settings
) -> None:
    database = app.state.database
    await send(ada, export())
    await jobs()
    await press(ada, await page_of(ada), "Import")
    for at in KILLS[1::2]:
        worker = work(settings)
        try:
            async with asyncio.timeout(WAIT):
                while await brought(database) < at:
                    await asyncio.sleep(0.005)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        assert await database.read(state_of) == "running"
    worker = work(settings)
    try:
        async with asyncio.timeout(WAIT):
            while await database.read(state_of) != "done" or files_in(settings):
                await asyncio.sleep(0.05)
    finally:
        worker.terminate()
        worker.wait()
    seen = await database.read(everything)
    assert len(seen["threads"]) == POSTS
    assert len({key for key, *_ in seen["replies"]}) == len(seen["replies"]) == await brought(database) - POSTS
    rows = {row.all("th")[0].text: [cell.text for cell in row.all("td")] for row in (await page_of(ada)).all("tr")[1:]}
    assert rows["Posts"] == [str(POSTS), str(POSTS), "0"], "what earlier attempts brought counts as brought by this run"
    published = str(sum("'moderation': 'published'" in words for *_, words in seen["replies"]))
    assert rows["Comments, approved"] == [published, published, "0"]
