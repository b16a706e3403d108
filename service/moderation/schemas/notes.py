"""The shapes of staff notes on the wire."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.kit.errors import Invalid
from service.kit.text import check_text
from service.moderation.queries import NoteSeen
from service.site.schemas import Moment
from service.threads.schemas import AuthorView
from service.web.bodies import RequestModel

MOST_NOTE = 1000


def _body(value: str) -> str:
    return check_text(value, name="the note", lines=True, most=MOST_NOTE)


class MakeNote(RequestModel):
    """A note for other moderators; plain text."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"body": "The third of this kind."}]})
    body: Annotated[str, AfterValidator(_body)] = Field(max_length=MOST_NOTE)


class NoteView(BaseModel):
    """A staff note, as other moderators read it."""

    id: int
    author: AuthorView
    body: str
    made_at: Moment

    @classmethod
    def of(cls, seen: NoteSeen) -> "NoteView":
        """The wire form of a note."""
        author = AuthorView(username=seen.author_username, display_name=name_of(seen))
        return cls(id=seen.note.id or 0, author=author, body=seen.note.body, made_at=seen.note.made_at)


def name_of(seen: NoteSeen) -> str:
    """Who wrote the note, as pages name them."""
    return seen.author_name or seen.author_username or "Somebody"


def to_note(draft: MakeNote | Invalid) -> str | Invalid:
    """What the note says, for the operation. A refusal stays one."""
    return draft if isinstance(draft, Invalid) else draft.body
