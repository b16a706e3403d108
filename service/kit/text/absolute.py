"""A rendered text for readers elsewhere: its links made absolute, by the sanitiser itself."""

import re
from collections.abc import Callable
from typing import Final

from service.kit.text.html import safe
from service.kit.text.render import MARKED
from service.kit.text.sanitiser import Allowed, sanitise

ORIGIN: Final = re.compile(r"https?://[^/?#]+")


EVERYWHERE: Final = {**MARKED, **safe.MARKED, "a": {"href", "id"}}
"""What either list asks about: texts of both kinds come here, sanitised before."""

ALLOWED: Final = Allowed(safe.TAGS, safe.VALUES, EVERYWHERE)


def absolute(html: str, url: str) -> str:
    """The HTML of a post that `render` or an import made, as it may stand where it is not the page at `url`.

    The site's own paths (`/t/1`) and marks on the page (`#reply-3`, footnotes) become whole addresses. The sanitiser
    writes the result, so that its output is edited by nobody.
    """
    return sanitise(html, ALLOWED, _joined(url))


def _joined(url: str) -> Callable[[str, str, str], str]:
    """The filter that resolves an address against `url`. What is neither a path nor a mark is whole already."""
    found = ORIGIN.match(url)
    origin, page = (found[0] if found else ""), url.partition("#")[0]

    def check(tag: str, name: str, value: str) -> str:
        if name != "href":
            return value
        return f"{origin}{value}" if value.startswith("/") else f"{page}{value}" if value.startswith("#") else value

    return check
