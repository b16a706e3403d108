"""The shapes of edits that wait on the wire."""

from typing import Any

from pydantic import BaseModel, Field

from service.moderation.queries.edits import WaitingEdit
from service.site.schemas import Moment
from service.tags.schemas import TagNames
from service.threads.operations import Rewording
from service.threads.operations.waiting import text_of
from service.threads.schemas.sources import SourceView


class PendingEditView(BaseModel):
    """A new text that waits for a moderator, while everybody reads the old one. What the edit leaves as it is, is as
    the post has it.
    """

    thread_id: int
    reply_id: int | None
    title: str | None = Field(description="The thread's new title; null for a reply.")
    body: str
    body_html: str
    sources: list[SourceView]
    tags: TagNames
    made_at: Moment
    version: int = Field(description="The post's version that was edited.")

    @classmethod
    def of(cls, found: WaitingEdit) -> "PendingEditView":
        """The wire form of an edit that waits."""
        edit, thread = found.edit, found.thread.thread
        same: dict[str, Any] = {"thread_id": edit.thread_id, "body": edit.body, "made_at": edit.made_at}
        same["version"] = edit.base_version
        if found.reply:
            html = text_of(edit.said).body_html
            return cls(reply_id=found.reply.id, title=None, body_html=html, sources=[], tags=[], **same)
        new = Rewording.of(edit.said)
        sources = thread.sources if new.sources is None else new.sources
        tags = thread.tags if new.tags is None else new.tags
        return cls(
            reply_id=None, title=edit.title, body_html=new.text.body_html if new.text else thread.body_html,
            sources=[SourceView(**each) for each in sources], tags=tags, **same,
        )  # fmt: skip
