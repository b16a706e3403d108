"""How a request to the outside ended, as data that can be kept and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from service.kit.mail_headers import one_line

Failure = Literal["address", "unreachable", "timeout", "broken", "redirect"]
"""Why there is no answer that counts: the address may not be reached; no connection; no whole answer in time; no HTTP;
an answer that sends us elsewhere, where we do not go."""

KEPT: Final = ("content-type", "date", "location", "retry-after")
"""The headers of an answer that are kept, each cut at LONGEST characters."""

LONGEST: Final = 500
MOST_WAITING: Final = 86_400
"""Seconds: more than a day of Retry-After is taken for a day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `status` is that of the answer, if one came; `failure` is None when it was no redirect.

    `words` say it in one line, for people; `body` is its beginning, `cut` that there was more; `retry_after` is what
    the answer asks to wait, in seconds (RFC 9110 section 10.2.3).
    """

    status: int | None
    failure: Failure | None
    words: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    retry_after: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether the other side took it: an answer from 200 to 299, and no other."""
        return self.failure is None and self.status is not None and 200 <= self.status <= 299


def failed(failure: Failure, words: str) -> Outcome:
    """No answer."""
    return Outcome(None, failure, one_line(words)[:LONGEST])


def answered(status: int, headers: Mapping[str, str], body: bytes, *, cut: bool) -> Outcome:
    """An answer, which may be one that does not count."""
    kept = {name: one_line(headers[name])[:LONGEST] for name in KEPT if name in headers}
    redirect = 300 <= status <= 399
    words = f"answered {status}" + (", a redirect, which is not followed" if redirect else "")
    wait = seconds_of(kept.get("retry-after", ""), datetime.now(UTC))
    return Outcome(status, "redirect" if redirect else None, words, kept, body, cut, wait)


def seconds_of(retry_after: str, now: datetime) -> int | None:
    """Retry-After as seconds from 0 to a day: a number of them, or an HTTP-date; None for anything else."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(int(retry_after[:9]), MOST_WAITING)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):  # a year, an hour or an offset may be a number of any length
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return int(min(max((until - now).total_seconds(), 0), MOST_WAITING))
