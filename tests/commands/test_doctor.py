"""`parley doctor`: what is well, what is not and how to mend it, for people and for programs."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.cli.checks.settings import masked
from service.kit.database import Database
from service.kit.queue.overview import beat
from tests.build import a_reply, a_thread, logged
from tests.cast import Person
from tests.commands.running import parley
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox

pytestmark = pytest.mark.anyio


def doctor(*arguments: str, **settings: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """The exit code, everything it said, and the state of each check."""
    done = parley("doctor", "--json", *arguments, secret_key=SECRET, **settings)
    assert done.stdout, done.stderr
    said = json.loads(done.stdout)
    for finding in said["findings"]:
        assert (finding["state"] == "ok") == (finding["mend"] == ""), finding
    return done.returncode, said, {finding["check"]: finding["state"] for finding in said["findings"]}


async def test_a_forum_that_is_well_and_one_that_is_not(
    alice: Person, bob: Person, database: Database, database_url: str, tmp_path: Path, box: Mailbox
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(by=bob, thread=thread)
    await logged(database)
    await database.write(beat, "a worker")
    where = {"database_url": database_url, "data_dir": str(tmp_path), "base_url": BASE_URL}
    (tmp_path / "secret_key").touch(0o600)
    code, said, states = doctor(
        "--mail-to", "ada@example.org", smtp_url=box.url, trusted_proxies="10.0.0.1/32", **where
    )
    assert (code, said["healthy"]) == (0, True), said["findings"]
    assert set(states.values()) <= {"ok", "warn"}
    looked = {"database", "durability", "migrations", "clock", "event log", "audit chain", "workers", "queue", "mail"}
    assert {check for check, state in states.items() if state == "ok"} >= looked
    assert [str(letter["To"]) for letter in box.taken] == ["ada@example.org"]
    sources = {each["setting"]: each["source"] for each in said["settings"]}
    assert (sources["PARLEY_SMTP_URL"], sources["PARLEY_MAIL_DELAY"]) == ("environment", "default")
    assert SECRET not in json.dumps(said)

    await database.write(lambda session: session.execute(text("UPDATE event SET actor_role = 'x' WHERE position = 2")))
    await database.write(lambda session: session.execute(text("DELETE FROM worker_heartbeat")))
    (tmp_path / "secret_key").chmod(0o644)
    code, said, states = doctor("--local", rate_limits="off", trusted_proxies="0.0.0.0/0", **where)
    assert (code, said["healthy"]) == (1, False)
    failed = {check for check, state in states.items() if state == "fail"}
    assert failed == {"secret_key", "audit chain", "workers"}
    assert {check for check, state in states.items() if state == "warn"} >= {
        "rate limits",
        "trusted addresses",
        "https",
    }
    assert "mail" not in states, "nobody outside is asked"


@pytest.mark.no_database
def test_what_cannot_be_reached_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    done = parley(
        "doctor", database_url="postgresql+asyncpg://parley:hidden-pw@127.0.0.1:1/parley", secret_key=SECRET,
        data_dir=str(tmp_path / "var"), smtp_url="smtp://user:hidden-pw@127.0.0.1:1", base_url="http://127.0.0.1:1",
    )  # fmt: skip
    assert done.returncode == 1
    said = done.stdout
    for word in ("FAIL  database", "FAIL  mail", "warn  address", "2 failed", "PARLEY_DATABASE_URL"):
        assert word in said, said
    assert "hidden-pw" not in said + done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "var").exists(), "looking makes nothing"


@pytest.mark.no_database
def test_addresses_are_shown_without_their_passwords() -> None:
    for address in ("postgresql://a:hidden@h/d", "smtp://a:hidden@h:25", "smtp+starttls://a:hid%20den@h", "x:hidden"):
        assert "hid" not in masked(address), address
    assert masked("") == "(not set)"
