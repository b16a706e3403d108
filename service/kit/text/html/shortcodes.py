"""WordPress's own marks in a text, turned into HTML: captions, players, galleries, block comments.

A shortcode that WordPress does not know is shown by WordPress as it was typed, and so it is here.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Final

NAMES: Final = ("caption", "wp_caption", "gallery", "playlist", "audio", "video", "embed")
OPENING: Final = re.compile(rf"(\[?)\[({'|'.join(NAMES)})(?=[\s\]/])([^\[\]]{{0,2000}})\](\]?)")
ATTRIBUTE: Final = re.compile(r"""\b([\w-]{1,40})\s{0,5}=\s{0,5}(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""")
IMAGE: Final = re.compile(r"\s*(<a\s[^>]*>\s*)?<img\s[^>]*>(\s*</a>)?", re.IGNORECASE)
SOURCES: Final = ("src", "mp3", "m4a", "ogg", "wav", "wma", "mp4", "m4v", "webm", "ogv", "flv", "wmv")
BLOCK: Final = re.compile(r"<!--\s*/?wp:")
FILLED: Final = re.compile(r"<!--\s*wp:([a-z][\w/-]{0,60})[^<>]{0,2000}/-->")
EMPTY: Final = frozenset({"more", "nextpage", "spacer", "separator"})
PAGE_BREAK: Final = re.compile(r"<!--\s*(?:more|nextpage)\b[^>]{0,200}-->")


def filled_elsewhere(html: str) -> list[str]:
    """The parts of a text that only WordPress can fill when it shows the page: names of its blocks and shortcodes."""
    blocks = (found[1] for found in FILLED.finditer(html))
    codes = (found[2] for found in OPENING.finditer(html) if found[2] in ("gallery", "playlist") and not found[1])
    return sorted({name for name in (*blocks, *codes) if name not in EMPTY})


def has_blocks(html: str) -> bool:
    """Whether the block editor wrote the text: then its paragraphs are marked up and line ends mean nothing."""
    return BLOCK.search(html) is not None


def expand(html: str) -> str:
    """The text with WordPress's shortcodes as HTML; linear in its length."""
    html = PAGE_BREAK.sub("\n\n", html)
    if "[" not in html:
        return html
    parts: list[str] = []
    at = 0
    closings: dict[str, int] = {}
    while found := OPENING.search(html, at):
        parts.append(html[at : found.start()])
        if found[1] and found[4]:  # [[gallery]] is how WordPress writes about a shortcode
            parts.append(found[0][1:-1])
            at = found.end()
            continue
        written, at = _one(html, found, closings)
        parts.append(found[1] + written)
    parts.append(html[at:])
    return "".join(parts)


def _one(html: str, found: re.Match[str], closings: dict[str, int]) -> tuple[str, int]:
    """One shortcode as HTML, and where the text goes on.

    `closings` keeps where the next end mark of a name was found: to look for it again from every opening would take
    a time that grows with the square of the text.
    """
    name, end, content = found[2], found.end() - len(found[4]), ""
    if closings.get(name, 0) < end:
        place = html.find(f"[/{name}]", end)
        closings[name] = place if place >= 0 else len(html) + 1
    closing = closings[name]
    another = html.find(f"[{name}", end)
    if closing <= len(html) and not found[3].endswith("/") and not 0 <= another < closing:
        content, end = html[end:closing], closing + len(name) + 3
    values = {each[1].lower(): each[2] or each[3] or each[4] or "" for each in ATTRIBUTE.finditer(unescape(found[3]))}
    return WRITERS[name](values, content), end


def _caption(values: dict[str, str], content: str) -> str:
    """A picture with the words under it: given inside after the picture, or (before 2012) as an attribute."""
    image = IMAGE.match(content)
    picture, words = (image[0], content[image.end() :]) if image else (content, "")
    words = words.strip() or escape(values.get("caption", ""))
    return f"\n\n<figure>{picture}<figcaption>{words}</figcaption></figure>\n\n"


def _embed(values: dict[str, str], content: str) -> str:
    """Something from elsewhere: its address."""
    return f"\n\n{content.strip() or escape(values.get('src', ''))}\n\n"


def _player(kind: str) -> Callable[[dict[str, str], str], str]:
    """A player: a link to its file."""

    def write(values: dict[str, str], content: str) -> str:
        address = next((values[name] for name in SOURCES if values.get(name)), "")
        if not address:
            return content
        return f'\n\n<{kind} src="{escape(address)}"></{kind}>\n\n'

    return write


def _instead(words: str) -> Callable[[dict[str, str], str], str]:
    """What only WordPress can fill: a sentence that says what stood here."""

    def write(values: dict[str, str], content: str) -> str:
        return f"\n\n<p><em>{words}</em></p>\n\n{content}"

    return write


WRITERS: Final[dict[str, Callable[[dict[str, str], str], str]]] = {
    "caption": _caption,
    "wp_caption": _caption,
    "embed": _embed,
    "audio": _player("audio"),
    "video": _player("video"),
    "gallery": _instead("A gallery of pictures stood here."),
    "playlist": _instead("A playlist stood here."),
}
