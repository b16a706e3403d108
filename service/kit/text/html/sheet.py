"""From tokens to well-formed HTML: shallow, balanced, in paragraphs, and fit for a page of Parley.

No parser that follows the standard is used for this. The standard repeats open inline elements in every paragraph that
follows (WHATWG HTML 13.2.4.3), so that 33 KB of `<b class=1><p><b class=2><p>…` become 14 MB in half a gigabyte of
memory. Here every element ends where its block ends, nesting stops at a depth, and the output has a limit.
"""

import re
from dataclasses import dataclass, field
from html import escape
from typing import Final

from service.kit.text.html import links
from service.kit.text.html.names import FLOW, ITEMS, PHRASING, TABLE_ENDS, TABLE_PARTS

BLANK_LINE: Final = re.compile(r"\n[ \t\r]*\n\s*")
SPACES: Final = re.compile(r"[ \t\r\n\f]+")


class TooMuch(Exception):
    """The output has passed its limit."""


@dataclass(slots=True)
class Block:
    """An open block: its tag, where its start tag stands in the output, and whether anything can be seen in it.

    `ended` is a list item whose end was read but not yet written: a list that follows belongs into it. `broken` is a
    block in which a paragraph has ended, so that the words that follow are one too.
    """

    tag: str
    at: int
    seen: bool = False
    ended: bool = False
    broken: bool = False


@dataclass(slots=True)
class Inline:
    """An open inline element: `level` is how many blocks were open when it began; `at` where it is written, or -1."""

    tag: str
    attributes: str
    level: int
    at: int = -1

    @property
    def shown(self) -> bool:
        """Whether it is kept: a link to nowhere keeps its words only."""
        return self.tag != "a" or bool(self.attributes)


