"""The views of what went wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """An error as a page: what happened, and what the reader can do about it. `request_id` is for quoting, where the
    fault is ours.
    """

    status: int
    code: str
    title: str
    detail: str
    sign_in_url: str | None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """The page at `/problems/{code}` that the `type` of an RFC 9457 answer names."""

    code: str
    status: int
    title: str
    meaning: str
    remedy: str
