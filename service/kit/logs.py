"""Log lines: one line for one fact, as text for people or as one JSON object for programs, and nothing secret in them.

What a line may say beside its message comes from `CONTEXT`: which request or which job it belongs to. A message's
control characters are escaped, so that nobody who names a thread or sends a header can forge a line (CWE-117). Of an
exception the log has its type and the places it came through, not its message: drivers and libraries quote what
they were given there, texts and addresses among them; with the level `debug` the messages are there too.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, TextIO

CONTEXT: Final[ContextVar[Callable[[], Mapping[str, Any]] | None]] = ContextVar("parley_log", default=None)
"""What the present task works for: a function that says so when a line is written, such as a request's id and route."""

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What ends a line somewhere, or moves a terminal's cursor."""

QUIET: Final = ("alembic", "httpx", "httpcore", "opentelemetry", "urllib3", "asyncio", "service.kit.database.pool")
"""Whose lines below a warning nobody needs: libraries, and what SQLAlchemy says in our own pool's name."""


def plain(text: str) -> str:
    """The text as one line: control characters are written out as Python writes them in a string."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def told_by(record: logging.LogRecord) -> dict[str, Any]:
    """What a record's request or job is, and what its caller gave as `extra={"facts": {…}}`."""
    work = CONTEXT.get()
    return {**(work() if work else {}), **getattr(record, "facts", {})}


def went_wrong(error: BaseException, *, messages: bool) -> list[str]:
    """An exception in lines: the places it came through, the innermost last, then its type; its causes before it."""
    lines: list[str] = []
    if (cause := error.__cause__ or (None if error.__suppress_context__ else error.__context__)) is not None:
        lines += [*went_wrong(cause, messages=messages), "which led to"]
    lines += [f"{place.filename}:{place.lineno} in {place.name}" for place in traceback.extract_tb(error.__traceback__)]
    return [*lines, f"{type(error).__name__}: {plain(str(error))}" if messages else type(error).__name__]


class Lines(logging.Formatter):
    """One line for each record. `messages` says whether the messages of exceptions are told."""

    def __init__(self, *, messages: bool) -> None:
        super().__init__()
        self.messages = messages

    def _wrong(self, record: logging.LogRecord) -> list[str]:
        error = record.exc_info[1] if record.exc_info else None
        return went_wrong(error, messages=self.messages) if error else []


class TextLines(Lines):
    """`INFO service.worker: what happened (request=…)`; what went wrong follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts = " ".join(f"{name}={value}" for name, value in told_by(record).items())
        line = plain(f"{record.levelname} {record.name}: {record.getMessage()}" + (f" ({facts})" if facts else ""))
        return "\n    ".join([line, *self._wrong(record)])


class JsonLines(Lines):
    """One object: `time` (RFC 3339, UTC), `level`, `logger`, `message`, the request's or job's facts, `exception`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {"time": at.replace("+00:00", "Z"), "level": record.levelname.lower()}
        told |= {"logger": record.name, "message": record.getMessage(), **told_by(record)}
        if wrong := self._wrong(record):
            told["exception"] = wrong
        return json.dumps(told, ensure_ascii=True, default=str)


def configure(form: str, level: str, stream: TextIO | None = None) -> None:
    """Write the process's log to standard error (or `stream`), as `text` or `json`, from this level on."""
    lines: type[Lines] = JsonLines if form == "json" else TextLines
    to = logging.StreamHandler(stream or sys.stderr)
    to.setFormatter(lines(messages=level == "debug"))
    root = logging.getLogger()
    root.handlers[:] = [to]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
