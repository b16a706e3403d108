"""A post's text, made ready before any session is open."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from service.kit.text import contents, mentioned_in, quoted_in, render
from service.kit.text.html import render_html
from service.kit.text.look_alikes import text_mark

REPLY_LEVEL = 3
OPENING_LEVEL = 2
"""Where a text's headings begin: a reply stands under the page's h2 "N thoughts on …", the opening under its h1."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text made ready: what was typed, what is shown, the contents of a long opening (level, id, words), the
    usernames that it mentions, the posts that it quotes (a thread's id, and a reply's number or 0), and the mark by
    which the same text is known again.
    """

    body: str
    body_html: str
    contents: list[Any] = field(default_factory=list)
    mentioned: tuple[str, ...] = ()
    quoted: tuple[tuple[int, int], ...] = ()
    mark: int = 0


def write_text(body: str, level: int = REPLY_LEVEL, known: frozenset[str] = frozenset()) -> Written:
    """Render a post's Markdown. Pure and slow (up to some milliseconds): call it off the event loop.

    `known` are the usernames that exist, of those that the text may mention (`Asks.prepare_text` asks for them).
    """
    html = render(body, secrets.token_hex(4), level=level, known=known)
    headings = list(contents(html)) if level == OPENING_LEVEL else []
    return Written(body, html, headings, mentioned_in(html), quoted_in(html), text_mark(body))


def as_stored(ready: Written, body_format: str, level: int = REPLY_LEVEL) -> Written:
    """A text that was made ready as Markdown, in the format of the post that it changes.

    What an import brought in HTML stays HTML. Only the post's row says which it is, so this happens inside the unit of
    work: some milliseconds, for few posts.
    """
    if body_format != "html":
        return ready
    html = render_html(ready.body, secrets.token_hex(4), level=level)
    return Written(ready.body, html, list(contents(html)) if level == OPENING_LEVEL else [])
