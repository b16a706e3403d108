"""Every request has a name and is counted by its route: what the answer, the log and `/metrics` say of it."""

import io
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from service.app import create_app
from service.kit import logs
from service.settings import load_settings
from service.web.counting import Traffic
from service.web.request_ids import PEER, TRACEPARENT, Naming
from tests.build import a_thread
from tests.cast import PASSWORD, Person
from tests.conftest import BASE_URL, SECRET

pytestmark = pytest.mark.anyio
Browse = Callable[..., Awaitable[httpx.AsyncClient]]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
FORGED = "a\r\nINFO service: everything is fine"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process logs, as JSON lines, from `debug` on but without the messages of exceptions."""
    root, told = logging.getLogger(), io.StringIO()
    before = list(root.handlers), root.level
    logs.configure("json", "info", told)
    root.setLevel(logging.DEBUG)
    yield told
    root.handlers[:], root.level = before


def lines(told: io.StringIO) -> list[dict[str, Any]]:
    """The log's lines; each must be an object of its own."""
    return [json.loads(line) for line in told.getvalue().splitlines()]


async def test_routes_are_counted_by_their_templates(ada: Person, client: httpx.AsyncClient) -> None:
    thread = await a_thread(by=ada)
    for path in (f"/t/{thread['id']}", "/t/99", "/nowhere", "/wp-login.php", f"/api/v1/threads/{thread['id']}"):
        await client.get(path)
    await client.head("/about:config")
    await client.request("BREW", "/")
    families = list(text_string_to_metric_families((await ada.get("/metrics")).text))
    found = {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}
    assert found["parley_requests_total", "GET", "none", "4xx"] == 2
    assert found["parley_requests_total", "HEAD", "none", "4xx"] == 1
    assert found["parley_requests_total", "other", "/", "4xx"] == 1
    assert found["parley_requests_total", "GET", "/api/v1/threads/{thread_id}", "2xx"] == 1
    assert found["parley_requests_total", "POST", "/api/v1/threads", "2xx"] == 1
    assert found["parley_request_seconds_count", "GET", "none"] == 2
    assert found["parley_requests_underway",] == 1
    asked = {key[2] for key in found if key[0] == "parley_requests_total"}
    assert not [route for route in asked if any(character.isdigit() for character in route.replace("v1", ""))]


@pytest.mark.sqlite_only("decided before any statement")
async def test_an_answer_names_its_request(app: FastAPI, client: httpx.AsyncClient, log: io.StringIO) -> None:
    async def fail() -> None:
        raise RuntimeError("alice@example.org said " + FORGED)

    app.add_api_route("/broken", fail)
    app.add_api_route("/api/v1/broken", fail)
    app.router.middleware_stack = app.router.app  # the signposts know the doors of the house alone
    page = await client.get("/broken")
    assert (page.status_code, page.text.count(f"<code>{page.headers['x-request-id']}</code>")) == (500, 1)
    told = await client.get("/api/v1/broken")
    assert (told.status_code, told.json()["request_id"]) == (500, told.headers["x-request-id"])
    found = [line for line in lines(log) if line["level"] == "error"]
    assert [line["request"] for line in found] == [page.headers["x-request-id"], told.headers["x-request-id"]]
    assert [line["route"] for line in found] == ["/broken", "/api/v1/broken"]
    assert found[0]["exception"][-1] == "RuntimeError", "the places and the type, not what it quotes"
    assert "alice" not in log.getvalue()
    first, second = [(await client.get("/healthz")).headers["x-request-id"] for _ in range(2)]
    assert first != second


