"""The parser's HTML, fitted to a page before it is sanitised.

Everything here reads what comrak wrote with raw HTML escaped: a `<` is always the start of one of comrak's own tags,
and a `"` always one of its quotes. The sanitiser runs after it and trusts none of that.
"""

import re
from html import escape
from itertools import count
from typing import Final

from service.kit.text.names import slugify
from service.kit.text.plain import plain

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
BOX: Final = re.compile(r'<input type="checkbox"( checked="")? disabled="" /> ?(\n<p>)?')
TABLE: Final = re.compile(r"<(/?)table>")
FITTED: Final = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)
NOTE_REF: Final = re.compile(r'<a href="#fn-([^"]*)" id="fnref-\1([^"]*)" data-footnote-ref>(\d+)</a>')
NOTE: Final = re.compile(r'<li id="fn-[^"]*">')
NOTE_BACK: Final = re.compile(r'<a href="#fnref-[^"]*" ([^>]*) data-footnote-backref-idx="([^"]*)"')
NOTE_MARK: Final = re.compile(r'<sup class="footnote-ref">.*?</sup>', re.DOTALL)


DONE: Final = '<span class="box" role="img" aria-label="Done">☑</span>'
OPEN: Final = '<span class="box" role="img" aria-label="To do">☐</span>'
"""A task's box: a picture with a name, since screen readers pass over the bare characters."""


def shape(html: str, markdown: str, level: int) -> str:
    """The HTML with shallow nesting, headings from `level` on, links for images, and tables that scroll alone."""
    if len(html) > LONGEST + 4 * len(markdown):
        return f"<pre><code>{escape(markdown)}</code></pre>"
    html = fit_headings(flatten(html), level)
    html = BOX.sub(lambda found: f"{found[2] or ''}{DONE if found[1] else OPEN} ", number_notes(html))
    return mark_headings(scroll_tables(unload_images(html)))


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


def number_notes(html: str) -> str:
    """Footnotes named by their numbers, `fn-1`, and their references `fnref-1`, `fnref-1-2`.

    comrak names them as the author did, and then the second reference to `a` and the first one to `a-2` are one.
    """
    if "data-footnotes" not in html:
        return html
    numbers = count(1)
    html = NOTE.sub(lambda _: f'<li id="fn-{next(numbers)}">', html)
    html = NOTE_REF.sub(r'<a href="#fn-\3" id="fnref-\3\2">\3</a>', html)
    return NOTE_BACK.sub(r'<a href="#fnref-\2" \1', html)


def mark_headings(html: str) -> str:
    """Each heading with an id made of its words, `h-slug`; of equal ones the second is `h-slug-2`.

    The sanitiser puts the post's token before it.
    """
    taken: set[str] = set()
    times: dict[str, int] = {}

    def one(found: re.Match[str]) -> str:
        slug = mark = slugify(heading_words(found[2]), wordless="section")
        while mark in taken:
            times[slug] = times.get(slug, 1) + 1
            mark = f"{slug}-{times[slug]}"
        taken.add(mark)
        return f'<h{found[1]} id="h-{mark}">{found[2]}</h{found[1]}>'

    return FITTED.sub(one, html)


def heading_words(inner: str) -> str:
    """A heading's words on one line, without the marks of its footnotes."""
    return " ".join(plain(NOTE_MARK.sub("", inner)).split())
