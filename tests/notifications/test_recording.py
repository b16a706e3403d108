"""What the mail server took is written down, also where the database was away at that moment."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from service.kit.errors import NotReady
from service.notifications.jobs import sending
from service.notifications.models import Letter
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox
from tests.working import Jobs

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    """Mail goes to the box."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, smtp_url=box.url,
        mail_delay="PT0S", retry_base=0.001,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "ending", "state"),
    [
        ("250 OK, queued as 7", "end", "sent"),
        ("554 no, thank you", "end", "failed"),
    ],
)
async def test_an_answer_outlives_a_database_that_is_away(
    alice: Person, bob: Person, box: Mailbox, app: FastAPI, jobs: Jobs, monkeypatch: pytest.MonkeyPatch,
    answer: str, ending: str, state: str,
) -> None:  # fmt: skip
    away = [NotReady(), NotReady()]
    write = app.state.database.write

    async def shaky(unit: Any, *args: Any, **keywords: Any) -> Any:
        if unit is getattr(sending, ending) and away:
            raise away.pop()
        return await write(unit, *args, **keywords)

    box.text = answer
    await a_reply(bob, await a_thread(by=alice), body="Hello")
    monkeypatch.setattr(app.state.database, "write", shaky)
    await jobs()
    assert away == []
    assert box.asked == 1
    letter = await app.state.database.read(lambda session: session.exec(select(Letter)).one())
    assert (letter.state, letter.attempts) == (state, 1)
