"""The parser's HTML, fitted to a page before it is sanitised.

Everything here reads what comrak wrote with raw HTML escaped: a `<` is always the start of one of comrak's own tags,
and a `"` always one of its quotes. The sanitiser runs after it and trusts none of that.
"""

import re
from html import escape
from typing import Final

DEEPEST: Final = 32
"""Elements that quotes (one a level) and lists (two a level) may stand in each other; what is nested deeper loses its
frame and keeps its text. 16,000 nested quotes took the sanitiser 2 s: its time grows with the square of the depth."""

LONGEST: Final = 400_000
"""Characters of HTML a text may become beside four for each of its own. A table of empty cells multiplies itself by
160; what exceeds this is shown as it was typed."""

BLOCK: Final = re.compile(r"<(/?)(blockquote|ul|ol|li)\b[^>]*>")
HEADING: Final = re.compile(r"<(/?)h([1-6])>")
LINK_OR_IMAGE: Final = re.compile(
    r'<(?P<link>/?a)\b[^>]*>|<img src="(?P<src>[^"]*)" alt="(?P<alt>[^"]*)"(?: title="[^"]*")? />'
)
BOX: Final = re.compile(r'<input type="checkbox"( checked="")? disabled="" /> ?')
TABLE: Final = re.compile(r"<(/?)table>")


def shape(html: str, markdown: str, level: int) -> str:
    """The HTML with shallow nesting, headings from `level` on, links for images, and tables that scroll alone."""
    if len(html) > LONGEST + 4 * len(markdown):
        return f"<pre><code>{escape(markdown)}</code></pre>"
    html = fit_headings(flatten(html), level)
    html = BOX.sub(lambda found: "☑ " if found[1] else "☐ ", html)
    return scroll_tables(unload_images(html))


def flatten(html: str) -> str:
    """Quotes and lists deeper than DEEPEST without their tags; their text stays."""
    depth = 0

    def one(found: re.Match[str]) -> str:
        nonlocal depth
        depth -= found[1] == "/"
        kept = depth < DEEPEST
        depth += found[1] == ""
        return found[0] if kept else ""

    return BLOCK.sub(one, html)


def fit_headings(html: str, level: int) -> str:
    """Headings as an outline under `level`: a section inside another is one level below it, and none is skipped."""
    outline: list[int] = []

    def one(found: re.Match[str]) -> str:
        typed = int(found[2])
        if not found[1]:
            while outline and outline[-1] >= typed:
                outline.pop()
            outline.append(typed)
        return f"<{found[1]}h{min(level + len(outline) - 1, 6)}>"

    return HEADING.sub(one, html)


def unload_images(html: str) -> str:
    """Images as links with their alternative text, or as that text where they stand in a link."""
    inside = False

    def one(found: re.Match[str]) -> str:
        nonlocal inside
        if found["link"]:
            inside = found["link"] == "a"
            return found[0]
        words = found["alt"] or "image"
        return words if inside or not found["src"] else f'<a href="{found["src"]}">{words}</a>'

    return LINK_OR_IMAGE.sub(one, html)


def scroll_tables(html: str) -> str:
    """Each table in a box of its own that the keyboard can reach and scroll (WCAG 2.2, 2.1.1)."""
    opening = '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>'
    return TABLE.sub(lambda found: "</table></div>" if found[1] else opening, html)
