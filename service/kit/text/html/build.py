"""What each tag does to the sheet that is being written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from service.kit.text.html import links
from service.kit.text.html.names import (
    BLOCKS,
    BREAKS,
    DEEPEST,
    ENDING,
    HEADINGS,
    INLINE,
    INLINE_DEEPEST,
    INSTEAD,
    ITEMS,
    MEDIA,
    PHRASING,
    TABLE_ENDS,
    TABLE_PARTS,
)  # isort: skip  # fmt: skip
from service.kit.text.html.sheet import BLANK_LINE, Inline, Sheet
from service.kit.text.html.tokens import Token


@dataclass(slots=True)
class Builder(Sheet):
    """Takes tokens, one after the other; `build` gives the result.

    `media` is the player whose content is being passed over, `media_words` how its link begins; `ignored` counts start
    tags that were not taken, so that their end tags are not either; `marked` are the places that have been marked.
    """

    media: str = ""
    media_words: str = ""
    told_media: bool = False
    ignored: dict[str, int] = field(default_factory=dict)
    marked: set[str] = field(default_factory=set)

    def build(self, tokens: Iterable[Token]) -> str:
        """The whole result. Raises TooMuch."""
        for token in tokens:
            if token.kind == "text":
                self.text(token.text)
            elif token.kind == "start":
                self.start(token.name, token.attributes)
            elif token.kind == "end":
                self.end(token.name)
        self.end_paragraph()
        self.inlines.clear()
        while self.blocks:
            self.close_top()
        return "".join(self.out)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        tag = INSTEAD.get(tag, tag)
        if self.media:
            self._tell_media(attributes.get("src", "") if tag in ("source", "embed") else "")
        elif tag in MEDIA:
            self._start_media(tag, attributes)
        elif tag in INLINE:
            self._start_inline(tag, attributes)
        elif tag in BLOCKS:
            self._start_block(tag, attributes)
        elif tag in BREAKS:
            self.end_paragraph()
        else:
            self._start_other(tag, attributes)
        for name in ("id", "name"):
            self._mark(attributes.get(name, ""))

    def _start_other(self, tag: str, attributes: dict[str, str]) -> None:
        """The four that have a way of their own; whatever else there is leaves no trace."""
        if tag == "img":
            self._image(attributes)
        elif tag == "br":
            self.line_break()
        elif tag == "hr":
            self._rule()
        elif tag == "p":
            self._paragraph()

    def end(self, tag: str) -> None:
        """An end tag."""
        tag = INSTEAD.get(tag, tag)
        if self.media:
            self.media = "" if tag == self.media else self.media
        elif self.ignored.get(tag):
            self.ignored[tag] -= 1
        elif tag in INLINE:
            self.end_inline(tag)
        elif tag in BLOCKS:
            self._end_block(tag)
        elif tag in BREAKS or tag == "p":
            self.end_paragraph()

    def text(self, text: str) -> None:
        """Characters between tags."""
        if self.media:
            return
        if self.top() == "pre":
            self.literal(text)
        elif not self.automatic:
            self.words(text)
        else:
            for number, paragraph in enumerate(BLANK_LINE.split(text.replace("\r\n", "\n"))):
                if number:
                    self.blank_line()
                self._lines(paragraph)

    def _lines(self, text: str) -> None:
        """Text without blank lines: every line end breaks the line."""
        for place, line in enumerate(text.split("\n")):
            if place and not self.fresh:
                self.breaks = max(self.breaks, 1)
            self.words(line)

    def _paragraph(self) -> None:
        if self.top() == "pre":
            return
        if self.top() in PHRASING:
            self.breaks = 0 if self.fresh else 2
            return
        self.end_paragraph()
        if self.blocks and not self.blocks[-1].ended:
            self.blocks[-1].broken = True

    def _rule(self) -> None:
        if self.top() in PHRASING:
            return
        self.end_paragraph()
        if self.top() in ITEMS:
            self.open(ITEMS[self.top()])
        self.write("<hr>\n")
        self.see()

    def _start_inline(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "a":
            self.end_inline("a")
        if len(self.inlines) >= INLINE_DEEPEST:
            self.ignored[tag] = self.ignored.get(tag, 0) + 1
            return
        kept = links.inline_attributes(tag, attributes, self.token, self.marks)
        self.inlines.append(Inline(tag, kept, len(self.blocks)))

    def _mark(self, name: str) -> None:
        """A place that a link of this text points at."""
        if name in self.marks and name not in self.marked and self.top() not in TABLE_PARTS:
            self.marked.add(name)
            self.say(f'<span id="{self.token}-at-{escape(name)}"></span>')

    def _image(self, attributes: dict[str, str]) -> None:
        words = links.image_words(attributes)
        href = links.usable(attributes.get("src", ""), self.token, frozenset())
        if not words:
            return
        inside_link = any(inline.tag == "a" and inline.shown for inline in self.inlines)
        said = escape(words, quote=False)
        if inside_link or not href or links.is_letter(attributes) or self.top() == "pre":
            self.say(said)
        else:
            self.say(f'<a href="{escape(href)}">{said}</a>')

    def _start_media(self, tag: str, attributes: dict[str, str]) -> None:
        """A player or a frame: a link in its place; what it holds for old browsers is passed over."""
        self.media, self.media_words = "" if tag in ("iframe", "embed") else tag, MEDIA[tag]
        self.told_media = "wp-block-file__embed" in attributes.get("class", "")  # the link to the file follows it
        self._tell_media(attributes.get("src", "") or attributes.get("data", ""))

    def _tell_media(self, address: str) -> None:
        href = links.usable(address, self.token, frozenset())
        if self.told_media or not href:
            return
        self.told_media = True
        self.end_inline("a")
        self.say(f'<a href="{escape(href)}">{escape(links.file_words(self.media_words, href), quote=False)}</a>')

    def _start_block(self, tag: str, attributes: dict[str, str]) -> None:
        top = self.top()
        if tag in HEADINGS and top in HEADINGS:
            self.close_top()
        elif top == "pre" or (top in PHRASING and tag not in ENDING | TABLE_ENDS.keys()):
            self._ignore(tag)
            self.breaks = 0 if self.fresh else 1
            return
        self.end_paragraph()
        if not self._make_room(tag):
            return
        if len(self.blocks) >= DEEPEST:
            self._ignore(tag)
        else:
            self.open(tag, links.block_attributes(tag, attributes))

    def _ignore(self, tag: str) -> None:
        self.ignored[tag] = self.ignored.get(tag, 0) + 1

    def _make_room(self, tag: str) -> bool:
        """End what cannot hold `tag`, or open what it needs around it; False where it cannot stand at all."""
        if tag in TABLE_ENDS:
            return self._close_to("table", TABLE_ENDS[tag])
        if tag == "li":
            return self._close_to_list(("ul", "ol"))
        if tag in ("dt", "dd"):
            return self._close_to_list(("dl",))
        if self.top() in ITEMS:
            self.open(ITEMS[self.top()])
        elif self.blocks and self.blocks[-1].ended:
            self.blocks[-1].ended = False
        return True

    def _close_to(self, within: str, keep: frozenset[str]) -> bool:
        """End blocks until one of `keep` is on top, in the nearest `within`; False when there is none around."""
        place = self.find(within)
        if place < 0:
            return False
        while len(self.blocks) - 1 > place and self.top() not in keep:
            self.close_top()
        return True

    def _close_to_list(self, lists: tuple[str, ...]) -> bool:
        place = max(self.find(each) for each in lists)
        if place < 0:
            return False
        while len(self.blocks) - 1 > place:
            self.close_top()
        return True

    def _end_block(self, tag: str) -> None:
        place = self.find(tag)
        if place < 0:
            self.end_paragraph()
            return
        self.end_paragraph()
        while len(self.blocks) - 1 > place:
            self.close_top()
        if tag in ENDING:
            self.forget_inlines()
            self.blocks[-1].ended = True
        else:
            self.close_top()
