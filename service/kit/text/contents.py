"""The list of contents of a long text, read from its rendered HTML."""

import re
from typing import Final

from service.kit.text.plain import excerpt
from service.kit.text.shape import heading_words

LEAST_HEADINGS: Final = 3
LONG: Final = 2_500
"""From how many characters on a text is long: some 400 words, more than one screen of any reader."""

MOST_ENTRIES: Final = 100
MOST_WORDS: Final = 120
"""Characters that one entry may have."""

TAG: Final = re.compile(r"<[^>]*>")
PLACE: Final = re.compile(
    r"<(?P<end>/?)(?:blockquote|li|section)\b[^>]*>"
    r'|<h(?P<level>[2-6]) id="(?P<id>[^"]*)">(?P<words>.*?)</h(?P=level)>',
    re.DOTALL,
)

Entry = tuple[int, str, str]
"""A heading: its level in the page (2 to 6), its id, its words."""


def contents(html: str) -> list[Entry]:
    """The headings of a rendered text that is long and has at least three of them; an empty list for any other.

    Headings inside quotations, lists and footnotes are somebody else's, or no part of the text's order, and are left
    out. Of more than 100 the deepest levels are; a text with more than 100 on its first level gets no list.
    """
    if len(html) < LONG or len(TAG.sub("", html)) < LONG:
        return []
    found = headings(html)
    while len(found) > MOST_ENTRIES:
        deepest = max(level for level, _, _ in found)
        found = [entry for entry in found if entry[0] < deepest]
    return found if len(found) >= LEAST_HEADINGS else []


def headings(html: str) -> list[Entry]:
    """The headings that stand in the text itself, in their order."""
    depth, found = 0, []
    for each in PLACE.finditer(html):
        if each["level"] is None:
            depth += -1 if each["end"] else 1
        elif depth == 0 and (words := excerpt(heading_words(each["words"]), MOST_WORDS)):
            found.append((int(each["level"]), each["id"], words))
    return found