NAMES = (
    ({"X-Request-Id": "from-the-proxy_1"}, "10.0.0.9", "from-the-proxy_1"),
    ({"X-Request-Id": "from-the-proxy_1"}, "10.9.0.9", None),
    ({"X-Request-Id": "a" * 65}, "10.0.0.9", None),
    ({"X-Request-Id": "a b"}, "10.0.0.9", None),
    ({"X-Request-Id": "a\r\nb"}, "10.0.0.9", None),
    ({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, "10.0.0.9", TRACE),
    ({"traceparent": f"00-{'0' * 32}-00f067aa0ba902b7-01"}, "10.0.0.9", None),
    ({"traceparent": f"ff-{TRACE}-00f067aa0ba902b7-01"}, "10.0.0.9", None),
    ({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, "not an address", None),
    ({"X-Request-Id": "mine", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, "10.0.0.9", "mine"),
)


@pytest.mark.no_database
def test_only_a_trusted_proxy_names_requests() -> None:
    trusted = load_settings(trusted_proxies="10.0.0.0/16").trusted_proxies
    naming = Naming(trusted)
    for headers, peer, expected in NAMES:
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        # the proxy says who asks; who the proxy is, our server says
        scope: Any = {"headers": raw, "client": ("192.0.2.7", 0), "extensions": {PEER: (peer, 4711)}}
        given = naming.name(scope)
        assert given == expected or (expected is None and naming._prefix in given), (headers, peer, given)
    straight: Any = {"headers": [(b"x-request-id", b"x")], "client": ("10.0.0.9", 1)}
    assert naming.name(straight) == "x"
    assert Naming().name(straight) != "x", "where no proxy is trusted, nobody is"
    assert TRACEPARENT.fullmatch(f"01-{TRACE}-00f067aa0ba902b7-01-what-comes-later".encode())
    traffic = Traffic()
    assert traffic.counted("PROPFIND", "/") is traffic.counted("BREW", "/")


async def test_no_line_tells_a_secret_or_a_person(
    database_url: str, tmp_path: Path, log: io.StringIO, alice: Person
) -> None:
    settings = load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, access_log="on"
    )
    made = create_app(settings, worker=True)
    async with made.router.lifespan_context(made):
        transport = httpx.ASGITransport(made, client=("203.0.113.77", 5000))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as browser:
            await browser.post("/api/v1/sessions", json={"login": "alice", "password": "a wrong password"})
            await browser.post("/sign-in", data={"login": "alice", "password": PASSWORD})
            made_token = await browser.post("/api/v1/tokens", json={"name": "phone", "scopes": ["read"]})
            token = made_token.json()["token"]
            await browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
            for path in (
                "/statement/tok-9f8e", "/unsubscribe/tok-9f8e", "/review/tok-9f8e", "/first-admin?token=tok-9f8e",
                "/u/alice?q=tok-9f8e", "/nowhere/tok-9f8e",
            ):  # fmt: skip
                await browser.get(path, headers={"User-Agent": "tok-9f8e", "Referer": "/tok-9f8e"})
    told = [line for line in lines(log) if line["logger"] == "parley.access"]
    assert {"/sign-in", "/statement/{token}", "/u/{username}", "none"} <= {line["route"] for line in told}
    assert {"time", "level", "message", "request", "method", "status", "milliseconds"} <= set(told[0])
    assert told[0]["time"].endswith("Z")
    for secret in ("tok-9f8e", token, PASSWORD, "a wrong password", "alice", "203.0.113.77", "example.org", SECRET):
        assert secret not in log.getvalue(), secret


@pytest.mark.no_database
def test_nobody_forges_a_line() -> None:
    made = logging.LogRecord("service.x", logging.INFO, __file__, 1, "opened %s", (FORGED + "\u2028\x1b[2J\x85",), None)
    made.facts = {"route": FORGED}
    for form in (logs.TextLines(messages=True), logs.JsonLines(messages=True)):
        assert len(form.format(made).splitlines()) == 1
    try:
        raise ValueError(FORGED)
    except ValueError as error:
        made.exc_info = (ValueError, error, error.__traceback__)
    text = logs.TextLines(messages=True).format(made).splitlines()
    assert all(line.startswith("    ") for line in text[1:]), "what follows a line is seen to belong to it"
    assert not any("everything is fine" in line for line in text if line.startswith("INFO service:"))
    assert logs.TextLines(messages=False).format(made).splitlines()[-1] == "    ValueError"
