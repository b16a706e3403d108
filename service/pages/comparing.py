"""From two texts of a post to what a page shows of their difference."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from service.kit.text import diff, plain
from service.pages.sources import in_one_line
from service.pages.views.frame import Form, Person
from service.pages.views.revisions import Change, Part
from service.threads.queries import Revision

MOST_PARTS: Final = 1_500
"""A difference in more pieces than this is shown as both texts: nobody could read it, and it makes a page of 2 MB."""

AROUND: Final = 200
"""Characters that are shown of what stayed, on each side of a change."""

LONGEST: Final = 20_000
"""Characters that are shown of words that went or came in one piece; the API gives all."""

LARGE: Final = 64_000
"""Characters from which on an imported HTML text is compared as it was stored, without being read first."""


def change(new: Revision, old: Revision | None, form: Form | None) -> Change:
    """What a text changed in the one before it; the first one is shown as it is."""
    author = Person(new.username, new.display_name)
    note = ""
    title: tuple[Part, ...] = ()
    text: tuple[Part, ...] = ()
    sources: tuple[tuple[Part, ...], ...] = ()
    if new.is_redacted:
        note = "A moderator removed this text."
    elif old is not None and old.is_redacted:
        note = "A moderator removed the text before this one, so there is nothing to compare it with."
    elif old is None:
        text = (Part("same", words_of(new)),)
    else:
        title = parts(old.title or "", new.title or "") if old.title != new.title else ()
        text = parts(words_of(old), words_of(new))
        sources = changed_sources(old, new)
        note = "" if title or text or sources else "Nothing that is shown changed."
    return Change(new.number, new.is_current, author, new.at, note, title, text, sources, form)


def words_of(revision: Revision) -> str:
    """The text as it is compared: Markdown as it was typed, imported HTML without its tags."""
    is_readable = revision.body_format == "html" and len(revision.body) <= LARGE
    return plain(revision.body) if is_readable else revision.body


def changed_sources(old: Revision, new: Revision) -> tuple[tuple[Part, ...], ...]:
    """The lines of the sources that went, came or changed. There are fifty at most, so `difflib` is quick enough."""
    before, after = ([in_one_line(each) for each in text.sources] for text in (old, new))
    lines: list[tuple[Part, ...]] = []
    for kind, begin, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            pairs = zip_longest(before[begin:end], after[first:last], fillvalue="")
            lines += [tuple(Part(*part) for part in diff(one, other)) for one, other in pairs]
    return tuple(lines)


def parts(old: str, new: str) -> tuple[Part, ...]:
    """The difference of two texts, ready to be read; empty where there is none."""
    found = diff(old, new)
    if all(kind == "same" for kind, _ in found):
        return ()
    if len(found) > MOST_PARTS:
        found = [("removed", old), ("added", new)]
    return tuple(shown(found))


def shown(found: Sequence[tuple[str, str]]) -> Iterator[Part]:
    """The parts, with a gap in what stayed for long and at the end of what is longer than a screen can hold."""
    for place, (kind, text) in enumerate(found):
        if kind == "same":
            yield from shortened(text, is_first=place == 0, is_last=place == len(found) - 1)
        else:
            yield Part(kind, text[:LONGEST].replace("\n", "↵\n") if text.isspace() else text[:LONGEST])
            if len(text) > LONGEST:
                yield Part("gap", "…")


def shortened(text: str, *, is_first: bool, is_last: bool) -> Iterator[Part]:
    """What stayed, without its middle where that is long: whole words around the changes beside it."""
    before, after = (0 if is_first else AROUND), (0 if is_last else AROUND)
    if len(text) <= before + after + AROUND:
        yield Part("same", text)
        return
    head, tail = text[:before], text[len(text) - after :]
    if before:
        yield Part("same", head.rpartition(" ")[0] or head)
    yield Part("gap", "…")
    if after:
        yield Part("same", tail.partition(" ")[2] or tail)
