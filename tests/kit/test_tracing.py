"""Traces: a span for each request, unit of work and job, by their routes and names, to a collector that listens."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from service.app import create_app
from service.kit.database import Session
from service.kit.queue import enqueue
from service.kit.queue.tables import job
from service.kit.tracing import open_tracing
from service.settings import load_settings
from tests.conftest import BASE_URL, SECRET

pytestmark = pytest.mark.anyio
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector(ThreadingHTTPServer):
    """What an OpenTelemetry collector is to Parley: an address that takes OTLP by POST."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.spans: list[Span] = []


class Taking(BaseHTTPRequestHandler):
    """Takes one batch of spans."""

    server: Collector

    def do_POST(self) -> None:
        """Note what came."""
        assert self.path == "/v1/traces"
        found = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
        self.server.spans += [
            span for each in found.resource_spans for scope in each.scope_spans for span in scope.spans
        ]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that listens."""
    with Collector() as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def is_waiting(session: Session) -> bool:
    """Whether the job has not ended yet."""
    return session.execute(job.select().where(job.c.kind == "accounts.forget_ended")).first() is not None


async def test_a_request_its_units_and_its_job_are_spans(
    database_url: str, tmp_path: Path, collector: Collector
) -> None:
    settings = load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET,
        otel_endpoint=f"http://127.0.0.1:{collector.server_port}", trusted_proxies="10.0.0.0/8",
    )  # fmt: skip
    made = create_app(settings, worker=True)
    async with made.router.lifespan_context(made):
        transport = httpx.ASGITransport(made, client=("10.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as browser:
            parent = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
            answer = await browser.get("/u/nobody?q=secret-9f8e", headers=parent)
            assert answer.headers["x-request-id"] == TRACE
            await browser.get("/unsubscribe/secret-9f8e", headers=parent)
        await made.state.database.write(enqueue, "accounts.forget_ended", {})
        async with asyncio.timeout(60):
            while await made.state.database.read(is_waiting):
                await asyncio.sleep(0.05)
    spans = {span.name: span for span in collector.spans}
    asked = spans["GET /u/{username}"]
    told = {each.key: each.value.string_value or each.value.int_value for each in asked.attributes}
    assert told == {"http.request.method": "GET", "http.route": "/u/{username}", "http.response.status_code": 404}
    assert (asked.trace_id.hex(), asked.parent_span_id.hex()) == (TRACE, "00f067aa0ba902b7")
    inside = [span for span in collector.spans if span.parent_span_id == asked.span_id]
    assert {span.name.removesuffix(" shared") for span in inside} == {"database read"}
    assert "GET /unsubscribe/{token}" in spans
    assert "job accounts.forget_ended" in spans
    assert "secret-9f8e" not in repr(collector.spans)
    assert "nobody" not in repr(collector.spans)


@pytest.mark.no_database
def test_without_an_address_or_the_extra_there_are_none(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert open_tracing("", "1") is None
    assert caplog.text == ""
    monkeypatch.setattr("service.kit.tracing.find_spec", lambda name: None)
    assert open_tracing("http://127.0.0.1:4318", "1") is None
    assert "the extra `otel` is not installed" in caplog.text
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/")
    assert load_settings().otel_endpoint == "http://collector:4318"
    assert load_settings(otel_endpoint="http://mine:1").otel_endpoint == "http://mine:1"
