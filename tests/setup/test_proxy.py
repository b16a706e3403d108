"""deploy/Caddyfile, as Caddy takes it: valid, and before two processes it does what scale-out.md promises."""

import http.server
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from service.web.request_ids import PLAIN
from tests.provision import caddy
from tests.scale.topology import Proxy
from tests.setup.places import a_free_port

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "deploy" / "Caddyfile"
PATIENCE = 30.0


class Upstream(http.server.BaseHTTPRequestHandler):
    """Answers as a `parley serve` would for the proxy: ready or draining, who asked, and lines that take their time."""

    draining = False
    gone_on: threading.Event

    def do_GET(self) -> None:
        """`/readyz`, `/stream`, and anything else."""
        if self.path.startswith("/readyz"):
            self.say(503 if self.draining else 200, b"{}")
        elif self.path == "/stream":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(b"id: 1\n\n")
            self.wfile.flush()
            self.gone_on.wait(PATIENCE)
            self.wfile.write(b"id: 2\n\n")
        else:
            self.say(200, self.who())

    def do_POST(self) -> None:
        """Anything."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.say(200, self.who())

    def who(self) -> bytes:
        """Which process it was, who it thinks has asked, and what the request and its trace are called."""
        told = [self.headers[name] for name in ("X-Forwarded-For", "X-Request-Id", "Traceparent", "Tracestate")]
        return json.dumps([self.server.server_port, *told]).encode()  # type: ignore[attr-defined]

    def say(self, status: int, body: bytes) -> None:
        """One whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def an_upstream(port: int) -> Iterator[type[Upstream]]:
    """One such process; what it gives can be told to drain."""

    class One(Upstream):
        gone_on = threading.Event()

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), One) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield One
        One.gone_on.set()
        server.shutdown()


@pytest.fixture
def ports() -> list[int]:
    """Where the processes are."""
    return [a_free_port(), a_free_port()]


@pytest.fixture
def proxy(ports: list[int], tmp_path: Path) -> Iterator[Proxy]:
    """Caddy before them, listening; no process is there yet."""
    made = Proxy(tmp_path, ports)
    made.start()
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", made.port)) == 0:
                    break
            time.sleep(0.02)
        yield made
    finally:
        made.end()


def answered_by(client: httpx.Client, times: int = 6) -> set[int]:
    """The ports of the processes that answered so many requests; each must be answered."""
    answers = [client.get("/") for _ in range(times)]
    assert {answer.status_code for answer in answers} == {200}
    return {answer.json()[0] for answer in answers}


def until(wanted: set[int], client: httpx.Client) -> None:
    """Wait until these processes answer, and no other."""
    deadline = time.monotonic() + PATIENCE
    while answered_by(client) != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_caddy_takes_the_file_as_compose_gives_it(tmp_path: Path) -> None:
    """With the addresses of the compose network, by plain HTTP; and with a domain, by TLS."""
    given = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["proxy"][
        "environment"
    ]
    for site, listens in (":8000", ":8000"), ("forum.example.org", ":443"):
        environment = os.environ | {"PARLEY_APPS": given["PARLEY_APPS"], "PARLEY_SITE": site, "HOME": str(tmp_path)}
        command = [caddy.find_caddy(), "adapt", "--validate", "--config", str(FILE), "--adapter", "caddyfile"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        (server,) = json.loads(done.stdout)["apps"]["http"]["servers"].values()
        assert server["listen"] == [listens]
        assert '{"dial": "app-1:8000"}, {"dial": "app-2:8000"}' in json.dumps(server)
    told = subprocess.run(
        [caddy.find_caddy(), "fmt", str(FILE)], capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout == FILE.read_text(encoding="utf-8")


def test_it_chooses_among_those_that_are_ready_and_hands_on_whole_truths(proxy: Proxy, ports: list[int]) -> None:
    """One drains, one is gone: the other answers every request, also writes; lines of a stream leave as they come."""
    with ExitStack() as stack, httpx.Client(base_url=proxy.address, timeout=PATIENCE) as client:
        first = stack.enter_context(an_upstream(ports[0]))
        with an_upstream(ports[1]):
            until(set(ports), client)
            first.draining = True
            until({ports[1]}, client)
            assert client.post("/", content=b"{}").json()[0] == ports[1]
            first.draining = False
            until(set(ports), client)
        assert answered_by(client) == {ports[0]}, "nobody listens at the other, and no request of a reader's fails"
        lies = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "mine", "Traceparent": "mine", "Tracestate": "mine"}
        _, address, *names = client.get("/", headers=lies).json()
        assert address == "127.0.0.1", "what a client says of itself is not handed on"
        assert PLAIN.fullmatch(names[0].encode())
        assert names[0] != "mine"
        assert names[1:] == [None, None]
        with client.stream("GET", "/stream") as answer:
            lines = answer.iter_text()
            assert "id: 1" in next(lines), "it came while the answer is open"
            first.gone_on.set()
            assert "id: 2" in "".join(lines)
