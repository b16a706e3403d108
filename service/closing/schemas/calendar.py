"""The shapes of the calendar of closings on the wire, and of what many threads can be asked for at once."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, model_validator

from service.closing.queries import Affected, Deadline, Effect
from service.kit.errors import Problem
from service.site.schemas import ClosingTermsBody, Moment, WireSpan
from service.threads.queries import ThreadSeen
from service.threads.schemas import Reason
from service.threads.schemas.rules import ClosingRule
from service.web.bodies import RequestModel

AT_ONCE = 100
"""Threads of one request."""
LONGEST_EXTENSION = timedelta(days=366)

State = Literal["open", "closed"]


def unlike(ids: list[int]) -> list[int]:
    """Ids of which none is there twice."""
    if len(set(ids)) != len(ids):
        raise ValueError("must not name a thread twice")
    return ids


def in_a_year(span: timedelta) -> timedelta:
    """An extension: at most a year."""
    if span > LONGEST_EXTENSION:
        raise ValueError("must be at most P366D")
    return span


ThreadIds = Annotated[
    list[Annotated[StrictInt, Field(ge=1, le=2**63 - 1)]], Field(min_length=1, max_length=AT_ONCE),
    AfterValidator(unlike),
]  # fmt: skip


class ManyThreads(RequestModel):
    """Which threads, and optionally the versions of them that were seen."""

    thread_ids: ThreadIds = Field(description="The threads; each is answered for by itself.")
    versions: list[Annotated[StrictInt, Field(ge=1, le=2**31 - 1)]] | None = Field(
        default=None,
        max_length=AT_ONCE,
        description="The version of each thread that you saw, in the same order: one that has changed since is left.",
    )

    @model_validator(mode="after")
    def one_version_each(self) -> Self:
        """Raise unless there are as many versions as threads, or none."""
        if self.versions is not None and len(self.versions) != len(self.thread_ids):
            raise ValueError("needs as many versions as thread_ids")
        return self

    def wanted(self) -> dict[int, int | None]:
        """The version wanted of each thread; None for any."""
        if self.versions is None:
            return dict.fromkeys(self.thread_ids)
        return dict(zip(self.thread_ids, self.versions, strict=True))


class ExtendClosings(ManyThreads):
    """By how much the closing of which threads is put off."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"thread_ids": [1], "by": "P7D"}]})
    by: Annotated[WireSpan, AfterValidator(in_a_year)] = Field(
        description="ISO 8601 duration, such as P1D, P7D or P30D; at most P366D."
    )


class ReopenThreads(ManyThreads):
    """Which threads are to be open again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"thread_ids": [1]}]})


class PreviewPolicy(RequestModel):
    """Closing terms that somebody thinks of storing; those that are absent stay as they are."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"closing": {"close_after_replies": 1}}]})
    category: str | None = Field(
        default=None, max_length=60, description="The category whose policy it would be; absent: the site's."
    )
    closing: ClosingTermsBody

    def columns(self) -> dict[str, int | None]:
        """The terms that the caller named, as columns."""
        return self.closing.columns(only_set=True)


class ThreadRef(BaseModel):
    """Which thread it is."""

    id: int
    title: str
    url: str
    category: str

    @classmethod
    def of(cls, seen: ThreadSeen) -> "ThreadRef":
        """The wire form of a thread's name."""
        url = f"/t/{seen.id}/{seen.thread.slug}"
        return cls(id=seen.id, title=seen.thread.title, url=url, category=seen.category.slug)


class CalendarEntry(BaseModel):
    """One entry of the calendar: a thread that will close (`closes_at`), or has (`closed_at`), and by which rule."""

    thread: ThreadRef
    state: State
    closes_at: Moment | None
    closed_at: Moment | None
    closing_rule: ClosingRule | None
    reply_count: int
    last_reply_at: Moment | None
    version: int

    @classmethod
    def of(cls, deadline: Deadline, now: datetime) -> "CalendarEntry":
        """The wire form of an entry at `now`."""
        seen, thread = deadline.seen, deadline.seen.thread
        at, closed = seen.closing.at, seen.closing.is_closed(now)
        return cls(
            thread=ThreadRef.of(seen), state="closed" if closed else "open", closes_at=None if closed else at,
            closed_at=at if closed else None, closing_rule=ClosingRule.of(seen), reply_count=thread.reply_count,
            last_reply_at=thread.last_reply_at, version=thread.version,
        )  # fmt: skip


class Outcome(BaseModel):
    """What became of one of many threads: done, or why not; and when it closes now."""

    thread_id: int
    done: bool
    code: str | None = Field(description="The code of the problem, where it was not done.")
    detail: str | None = Field(description="The problem in words.")
    closes_at: Moment | None
    version: int | None

    @classmethod
    def of(cls, seen: ThreadSeen) -> "Outcome":
        """A thread to which it was done."""
        version, closes_at = seen.thread.version, seen.closing.at
        return cls(thread_id=seen.id, done=True, code=None, detail=None, closes_at=closes_at, version=version)

    @classmethod
    def refused(cls, thread_id: int, problem: Problem) -> "Outcome":
        """A thread to which it could not be done."""
        why = problem.detail.rstrip(".")
        return cls(thread_id=thread_id, done=False, code=problem.code, detail=why, closes_at=None, version=None)


class Outcomes(BaseModel):
    """What became of each of many threads, in the order in which they were named."""

    items: list[Outcome]


class AffectedThread(BaseModel):
    """A thread that a policy would close, or open, at once. `since` and `reason` are of the closing it would have."""

    thread: ThreadRef
    would: Literal["close", "open"]
    since: Moment | None = Field(description="Since when it would be closed; null where it would be open.")
    reason: Reason | None
    reply_count: int
    last_reply_at: Moment | None

    @classmethod
    def of(cls, affected: Affected) -> "AffectedThread":
        """The wire form."""
        closing, thread = affected.closing, affected.seen.thread
        closes = affected.would_close
        return cls(
            thread=ThreadRef.of(affected.seen), would="close" if closes else "open",
            since=closing.at if closes else None, reason=cast(Reason, closing.reason) if closes else None,
            reply_count=thread.reply_count, last_reply_at=thread.last_reply_at,
        )  # fmt: skip


class EffectView(BaseModel):
    """What a policy would do at once."""

    would_close: int
    would_open: int
    threads: list[AffectedThread] = Field(description="The first 20: those it would close before those it would open.")

    @classmethod
    def of(cls, effect: Effect) -> "EffectView":
        """The wire form."""
        threads = [AffectedThread.of(each) for each in effect.threads]
        return cls(would_close=effect.would_close, would_open=effect.would_open, threads=threads)
