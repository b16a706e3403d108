"""Titles and names, folded for addresses, for comparison, and against look-alikes."""

import unicodedata
from typing import Final

SLUG_LENGTH: Final = 80

LOOK_ALIKES: Final = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "m": "rn"})
"""The ASCII part of the confusables of UTS #39 (its table has 0→O, 1→l, I→l, |→l, m→rn), after case-folding: since
"I" looks like "l", so must "i"."""


def fold(text: str) -> str:
    """The text for matching: NFKC, case-folded, NFKC again (folding can undo the form; UAX #15 section 8)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def username_key(name: str) -> str:
    """What two usernames share when a reader could take one for the other: `PauI`, `paul` and `pau1` are one name."""
    return fold(name).translate(LOOK_ALIKES)


def slugify(title: str, *, wordless: str = "thread") -> str:
    """The title for an address: words of lower-case letters and digits joined by hyphens, 1 to 80 characters.

    Latin letters lose their accents; other scripts stay readable in their own letters. A title without any letter or
    digit gives `wordless`.
    """
    spaced = "".join(letter(character) for character in fold(title))
    words = [word for word in spaced.split() if any(character.isalnum() for character in word)]
    slug = "-".join(words)
    if len(slug) > SLUG_LENGTH:
        slug = slug[: SLUG_LENGTH + 1].rpartition("-")[0] or slug[:SLUG_LENGTH]
    return slug or wordless


def letter(character: str) -> str:
    """A character's part in a slug: itself, its ASCII base, nothing for an apostrophe, or a space."""
    if character in "'’":
        return ""
    base = unicodedata.normalize("NFKD", character)[0]
    if base.isascii() and base.isalnum():
        return base
    return character if unicodedata.category(character)[0] in "LMN" else " "
