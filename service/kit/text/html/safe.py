"""The last step of an imported post's way into a page: only what the allow-list names is left."""

import re
from typing import Final

from service.kit.text import sanitiser
from service.kit.text.html.links import MARK
from service.kit.text.render import HEADING_MARK, HEADINGS, HREF, own_mark
from service.kit.text.render import TAGS as MARKDOWN_TAGS
from service.kit.text.render import VALUES as MARKDOWN_VALUES
from service.kit.text.sanitiser import Allowed

TAGS: Final = MARKDOWN_TAGS | {
    "abbr", "b", "bdi", "bdo", "caption", "cite", "dd", "details", "dfn", "dl", "dt", "figcaption", "figure", "i",
    "ins", "kbd", "mark", "q", "s", "samp", "small", "sub", "summary", "tfoot", "u", "var",
}  # fmt: skip
"""What a blog's text may have beside what Markdown makes."""

VALUES: Final = MARKDOWN_VALUES | {
    ("abbr", "title"): re.compile(r"[^\x00-\x1f]*"),
    ("dfn", "title"): re.compile(r"[^\x00-\x1f]*"),
    ("ol", "reversed"): re.compile(r"(reversed|true)?"),
    ("li", "value"): re.compile(r"-?\d{1,9}"),
    ("th", "colspan"): re.compile(r"\d{1,2}"),
    ("td", "colspan"): re.compile(r"\d{1,2}"),
    ("th", "rowspan"): re.compile(r"\d{1,3}"),
    ("td", "rowspan"): re.compile(r"\d{1,3}"),
}
MARKED: Final = {"a": {"href"}, "span": {"id"}} | {tag: {"id"} for tag in HEADINGS}
ALLOWED: Final = Allowed(TAGS, VALUES, MARKED)

LONG_TEXT: Final = re.compile(r">([^<]{10000,})")
SOME_WRITTEN_APART: Final = re.compile("(?:[&\u00a0][^&\u00a0]*){1000}")


def part_long_texts(html: str) -> str:
    """Well-formed HTML with an empty comment after every thousand `&` and no-break spaces of a text.

    For each of these the sanitiser's writer looks through the rest of its text for a `<`: a megabyte of `&` took it
    seven seconds. It drops the comments, and the texts on both sides of one stay apart. No entity is cut.
    """
    return LONG_TEXT.sub(lambda found: f">{SOME_WRITTEN_APART.sub(_and_a_comment, found[1])}", html)


def _and_a_comment(found: re.Match[str]) -> str:
    return f"{found[0]}<!---->"


def sanitise(html: str, token: str) -> str:
    """Only what the lists above name, and addresses and ids that are asked about. Repeating it changes nothing."""

    def ask(tag: str, name: str, value: str) -> str | None:
        if name == "id" and tag in HEADINGS:
            return own_mark(value, token, HEADING_MARK)
        if name == "id" or value.startswith(f"#{token}-at-"):
            bare = value.removeprefix("#").removeprefix(f"{token}-at-")
            return value if MARK.fullmatch(bare) and value.removeprefix("#") == f"{token}-at-{bare}" else None
        return value if HREF.fullmatch(value) else None

    return sanitiser.sanitise(part_long_texts(html), ALLOWED, ask)
