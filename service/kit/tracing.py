"""Traces by OpenTelemetry (the extra `otel`): a span for each request, unit of work on the database, and job.

Nothing of its SDK is imported, and nothing wrapped, where no collector is named. The provider is our own and not
the process's global one, so no library adds spans of its own: FastAPI's, for one, tell the path and the query of every
request, in which secrets may stand (decision 20). A span names routes, kinds and functions, never a path or a text.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from sqlmodel import Session

from service.kit.database import Database

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)
NEEDS: Final = "opentelemetry.exporter.otlp.proto.http"


class Answering:
    """The span of a request on its way."""

    def __init__(self, span: "Span", method: str) -> None:
        self.span, self.method = span, method

    def answered(self, route: str, status: int) -> None:
        """Say which route it was and how it was answered (HTTP semantic conventions); 0: not at all."""
        self.span.update_name(f"{self.method} {route}")
        self.span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= 500 or not status:
            self.span.set_attribute("error.type", str(status or "unanswered"))


class Tracing:
    """Makes spans and sends them. `stop` sends what is left."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("parley")
        self._kinds = SpanKind
        self._extract = TraceContextTextMapPropagator().extract

    @contextmanager
    def request(self, method: str, parent: Mapping[str, str] | None) -> Iterator[Answering]:
        """The span of a request, a part of the trace in `parent`'s headers if they name one."""
        begin = self._tracer.start_as_current_span(
            method, self._extract(dict(parent)) if parent else None, self._kinds.SERVER,
            {"http.request.method": method}, record_exception=False,
        )  # fmt: skip
        with begin as span:
            yield Answering(span, method)

    @contextmanager
    def part(self, name: str, **facts: str | int) -> Iterator["Span"]:
        """The span of a part of the work: a job, or a unit of work on the database."""
        begin = self._tracer.start_as_current_span(
            name, attributes={key.replace("_", "."): fact for key, fact in facts.items()}, record_exception=False,
            set_status_on_exception=False,
        )  # fmt: skip
        with begin as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)  # its message may quote what it was given
                raise

    def stop(self) -> None:
        """Send what is left; blocks for some seconds at most."""
        self._provider.shutdown()


class TracedDatabase:
    """A database whose units of work are spans; everything else is the database's own."""

    def __init__(self, database: Database, tracing: Tracing) -> None:
        self._database, self._tracing = database, tracing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def read(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As the database's own."""
        with self._tracing.part("database read", code_function=named(fn)):
            return await self._database.read(fn, *args, **kwargs)

    async def read_shared(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As the database's own; a span of its own name, because it may be another database."""
        with self._tracing.part("database read shared", code_function=named(fn)):
            return await self._database.read_shared(fn, *args, **kwargs)

    async def write(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As the database's own; the time it waits for its neighbours' commit is a part of it."""
        with self._tracing.part("database write", code_function=named(fn)):
            return await self._database.write(fn, *args, **kwargs)


def named(fn: Callable[..., Any]) -> str:
    """The function's name and its module's."""
    return f"{getattr(fn, '__module__', '')}.{getattr(fn, '__qualname__', type(fn).__name__)}"


def open_tracing(endpoint: str, version: str) -> Tracing | None:
    """What sends traces to a collector at `endpoint` (OTLP over HTTP; the `OTEL_EXPORTER_OTLP_*` variables say more of
    how). None without one, or where the extra `otel` is not installed, which is logged.
    """
    if not endpoint:
        return None
    if not tracing_is_installed():
        log.warning("PARLEY_OTEL_ENDPOINT is set, but the extra `otel` is not installed: there are no traces")
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "parley", "service.version": version}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
    return Tracing(provider)


def tracing_is_installed() -> bool:
    """Whether the extra `otel` is there."""
    try:
        return find_spec(NEEDS) is not None
    except ModuleNotFoundError:
        return False
