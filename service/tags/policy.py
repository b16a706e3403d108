"""What may be a tag's name, and when two names are one tag. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from service.kit.text import check_text, slugify

MOST_NAME: Final = 30
"""Characters of a name, after normalisation."""
MOST_TAGS: Final = 5
"""Tags of one thread."""

BLANKS: Final = re.compile(r"[ \u1680]+")
"""White space that NFKC leaves within a line: all other spaces of Unicode become U+0020."""
SIGN: Final = re.compile(r"(?<=[\w+#])[+#]")
"""The whole difference between some names (C, C++, C#), which slugs would drop; `#history` is history."""


def tag_name(typed: str) -> str:
    """A tag's name, cleaned: NFKC (UAX #15), no blank edges, single blanks inside, 1 to 30 characters.

    Raises:
        ValueError: what no line of text may hold (control characters, line breaks, …), a comma (forms separate names
            with it), no letter and no digit, or a length outside the limits. The message names the rule.
    """
    name = BLANKS.sub(" ", unicodedata.normalize("NFKC", typed))
    name = check_text(name, name="it", lines=False, most=MOST_NAME)
    if "," in name:
        raise ValueError("it holds a comma, which separates tags")
    if not any(character.isalnum() for character in name):
        raise ValueError("it needs a letter or a digit")
    return name


@lru_cache(maxsize=2_000)  # every list of threads asks for the same few
def tag_slug(name: str) -> str:
    """The name in addresses, and what makes two names one tag: `Reading  List`, `reading-list` and `#reading list`.

    Case, accents, punctuation and invisible characters make no difference; `C`, `C++` and `C#` are three tags. Empty
    for what can be no tag's name, having no letter and no digit.
    """
    seen = "".join(each for each in unicodedata.normalize("NFKC", name) if unicodedata.category(each) != "Cf")
    worded = SIGN.sub(lambda found: " plus " if found[0] == "+" else " sharp ", seen)
    return slugify(worded, wordless="")


def distinct(names: Iterable[str]) -> dict[str, str]:
    """Slug → name in the order typed; of two spellings of one tag the first stays."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(tag_slug(name), name)
    return found
