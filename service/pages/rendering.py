"""Turning a view into a page: the one template environment, the words for times, and the headers of every page.

Text of people reaches a page in two ways only: as a plain string, which the environment escapes, or as stored HTML
that `kit.text` sanitised last, which `trusted` marks. There is no other way to write markup into a page.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import markupsafe
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.pages.static import address
from service.pages.views.frame import Frame

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
PAGE_HEADERS: Final = {"Cache-Control": "private, no-cache", "Vary": "Cookie"}


def trusted(sanitised: str) -> Markup:
    """Stored HTML as a page may show it unescaped: only what `kit.text` rendered and sanitised comes here."""
    return Markup(sanitised)


def rfc3339(at: datetime) -> str:
    """An instant for machines, to the second: `2026-11-23T07:25:00Z` (RFC 3339, the `datetime` of a `<time>`)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(at: datetime) -> str:
    """A day as a reader says it: `23 November 2026`."""
    at = at.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def in_words(at: datetime) -> str:
    """An instant as a reader says it: `23 November 2026, 07:25 UTC`. Absolute, so that a kept page stays true."""
    return f"{day(at)}, {at.astimezone(UTC):%H:%M} UTC"


def moment(at: datetime) -> Markup:
    """An instant for readers and machines: `<time datetime="2026-11-23T07:25:00Z">23 November 2026, 07:25 UTC</time>`.

    Every post has one, so it is no macro, and digits need no escaping.
    """
    at = at.astimezone(UTC)
    clock, month = f"{at.hour:02}:{at.minute:02}", at.month
    machine = f"{at.year:04}-{month:02}-{at.day:02}T{clock}:{at.second:02}Z"
    return Markup(f'<time datetime="{machine}">{at.day} {MONTHS[month - 1]} {at.year}, {clock} UTC</time>')


def clock_time(at: datetime) -> str:
    """A moment of today: `14:05 UTC`."""
    return f"{at.astimezone(UTC):%H:%M} UTC"


def returning(path: str) -> str:
    """The query that brings a reader back to `path` after signing in; empty for the front page."""
    return "" if path in ("", "/") else f"?next={quote(path, safe='/')}"


ESCAPED: Final[Callable[[str], str]] = getattr(markupsafe, "_escape_inner", markupsafe.escape)
"""What `escape` makes of a string, without the Markup around it: that takes thirty times as long."""


def to_html(value: Any) -> str:
    """What stands in a page for a template's value: as `markupsafe.escape`, but a plain string."""
    kind = type(value)
    return ESCAPED(value) if kind is str else value if kind is Markup else markupsafe.escape(value)


class PlainTemplate(Template):
    """A template whose pieces are plain strings: they are joined as they are written, and nobody escapes them again. A
    page has some seven hundred.
    """

    @classmethod
    def _from_namespace(cls, environment: Environment, namespace: Any, known: Any) -> Template:
        namespace["escape"] = to_html
        return super()._from_namespace(environment, namespace, known)


def _environment() -> Environment:
    """Templates compiled once for the life of the process; an unknown name is an error, not an empty string."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.template_class = PlainTemplate
    made.filters.update(rfc3339=rfc3339, day=day, in_words=in_words, clock_time=clock_time, moment=moment)
    made.globals.update(static=address, returning=returning)
    return made


ENVIRONMENT: Final = _environment()


def page(
    template: str, frame: Frame, view: object, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """The screen `template` filled with `view`, as an answer that no cache keeps without asking again."""
    return as_page(ENVIRONMENT.get_template(template).render(frame=frame, view=view), status, headers)


def as_page(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A drawn page as an answer that no cache keeps without asking again."""
    return HTMLResponse(text, status, headers={**PAGE_HEADERS, **(headers or {})})


def see_other(path: str) -> Response:
    """After a form was stored: 303 to the page that shows it (RFC 9110 section 15.4.4); a reload repeats nothing."""
    return RedirectResponse(path, 303, headers={"Cache-Control": "no-store"})
