"""The earlier texts of posts on the wire."""

from typing import Any

from pydantic import BaseModel, Field

from service.site.schemas import Moment
from service.threads.queries.revisions import Revision
from service.threads.schemas import AuthorView
from service.threads.schemas.sources import SourceView


class ReplyRevisionView(BaseModel):
    """One of the texts that a reply has had. `number` counts from 1, the first text; the last one is the current."""

    number: int
    version: int
    body: str | None = Field(description="Null where a moderator removed this text.")
    author: AuthorView = Field(description="Who wrote this text: the post's author, or a moderator.")
    created_at: Moment
    is_current: bool
    is_redacted: bool

    @classmethod
    def of(cls, revision: Revision) -> "ReplyRevisionView":
        """The wire form of a reply's text."""
        return cls(**shared(revision))


class ThreadRevisionView(ReplyRevisionView):
    """One of the texts that a thread has had, with its title and sources then."""

    title: str | None = Field(description="Null where a moderator removed this text.")
    sources: list[SourceView]

    @classmethod
    def of(cls, revision: Revision) -> "ThreadRevisionView":
        """The wire form of a thread's text."""
        sources = [SourceView(**each) for each in revision.sources]
        return cls(**shared(revision), title=None if revision.is_redacted else revision.title, sources=sources)


def shared(revision: Revision) -> dict[str, Any]:
    """The members that threads and replies have in common."""
    return {
        "number": revision.number, "version": revision.version,
        "body": None if revision.is_redacted else revision.body,
        "author": AuthorView(username=revision.username, display_name=revision.display_name),
        "created_at": revision.at, "is_current": revision.is_current, "is_redacted": revision.is_redacted,
    }  # fmt: skip
