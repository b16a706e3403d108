"""A process that is told to stop: `/readyz` says so at once, requests are answered meanwhile, and then it ends."""

import json
import signal
from pathlib import Path

import httpx

from tests.commands.test_commands import serving
from tests.conftest import SECRET


def test_it_drains_then_ends_and_its_log_is_json(database_url: str, tmp_path: Path) -> None:
    settings = {"database_url": database_url, "data_dir": str(tmp_path), "secret_key": SECRET}
    with serving(**settings, drain="PT2M", log_format="json", access_log="on") as (url, process):
        process.send_signal(signal.SIGTERM)
        told = httpx.get(f"{url}/readyz?exclude=database")
        while told.status_code == 200:  # until the signal has come there
            told = httpx.get(f"{url}/readyz?exclude=database")
        assert (told.status_code, told.json()["process"]) == (503, "draining: it is about to stop")
        assert httpx.get(url).status_code == 200, "who comes is answered until the end"
        process.send_signal(signal.SIGTERM)  # the second one ends the wait
        process.wait(60)
        assert process.returncode == -signal.SIGTERM
        said = process.stdout.read() if process.stdout else ""
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    answered = {(line["route"], line["status"]) for line in lines if line["logger"] == "parley.access"}
    assert answered >= {("/readyz", 503), ("/", 200)}
    assert not [line for line in said.splitlines() if line.startswith(("INFO", "WARNING"))], "every line has its form"