@dataclass(slots=True)
class Sheet:
    """The page that is being written: open blocks, open inline elements, a paragraph or none, line breaks that wait.

    `automatic`: blank lines part paragraphs and line ends break lines, as WordPress does. `marks` are the ids that
    links of this text point at; `token` makes them this post's own. `most` is the limit of the output in characters.
    """

    token: str
    automatic: bool
    marks: frozenset[str]
    most: int
    out: list[str] = field(default_factory=list)
    size: int = 0
    blocks: list[Block] = field(default_factory=list)
    inlines: list[Inline] = field(default_factory=list)
    in_paragraph: bool = False
    fresh: bool = True
    breaks: int = 0

    def words(self, text: str) -> None:
        """Words on one line, with their addresses as links."""
        text = SPACES.sub(" ", text)
        if self.fresh or self.breaks or (self.out and self.out[-1].endswith(" ")):
            text = text.lstrip(" ")
        if not text:
            return
        if not text.strip(" "):
            if not (self.fresh or self.is_frame()):
                self.write(" ")
            return
        if not text.strip() and (self.fresh or self.is_frame()):
            return
        inside = {inline.tag for inline in self.inlines}
        if "://" in text and not inside & {"a", "code", "kbd", "samp"}:
            for piece in links.split(text):
                self.linked(piece)
        else:
            self.say(escape(text, quote=False))

    def linked(self, piece: str) -> None:
        """Words, or an address as a link to itself."""
        href = links.usable(piece, self.token, self.marks) if piece.lower().startswith(links.STARTS) else ""
        words = escape(piece, quote=False)
        self.say(f'<a href="{escape(href)}">{words}</a>' if href else words)

    def literal(self, text: str) -> None:
        """Text of a `<pre>`: as it is, without the line end that may follow the tag."""
        block = self.blocks[-1]
        text = text.replace("\r\n", "\n")
        if not block.seen and not block.broken:
            text, block.broken = text.removeprefix("\n"), True
        if text:
            self.open_inlines()
            self.write(escape(text, quote=False))
            self.see()

    def say(self, html: str) -> None:
        """Write inline HTML where it belongs: into a paragraph, after the line breaks that wait."""
        self.open_paragraph()
        if self.breaks and not self.fresh:
            self.write("<br>" * min(self.breaks, 3))
        self.breaks = 0
        if html.startswith("<a ") and self._after_a_link():
            self.write(" ")  # two links side by side are two words, however a style sheet set them apart
        self.open_inlines()
        self.write(html)
        self.fresh = False
        self.see()

    def _after_a_link(self) -> bool:
        return bool(self.out) and self.out[-1].endswith("</a>")

    def see(self) -> None:
        """Something can be seen in whatever is open."""
        for block in self.blocks:
            block.seen = True

    def write(self, html: str) -> None:
        """Add to the output. Raises TooMuch."""
        self.out.append(html)
        self.size += len(html)
        if self.size > self.most:
            raise TooMuch

    def top(self) -> str:
        """The tag of the innermost open block; "" for the text itself."""
        return self.blocks[-1].tag if self.blocks else ""

    def is_frame(self) -> bool:
        """Whether words here would stand between the parts of a list or a table."""
        return self.top() in ITEMS or self.top() in TABLE_PARTS

    def open_paragraph(self) -> None:
        """Make sure that inline content may follow."""
        if self.in_paragraph:
            return
        if self.top() in ITEMS:
            self.open(ITEMS[self.top()])
        elif self.blocks and self.blocks[-1].ended:
            self.blocks[-1].ended = False
        if self.top() in FLOW or (self.blocks and self.blocks[-1].broken and self.top() not in PHRASING):
            self.write("<p>")
            self.in_paragraph = self.fresh = True

    def end_paragraph(self) -> None:
        """End the paragraph that is open, and whatever inline is written in it; they go on in the next."""
        self.write_inline_ends(0)
        if self.in_paragraph:
            self.write("</p>\n")
        self.in_paragraph, self.fresh, self.breaks = False, True, 0

    def blank_line(self) -> None:
        """A blank line parts two paragraphs, or two lines where there are none."""
        if self.top() in PHRASING:
            self.breaks = 0 if self.fresh else 2
        elif not self.is_frame() and not self.fresh:
            self.end_paragraph()
            if self.blocks:
                self.blocks[-1].broken = True

    def line_break(self) -> None:
        """A `<br>`; two of them make a blank line, as WordPress reads them."""
        if self.top() == "pre":
            self.literal("\n")
        elif not self.fresh:
            self.breaks += 1
            if self.automatic and self.breaks > 1:
                self.blank_line()

    def end_inline(self, tag: str) -> None:
        """End the innermost of this name; what is open inside it ends with it and begins again after it."""
        for place in range(len(self.inlines) - 1, -1, -1):
            if self.inlines[place].tag == tag:
                self.write_inline_ends(place)
                del self.inlines[place]
                return

    def open_inlines(self) -> None:
        """Write the start tags that wait: an element in which nothing is said leaves no trace."""
        for inline in self.inlines:
            if inline.at < 0:
                if inline.shown and inline.tag == "a" and self._after_a_link():
                    self.write(" ")
                inline.at = len(self.out)
                self.write(f"<{inline.tag}{inline.attributes}>" if inline.shown else "")

    def write_inline_ends(self, place: int) -> None:
        """Write end tags from the innermost to the one at `place`; the elements stay open and wait again."""
        for inline in reversed(self.inlines[place:]):
            if inline.at >= 0:
                self.write(f"</{inline.tag}>" if inline.shown else "")
                inline.at = -1

    def find(self, tag: str) -> int:
        """Where the innermost `tag` is among the open blocks, but not outside of a table's cell; -1 for nowhere."""
        for place in range(len(self.blocks) - 1, -1, -1):
            if self.blocks[place].tag == tag:
                return place
            if self.blocks[place].tag in ("td", "th") and tag not in TABLE_PARTS | TABLE_ENDS.keys():
                return -1
        return -1

    def open(self, tag: str, attributes: str = "") -> None:
        """Write a start tag that may stand here."""
        self.blocks.append(Block(tag, len(self.out)))
        self.write(f"<{tag}{attributes}>")
        self.fresh, self.breaks = True, 0

    def forget_inlines(self) -> None:
        """Inline elements that began in the innermost block end with it, even when nobody said so."""
        self.inlines = [inline for inline in self.inlines if inline.level < len(self.blocks)]

    def close_top(self) -> None:
        """End the innermost block."""
        self.end_paragraph()
        self.forget_inlines()
        block = self.blocks.pop()
        if block.seen or block.tag in ("td", "th", "li", "dd", "dt"):
            self.write(f"</{block.tag}>\n")
        if not block.seen:
            self.take_back(block)
        self.fresh, self.breaks = True, 0

    def take_back(self, block: Block) -> None:
        """A block in which nothing can be seen: only a cell keeps its place, and an empty heading cell is none."""
        if block.tag in ("td", "th"):
            self.out[block.at] = self.out[block.at].replace("<th", "<td", 1)
            self.out[-1] = "</td>\n"
        else:
            self.out[block.at :] = [""]
