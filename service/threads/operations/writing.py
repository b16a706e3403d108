"""A post's text, made ready before any session is open."""

import secrets
from dataclasses import dataclass

from service.kit.text import render

REPLY_LEVEL = 3
OPENING_LEVEL = 2
"""Where a text's headings begin: a reply stands under the page's h2 "N thoughts on …", the opening under its h1."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text made ready: what was typed, and what is shown."""

    body: str
    body_html: str


def write_text(body: str, level: int = REPLY_LEVEL) -> Written:
    """Render a post's Markdown. Pure and slow (up to some milliseconds): call it off the event loop."""
    return Written(body, render(body, secrets.token_hex(4), level=level))
