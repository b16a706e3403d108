"""A letter that nobody took."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from service.kit.queue import dead_jobs
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox
from tests.working import Jobs

TITLE = "A letter nobody took"
REFUSAL = "451 the disk of the mail server is full"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    """Mail goes to the mail server, at once."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, retry_base=0.001,
        mail_delay="PT0S", smtp_url=box.url,
    )  # fmt: skip


@pytest.fixture
async def dead(app: FastAPI, jobs: Jobs, clock: Clock, box: Mailbox, alice: Person, bob: Person) -> int:
    """The id of a dead job: alice's letter about bob's reply, which the mail server would not take six times."""
    box.text = REFUSAL
    await a_reply(bob, await a_thread(by=alice, title=TITLE))
    for _ in range(10):
        await jobs()
        if found := await app.state.database.read(dead_jobs):
            return int(found[0].id)
        clock.offset += timedelta(hours=7)
    raise AssertionError("the letter was not given up")
