"""Which elements there are, and where each may stand."""

from typing import Final

INLINE: Final = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "strong", "sub", "sup", "u", "var",
})  # fmt: skip
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
TABLE_PARTS: Final = frozenset({"table", "thead", "tbody", "tfoot", "tr"})
"""What holds rows and cells and no words."""

TABLE_ENDS: Final = {
    "caption": frozenset({"table"}),
    "thead": frozenset({"table"}),
    "tbody": frozenset({"table"}),
    "tfoot": frozenset({"table"}),
    "tr": frozenset({"table", "thead", "tbody", "tfoot"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
}
"""The parts of a table, and the elements in which each stands: what is open inside those ends before it."""

ITEMS: Final = {"ul": "li", "ol": "li", "dl": "dd"}
"""Lists, and the item that words get which stand directly in one."""

ENDING: Final = frozenset({"li", "dt", "dd"})
BLOCKS: Final = (
    frozenset({"blockquote", "pre", "figure", "figcaption", "details", "summary", "table"})
    | HEADINGS | ENDING | ITEMS.keys() | TABLE_ENDS.keys()
)  # fmt: skip
PHRASING: Final = HEADINGS | {"pre", "dt", "caption", "figcaption", "summary"}
"""Blocks that hold words and no other block."""

FLOW: Final = frozenset({"", "blockquote", "details"})
"""Blocks whose words stand in paragraphs always; a list item's or a cell's do once there are several. "" is the text
itself."""

BREAKS: Final = frozenset({
    "address", "article", "aside", "body", "center", "div", "fieldset", "footer", "form", "header", "hgroup", "html",
    "legend", "main", "nav", "option", "section", "select", "textarea",
})  # fmt: skip
"""Boxes that part what is before, in and after them, and are not kept themselves."""

INSTEAD: Final = {
    "acronym": "abbr", "tt": "code", "strike": "s", "listing": "pre", "plaintext": "pre", "dir": "ul", "menu": "ul",
    "image": "img",
}  # fmt: skip
MEDIA: Final = {"iframe": "embedded", "embed": "embedded", "object": "embedded", "video": "video", "audio": "audio"}
"""What loads something from elsewhere, and how the link in its place begins."""

DEEPEST: Final = 32
INLINE_DEEPEST: Final = 8
"""How deep blocks, and inline elements, may stand in each other; what is nested deeper keeps its text."""
