"""A post's text, made ready before any session is open."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from service.kit.text import contents, render

REPLY_LEVEL = 3
OPENING_LEVEL = 2
"""Where a text's headings begin: a reply stands under the page's h2 "N thoughts on …", the opening under its h1."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text made ready: what was typed, what is shown, and the contents of a long opening (level, id, words)."""

    body: str
    body_html: str
    contents: list[Any] = field(default_factory=list)


def write_text(body: str, level: int = REPLY_LEVEL) -> Written:
    """Render a post's Markdown. Pure and slow (up to some milliseconds): call it off the event loop."""
    html = render(body, secrets.token_hex(4), level=level)
    return Written(body, html, list(contents(html)) if level == OPENING_LEVEL else [])
