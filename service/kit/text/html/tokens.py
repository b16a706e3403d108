"""HTML, however it is written, as a row of tokens, in one pass over the text.

The rules are those of WHATWG HTML section 13.2.5 as far as a blog's texts need them. What a browser would take for an
unclosed tag at the end of the text is text here, so that nothing readable is lost.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final

NAME: Final = re.compile(r"[a-zA-Z][^\s/>]*")
BETWEEN: Final = re.compile(r"[\s/]*")
ATTRIBUTE: Final = re.compile(r"=?[^\s/>=]*")
EQUALS: Final = re.compile(r"\s*=\s*")
BARE: Final = re.compile(r"[^\s>]*")
SILENT: Final = frozenset(
    {"script", "style", "template", "noscript", "title", "svg", "math", "iframe", "xmp", "noembed"}
)
"""Elements whose content nobody reads: passed over up to their end tag."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: `kind` is `text`, `start`, `end` or `comment`.

    `text` is the text with its entities resolved, or the comment; `name` a tag's in small letters; `attributes` have
    their entities resolved; `span` is where a tag stands in the source.
    """

    kind: str
    text: str = ""
    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as it stands in the source: where its value is, quotes included."""

    name: str
    value: str
    span: tuple[int, int]


def tokenize(html: str) -> Iterator[Token]:
    """The tokens of `html`, in order; linear in its length."""
    at = 0
    while at < len(html):
        opening = html.find("<", at)
        if opening != at:
            end = len(html) if opening < 0 else opening
            yield Token("text", unescape(html[at:end]))
            at = end
            continue
        token, at = _markup(html, at)
        yield token
        if token.kind == "start" and token.name in SILENT:
            at = _past(html, at, token.name)


def _markup(html: str, at: int) -> tuple[Token, int]:
    """The token that begins with the `<` at `at`, and where it ends."""
    if html.startswith("<!--", at):
        end = html.find("-->", at + 4)
        return Token("comment", html[at + 4 : end if end >= 0 else len(html)]), end + 3 if end >= 0 else len(html)
    following = html[at + 1 : at + 2]
    if following in ("!", "?"):
        end = html.find(">", at)
        return Token("comment"), end + 1 if end >= 0 else len(html)
    is_end = following == "/"
    name = NAME.match(html, at + 1 + is_end)
    if name is None:
        return Token("text", "<"), at + 1
    found = read_attributes(html, name.end())
    if found is None:  # an unclosed tag: the rest of the text, read once and not again from every `<` in it
        return Token("text", unescape(html[at:])), len(html)
    attributes, end = found
    values = {each.name: each.value for each in reversed(attributes)}  # of two of one name the first counts
    return Token("end" if is_end else "start", name=name[0].lower(), attributes=values, span=(at, end)), end


def read_attributes(html: str, at: int) -> tuple[list[Attribute], int] | None:
    """The attributes from `at` to the tag's `>`, and the place after it; None when the tag never ends."""
    attributes: list[Attribute] = []
    while True:
        at = _end(BETWEEN, html, at)
        if at >= len(html):
            return None
        if html[at] == ">":
            return attributes, at + 1
        after_name = _end(ATTRIBUTE, html, at)
        name, at = html[at:after_name].lower(), after_name
        equals = EQUALS.match(html, at)
        if equals is None:
            attributes.append(Attribute(name, "", (at, at)))
            continue
        begin = equals.end()
        quote = html[begin : begin + 1]
        if quote and quote in "\"'":
            closing = html.find(quote, begin + 1)
            if closing < 0:
                return None
            at, value = closing + 1, html[begin + 1 : closing]
        else:
            at = _end(BARE, html, begin)
            value = html[begin:at]
        attributes.append(Attribute(name, unescape(value), (begin, at)))


def _end(pattern: re.Pattern[str], html: str, at: int) -> int:
    """Where a pattern that always matches ends."""
    found = pattern.match(html, at)
    return found.end() if found else at


def _past(html: str, at: int, name: str) -> int:
    """After the end tag of an element that is passed over; the end of the text when there is none."""
    closing = re.compile(rf"</{name}\b[^>]*>?", re.IGNORECASE).search(html, at)
    return closing.end() if closing else len(html)
