"""A rendered text for readers elsewhere: its links made absolute, by the sanitiser itself."""

import re
from collections.abc import Callable
from typing import Final

import nh3

from service.kit.text.html import safe
from service.kit.text.render import MARKED, REL, SCHEMES

ORIGIN: Final = re.compile(r"https?://[^/?#]+")


def absolute(html: str, url: str) -> str:
    """The HTML of a post that `render` or an import made, as it may stand where it is not the page at `url`.

    The site's own paths (`/t/1`) and marks on the page (`#reply-3`, footnotes) become whole addresses. The sanitiser
    writes the result, so that its output is edited by nobody.
    """
    return nh3.clean(
        html,
        tags=safe.TAGS,
        attributes=ALLOWED,
        attribute_filter=_joined(url),
        link_rel=REL,
        url_schemes=SCHEMES,
    )


def _allowed() -> dict[str, set[str]]:
    """Every attribute that a text from either sanitiser may have: the one of imports allows all that ours does."""
    allowed: dict[str, set[str]] = {}
    for marked in (MARKED, safe.MARKED):
        for tag, names in marked.items():
            allowed.setdefault(tag, set()).update(names)
    for tag, name in safe.VALUES:
        allowed.setdefault(tag, set()).add(name)
    return allowed


ALLOWED: Final = _allowed()


def _joined(url: str) -> Callable[[str, str, str], str]:
    """The filter that resolves an address against `url`. What is neither a path nor a mark is whole already."""
    found = ORIGIN.match(url)
    origin, page = (found[0] if found else ""), url.partition("#")[0]

    def check(tag: str, name: str, value: str) -> str:
        if name != "href":
            return value
        return f"{origin}{value}" if value.startswith("/") else f"{page}{value}" if value.startswith("#") else value

    return check
