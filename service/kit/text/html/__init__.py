"""HTML that was written elsewhere, as HTML that may stand in a page of Parley.

`render_html` is to an imported post what `render` is to one in Markdown: what it returns was sanitised last. A post's
text stays as the blog had it; this reads it as WordPress does (paragraphs by blank lines, shortcodes, the block
editor's comments) and as browsers do, though written carelessly.

    shortcodes  WordPress's own marks      tokens  the text in pieces      build, sheet  well-formed HTML of them
    names  which elements stand where       links  addresses, words for files     safe  the sanitiser
"""

from html import escape
from typing import Final

from service.kit.text.html import links
from service.kit.text.html.build import Builder
from service.kit.text.html.safe import sanitise
from service.kit.text.html.sheet import TooMuch
from service.kit.text.html.shortcodes import expand, filled_elsewhere, has_blocks
from service.kit.text.html.tokens import Token, read_attributes, tokenize
from service.kit.text.render import TOKEN
from service.kit.text.shape import LONGEST, fit_headings, mark_headings, scroll_tables

MOST_TAGS: Final = 50_000
"""Of more than so many `<` a text is shown as it was typed: no blog's text has them, and each takes its time."""

MOST_WRITTEN: Final = 200_000
"""Start and end tags that may be written; the sanitiser's tree takes some 300 bytes for each."""

__all__ = ["absolute_links", "filled_elsewhere", "render_html"]


def render_html(html: str, token: str, *, level: int = 3) -> str:
    """Safe HTML of a post that was written in HTML, at most 1 MB of it, in less than two seconds.

    `token` and `level` are those of `render`. Pictures, players and frames become links, since nothing from elsewhere
    is loaded into a page; a text that would grow beyond every measure is shown as it was typed.

    Raises:
        ValueError: the token is not 1–64 letters, digits, `_` or `-`.
    """
    if not TOKEN.fullmatch(token):
        raise ValueError("a post's token is 1–64 letters, digits, '_' or '-'")
    try:
        built = build(html, token)
    except TooMuch:
        built = f"<pre><code>{escape(html, quote=False)}</code></pre>"
    return sanitise(mark_headings(scroll_tables(fit_headings(built, level))), token)


def build(html: str, token: str) -> str:
    """Well-formed HTML of the text, not yet safe. Raises TooMuch."""
    expanded = expand(html)
    if expanded.count("<") > MOST_TAGS:
        raise TooMuch
    tokens = list(tokenize(expanded))
    built = Builder(token, not has_blocks(html), places(tokens), LONGEST + 4 * len(html)).build(tokens)
    if built.count("<") > MOST_WRITTEN:
        raise TooMuch
    return built


def places(tokens: list[Token]) -> frozenset[str]:
    """The ids in the text that its own links point at."""
    wanted = {token.attributes["href"][1:] for token in tokens if token.attributes.get("href", "").startswith("#")}
    there = {token.attributes.get(name, "") for token in tokens for name in ("id", "name") if token.attributes}
    return links.marks_of(wanted & there)


def absolute_links(html: str, base: str) -> str:
    """The text with the relative addresses of its links, pictures and players made absolute.

    So that they go on pointing at the blog from which the text came, also after an edit. `base` is the address of the
    page it stood on (RFC 3986 section 5). Everything else stays letter by letter.
    """
    parts: list[str] = []
    at = 0
    for token in tokenize(html):
        if token.kind != "start":
            continue
        begin = token.span[0] + 1 + len(token.name)
        found, _ = read_attributes(html, begin) or ([], 0)
        for attribute in found:
            if attribute.name in ("href", "src", "data", "poster") and (full := links.absolute(attribute.value, base)):
                parts += [html[at : attribute.span[0]], f'"{escape(full)}"']
                at = attribute.span[1]
    return "".join([*parts, html[at:]])
