"""The shapes of background work on the wire."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.background.queries import DeadJob
from service.kit.queue import Backlog
from service.kit.text import check_text
from service.site.schemas import Moment
from service.web.bodies import RequestModel

MOST_KIND = 60


def kind_text(value: str) -> str:
    """A kind of job as typed."""
    return check_text(value, name="the kind", lines=False, most=MOST_KIND)


class JobView(BaseModel):
    """A job that was given up after its last attempt."""

    id: int
    kind: str
    about: str = Field(description="What it was to do, in words.")
    attempts: int
    error: str = Field(description="What went wrong the last time; of a letter, the mail server's answer.")
    created_at: Moment
    dead_at: Moment

    @classmethod
    def of(cls, job: DeadJob) -> Self:
        """The wire form."""
        return cls.model_validate(job, from_attributes=True)


class BacklogView(BaseModel):
    """The jobs of one kind."""

    kind: str
    due: int = Field(description="Due now, and in nobody's hands.")
    oldest_due_at: Moment | None = Field(description="Since when the oldest of those is due.")
    held: int = Field(description="In a worker's hands.")
    later: int = Field(description="To come later, retries among them.")
    dead: int = Field(description="Given up; they wait for an admin's decision.")

    @classmethod
    def of(cls, kind: str, backlog: Backlog) -> Self:
        """The wire form."""
        return cls(
            kind=kind, due=backlog.due, oldest_due_at=backlog.oldest, held=backlog.held, later=backlog.later,
            dead=backlog.dead,
        )  # fmt: skip


class BacklogsView(BaseModel):
    """The queue by kind of job, and how many workers were seen within the last 30 seconds."""

    workers: int
    kinds: list[BacklogView]


class RetryMany(RequestModel):
    """Which dead jobs to retry: those of a kind, or all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"kind": "notifications.deliver"}]})
    kind: Annotated[str, AfterValidator(kind_text)] | None = Field(default=None, min_length=1, max_length=MOST_KIND)


class RetriedView(BaseModel):
    """How many jobs are due again."""

    retried: int
