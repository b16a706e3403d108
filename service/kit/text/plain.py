"""Words out of rendered HTML, for mails, excerpts and descriptions."""

import re
from html.parser import HTMLParser
from typing import Final

BLOCKS: Final = frozenset({
    "p", "div", "section", "blockquote", "pre", "ul", "ol", "table", "hr", "h1", "h2", "h3", "h4", "h5", "h6",
    "dl", "dt", "dd", "figure", "figcaption", "details", "summary",
})  # fmt: skip
LINES: Final = frozenset({"li", "tr"})
SILENT: Final = frozenset({"script", "style"})


def plain(html: str, *, most: int | None = None) -> str:
    """The words of rendered HTML: paragraphs apart by an empty line, list items and table rows on their own lines.

    Entities become their characters exactly once and the result is text, never markup: `&lt;b&gt;` gives `<b>`, for a
    template to escape again. With `most` it is one line of at most so many characters, ended by "…" at a word's end.
    """
    reader = Words()
    reader.feed(html)
    reader.close()
    text = reader.text()
    return text if most is None else excerpt(text, most)


def excerpt(text: str, most: int) -> str:
    """One line of at most `most` characters."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return (line[:most].rpartition(" ")[0] or line[: most - 1]) + "…"


class Words(HTMLParser):
    """Collects the text of a document, with breaks where blocks begin and end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.literal = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a block, a line or a list item."""
        self.silent += tag in SILENT
        self.literal += tag == "pre"
        self.end_line(tag)
        if tag == "li":
            self.parts.append("- ")

    def handle_endtag(self, tag: str) -> None:
        """Ends a block; a stray end tag changes nothing."""
        self.silent -= tag in SILENT and self.silent > 0
        self.literal -= tag == "pre" and self.literal > 0
        self.end_line(tag)
        if tag in {"td", "th"}:
            self.parts.append(" ")

    def end_line(self, tag: str) -> None:
        """The break that a block's edge makes; none between a list item's dash and its first paragraph."""
        if tag == "br" or (tag in LINES and self.parts[-1:] != ["\n"]):
            self.parts.append("\n")
        elif tag in BLOCKS and self.parts[-1:] != ["- "]:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Text: as it is inside `<pre>`, else with every run of white space as one blank."""
        if self.silent:
            return
        if not self.literal:
            data = re.sub(r"\s+", " ", data)
            if not self.parts or self.parts[-1][-1:].isspace():
                data = data.lstrip()
        if data:
            self.parts.append(data)

    def text(self) -> str:
        """What was collected, with tidy breaks."""
        whole = "".join(self.parts)
        whole = re.sub(r"[ \t]*\n[ \t]*(?=\n)|[ \t]+\n", "\n", whole)
        return re.sub(r"\n{3,}", "\n\n", whole).strip()
