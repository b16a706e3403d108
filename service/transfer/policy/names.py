"""Titles and names from elsewhere, made fit for one line of this site; what had to be changed is said."""

import unicodedata
from html import unescape
from typing import Final
from urllib.parse import unquote

from service.categories.models import MOST_SLUG
from service.kit.text import plain, slugify
from service.kit.text.check import NOT_IN_A_LINE, NOT_IN_TEXT
from service.tags.policy import MOST_TAGS, tag_name, tag_slug

MOST_TITLE: Final = 200
MOST_NAME: Final = 60
MOST_DESCRIPTION: Final = 300
FROM_TEXT: Final = 60
"""Characters of the text that stand in for a missing title."""


def line(text: str) -> str:
    """One line of text: NFC, without control characters and what turns text around, single blanks inside."""
    text = unicodedata.normalize("NFC", NOT_IN_A_LINE.sub(" ", text))
    return " ".join(NOT_IN_TEXT.sub("", text).split())


def short(text: str, most: int) -> str:
    """At most `most` characters, ended by "…" at a word's end."""
    return text if len(text) <= most else f"{text[: most - 1].rpartition(' ')[0] or text[: most - 1]}…"


def title_of(title: str, body_html: str) -> tuple[str, str]:
    """The title without its markup, and a remark where it could not stay: too long, or missing."""
    whole = line(plain(title))
    if len(whole) > MOST_TITLE:
        return short(whole, MOST_TITLE), f"its title has {len(whole)} characters; it was cut after {MOST_TITLE}"
    if whole:
        return whole, ""
    words = short(line(plain(body_html)), FROM_TEXT)
    return words or "Untitled", "it has no title; its first words stand in for one" if words else "it has no title"


def person(name: str) -> str | None:
    """A person's name as it is shown; None for somebody who gave none."""
    return short(line(unescape(name)), MOST_NAME) or None


def category_slug(slug: str, name: str) -> str:
    """A category's name in addresses, from the one it had (which may be percent-encoded) or from its name."""
    return slugify(unquote(slug, errors="replace") or name)[:MOST_SLUG].rstrip("-")


def tags_of(names: list[str]) -> tuple[list[str], list[str]]:
    """Of these names the first that may be a thread's tags, each once; and those that may not, or are too many."""
    taken: dict[str, str] = {}
    left: list[str] = []
    for typed in names:
        try:
            name = tag_name(line(unescape(typed)))
        except ValueError:
            left.append(short(line(unescape(typed)), MOST_NAME))
            continue
        slug = tag_slug(name)
        if slug in taken:
            continue
        if len(taken) < MOST_TAGS:
            taken[slug] = name
        else:
            left.append(name)
    return list(taken.values()), left
