"""The shapes of tags on the wire."""

from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, Field

from service.tags.policy import MOST_NAME, MOST_TAGS, tag_name, tag_slug

TagName = Annotated[str, Field(min_length=1, max_length=MOST_NAME), AfterValidator(tag_name)]
TagNames = Annotated[list[TagName], Field(max_length=MOST_TAGS)]
"""The tags of one thread, at most five; two spellings of one tag count once."""


def tag_url(name: str) -> str:
    """The path of a tag's page. It follows from the name: no table is asked."""
    return f"/tags/{quote(tag_slug(name), safe='')}"


class TagView(BaseModel):
    """A tag that somebody uses where you may read."""

    name: str
    slug: str
    thread_count: int = Field(description="Threads that you may see.")
    url: str
