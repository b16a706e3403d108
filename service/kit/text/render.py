"""Markdown to HTML that may stand in a page as it is.

Three steps, in this order and nowhere else: comrak parses CommonMark 0.31 with tables, strikethrough, autolinks, task
lists and footnotes and writes HTML in which everything typed as HTML is text; `shape` fits that HTML to a page, and
`link_names` links the people it mentions; nh3 sanitises it last, against an allow-list of tags and of attribute values.
Nothing edits the sanitiser's output.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from service.kit.lazily import lazily
from service.kit.text import sanitiser
from service.kit.text.mentions import link_names
from service.kit.text.sanitiser import Allowed
from service.kit.text.shape import shape

if TYPE_CHECKING:
    import comrak
else:
    comrak = lazily("comrak")

RENDERER_VERSION: Final = 2
"""Stored beside every rendered post; a change of what `render` gives for the same text raises it."""

TAGS: Final = frozenset({
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "strong", "em", "del", "code",
    "pre", "a", "sup", "span", "div", "section", "table", "thead", "tbody", "tr", "th", "td",
})  # fmt: skip
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

HREF: Final = re.compile(r"(?i:https?://|mailto:)[^\s\x00-\x1f\\]+|/(?![/\\])[^\s\x00-\x1f\\]*|#reply-\d{1,18}")
"""Addresses a link may have: http, https and mailto; this site's own paths, but neither `//elsewhere` nor what a
browser would read as that (`/\\elsewhere`); and another reply on the page. Footnotes are asked about apart."""

VALUES: Final = {
    ("a", "title"): re.compile(r"[^\x00-\x1f]*"),
    ("a", "aria-label"): re.compile(r"Back to reference \d+(-\d+)?"),
    ("a", "class"): re.compile(r"footnote-(ref|backref)|mention"),
    ("sup", "class"): re.compile(r"footnote-ref"),
    ("section", "class"): re.compile(r"footnotes"),
    ("span", "class"): re.compile(r"box"),
    ("span", "role"): re.compile(r"img"),
    ("span", "aria-label"): re.compile(r"Done|To do"),
    ("div", "class"): re.compile(r"scroll"),
    ("div", "role"): re.compile(r"group"),
    ("div", "aria-label"): re.compile(r"Table"),
    ("div", "tabindex"): re.compile(r"0"),
    ("pre", "tabindex"): re.compile(r"0"),
    ("code", "class"): re.compile(r"language-[\w+#.-]{1,40}"),
    ("ol", "start"): re.compile(r"\d{1,9}"),
    ("th", "align"): re.compile(r"left|center|right"),
    ("td", "align"): re.compile(r"left|center|right"),
}
"""Every attribute that may stand in a post, and what it may say. Anything else is dropped."""

HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
MARKED: Final = {"a": {"href", "id"}, "li": {"id"}} | {tag: {"id"} for tag in HEADINGS}
"""Attributes that `sanitise` asks about apart: addresses, and the marks that carry the post's token."""

ALLOWED: Final = Allowed(TAGS, VALUES, MARKED)

NOTE: Final = re.compile(r"fn(ref)?-\d{1,5}(-\d{1,5})?")
HEADING_MARK: Final = re.compile(r"h-(?:[a-z0-9-]|[^\s\x00-\x7f]){1,100}")
"""What may be marked: a footnote and the way back from it, by number; a heading, by its slug."""


@cache
def options() -> "tuple[comrak.ExtensionOptions, comrak.RenderOptions]":
    """What comrak is asked for: `escape` shows typed HTML as text, `ignore_empty_links` leaves none without words."""
    extensions, rendering = comrak.ExtensionOptions(), comrak.RenderOptions()
    extensions.table = extensions.strikethrough = extensions.autolink = True
    extensions.tasklist = extensions.footnotes = True
    rendering.escape = rendering.ignore_empty_links = True
    return extensions, rendering


def render(markdown: str, token: str, *, level: int = 3, known: frozenset[str] = frozenset()) -> str:
    """Safe HTML of a post.

    `token` is the post's own: it stands before the ids of footnotes and headings (`{token}-fn-1`, `{token}-h-slug`), so
    that two posts on one page never share one. Headings begin at `level` (2 to 6) and never skip one, whatever the
    author began with. Images become links with their alternative text: nothing from elsewhere is loaded into a page.
    `known` are the usernames, of those that `typed_names` finds, that exist: `@name` of one becomes a link.

    Raises:
        ValueError: the token is not 1–64 letters, digits, `_` or `-`.
    """
    if not TOKEN.fullmatch(token):
        raise ValueError("a post's token is 1–64 letters, digits, '_' or '-'")
    extensions, rendering = options()
    html = comrak.render_markdown(markdown, extension_options=extensions, render_options=rendering)
    return sanitise(link_names(shape(html, markdown, level), known), token)


def sanitise(html: str, token: str) -> str:
    """The last step: only what the allow-list names is left. Doing it again with the same token changes nothing."""

    def ask(tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return own_mark(value, token, HEADING_MARK if tag in HEADINGS else NOTE)
        if value.startswith(("#fn", f"#{token}-fn")):
            mark = own_mark(value[1:], token, NOTE)
            return f"#{mark}" if mark else None
        return value if HREF.fullmatch(value) else None

    return sanitiser.sanitise(html, ALLOWED, ask)


def own_mark(mark: str, token: str, shape: re.Pattern[str]) -> str | None:
    """An id of this shape with the post's token before it; None for any other."""
    bare = mark.removeprefix(f"{token}-")
    return f"{token}-{bare}" if shape.fullmatch(bare) else None
