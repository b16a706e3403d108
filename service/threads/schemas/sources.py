"""The sources of a thread: what its text cites, as a list of "Works Cited" names them."""

import re
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from service.kit.text import check_text
from service.web.bodies import RequestModel

MOST_SOURCES: Final = 50
MOST_NAME, MOST_WORK, MOST_YEAR, MOST_URL, MOST_NOTE = 200, 300, 20, 2_000, 500
"""Characters of an author or a container, a title, a year, an address, a note."""

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ADDRESS: Final = re.compile(r"https?://[^\s/?#@\\\"<>]+([/?#][^\s\\\"<>]*)?", re.IGNORECASE)
MOST_DIGITS: Final = 9_999


def line(name: str, most: int) -> AfterValidator:
    """One line of at most `most` characters; a blank one is as good as none."""
    return AfterValidator(lambda value: check_text(value, name=name, lines=False, least=0, most=most) or None)


def work_text(value: str) -> str:
    """The title of a work, which alone is required."""
    return check_text(value, name="the title", lines=False, most=MOST_WORK)


def year_text(value: Any) -> Any:
    """A year as a string: a number is taken too, as most programs have one."""
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > MOST_DIGITS:
            raise ValueError("the year has more than four digits")
        return str(value)
    return value


def web_address(value: str | None) -> str | None:
    """An http or https address of a host, without a user's name before it."""
    if value is None:
        return None
    try:
        host = urlsplit(value).hostname
    except ValueError:
        host = None
    if not host or not ADDRESS.fullmatch(value):
        raise ValueError("the address must begin with http:// or https:// and a host, and have no blanks")
    return value


def day_text(value: str | None) -> str | None:
    """A day of the calendar as ISO 8601 writes it."""
    if value is None:
        return None
    try:
        if DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise ValueError("the day must be a date such as 2026-11-23")


Name = Annotated[str, Field(max_length=MOST_NAME)]
Year = Annotated[
    str,
    Field(max_length=MOST_YEAR),
    BeforeValidator(year_text),
    WithJsonSchema({
        "anyOf": [
            {"type": "string", "maxLength": MOST_YEAR},
            {"type": "integer", "minimum": -MOST_DIGITS, "maximum": MOST_DIGITS},
        ],
    }),
]  # fmt: skip


class SourceBody(RequestModel):
    """One source. Only the title is required; `year` may be words (“n.d.”), `accessed` is a day."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"title": "The Amnesty and After", "year": "1956"}]}
    )
    author: Annotated[Name, line("the author", MOST_NAME)] | None = None
    title: Annotated[str, AfterValidator(work_text)] = Field(min_length=1, max_length=MOST_WORK)
    container: Annotated[Name, line("the container", MOST_NAME)] | None = None
    year: Annotated[Year, line("the year", MOST_YEAR)] | None = None
    url: (
        Annotated[
            Annotated[str, Field(max_length=MOST_URL)], line("the address", MOST_URL), AfterValidator(web_address)
        ]
        | None
    ) = None
    accessed: Annotated[Annotated[str, Field(max_length=10)], line("the day", 10), AfterValidator(day_text)] | None = (
        Field(default=None, json_schema_extra={"format": "date"})
    )
    note: Annotated[Annotated[str, Field(max_length=MOST_NOTE)], line("the note", MOST_NOTE)] | None = None


Sources = Annotated[list[SourceBody], Field(max_length=MOST_SOURCES)]


def to_sources(given: list[SourceBody]) -> list[dict[str, Any]]:
    """The sources as they are stored and given back: every member, null where nothing was said."""
    return [source.model_dump() for source in given]


class SourceView(BaseModel):
    """One source, as it was given; everything but the title is null where nothing was said."""

    author: str | None = None
    title: str
    container: str | None = None
    year: str | None = None
    url: str | None = None
    accessed: str | None = Field(default=None, description="The day on which the address was read, YYYY-MM-DD.")
    note: str | None = None
