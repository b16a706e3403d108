"""The sources of a thread on its page ("Works Cited") and in the forms that write it.

A form has a row of fields for each source, `source-0-title` and so on, and works without scripts: “Add another source”
and “Remove” send the form and bring it back with everything typed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from service.kit.errors import FieldError, Problem
from service.pages.forms import MAX_FIELDS, Sent
from service.pages.rendering import day
from service.pages.views.frame import Form
from service.pages.views.sources import Cited, Entry, SourceRows
from service.threads.schemas.sources import MOST_SOURCES

MEMBERS: Final = ("author", "title", "container", "year", "url", "accessed", "note")
LABELS: Final = dict(
    zip(MEMBERS, ("author", "work", "published in", "year", "address", "day of reading", "note"), strict=True)
)
MOST_FIELDS: Final = MAX_FIELDS + len(MEMBERS) * (MOST_SOURCES + 1)
FIELD: Final = re.compile(r"source-(\d{1,2})-(\w+)")
REMOVE: Final = re.compile(r"remove-source-(\d{1,2})")
POINTER: Final = re.compile(r"/sources/(\d+)/(\w+)")
SUBJECT: Final = re.compile(r"\Athe (author|title|container|year|address|day|note) ")
"""What a rule's own sentence begins with: the form's label stands before it instead."""

ADD: Final = "add-source"
ENDS: Final = (".", "!", "?", "…")


def works_cited(stored: Sequence[Mapping[str, Any]]) -> tuple[Cited, ...]:
    """The sources as a bibliography writes them, in the order they were given."""
    return tuple(cited(source) for source in stored)


def cited(source: Mapping[str, Any]) -> Cited:
    """One source: Author. Title. Container, year. Address. Accessed day. Note."""
    read = source.get("accessed") or ""
    return Cited(
        author=sentence(source.get("author") or ""),
        title=source["title"],
        stop="" if is_ended(source["title"]) else ".",
        place=sentence(", ".join(part for part in (source.get("container"), source.get("year")) if part)),
        url=source.get("url") or "",
        shown_url=re.sub(r"^https?://", "", source.get("url") or "", flags=re.IGNORECASE).removesuffix("/"),
        accessed=day(datetime.combine(date.fromisoformat(read), datetime.min.time(), UTC)) if read else "",
        day=read,
        note=sentence(source.get("note") or ""),
    )


def sentence(words: str) -> str:
    """The words with a full stop, where they do not end a sentence by themselves."""
    return words if not words or is_ended(words) else f"{words}."


def is_ended(words: str) -> bool:
    """Whether the words end in a full stop or its like, inside quotation marks or brackets too."""
    return words.rstrip("”’\"')]»").endswith(ENDS)


def in_one_line(source: Mapping[str, Any]) -> str:
    """A source as plain text."""
    told = cited(source)
    accessed = f"Accessed {told.accessed}." if told.accessed else ""
    parts = (
        told.author,
        told.title + told.stop,
        told.place,
        told.shown_url and f"{told.shown_url}.",
        accessed,
        told.note,
    )
    return " ".join(part for part in parts if part)


def outline(stored: Sequence[Sequence[Any]], *, with_sources: bool) -> tuple[Entry, ...]:
    """The contents as a tree, each heading under the one before it of a higher level; "Works Cited" comes last."""
    entries = [(int(level), str(mark), str(words)) for level, mark, words in stored]
    if entries and with_sources:
        entries.append((0, "works-cited", "Works Cited"))
    return branches(entries)


def branches(entries: Sequence[tuple[int, str, str]]) -> tuple[Entry, ...]:
    """Entries that follow a higher one up to the next of its level stand under it."""
    made: list[Entry] = []
    at = 0
    while at < len(entries):
        level, mark, words = entries[at]
        end = next((n for n in range(at + 1, len(entries)) if entries[n][0] <= level), len(entries))
        made.append(Entry(mark, words, branches(entries[at + 1 : end])))
        at = end
    return tuple(made)


# The form.


def typed_sources(sent: Sent) -> list[dict[str, Any]] | None:
    """The sources that a form has; rows in which nothing was typed are none. None: the form has no such fields."""
    rows = typed_rows(sent.values)
    return None if not rows else [rows[number] for number in filled(rows)]


def typed_rows(values: Mapping[str, str]) -> dict[int, dict[str, Any]]:
    """Every row of the form by its number, as it was typed."""
    rows: dict[int, dict[str, Any]] = {}
    for name, value in values.items():
        found = FIELD.fullmatch(name)
        if found and found[2] in MEMBERS:
            rows.setdefault(int(found[1]), {})[found[2]] = value
    return dict(sorted(rows.items()))


def filled(rows: Mapping[int, Mapping[str, str]]) -> list[int]:
    """The numbers of the rows in which something was typed."""
    return [number for number, row in rows.items() if any(value.strip() for value in row.values())]


def stored_fields(stored: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The present sources as the values of a form."""
    return {
        f"source-{number}-{member}": source.get(member) or ""
        for number, source in enumerate(stored)
        for member in MEMBERS
    }


def rearranges(deed: str) -> bool:
    """Whether the button that was pressed only changes how many rows there are."""
    return deed == ADD or REMOVE.fullmatch(deed) is not None


def rearranged(sent: Sent) -> Sent:
    """The form without the row whose “Remove” was pressed; the ones behind it move up."""
    found = REMOVE.fullmatch(sent.deed)
    if found is None:
        return sent
    rows = [row for number, row in typed_rows(sent.values).items() if number != int(found[1])]
    others = {name: value for name, value in sent.values.items() if not FIELD.fullmatch(name)}
    moved = {f"source-{number}-{member}": value for number, row in enumerate(rows) for member, value in row.items()}
    return replace(sent, values=others | moved)


def source_rows(form: Form) -> SourceRows:
    """How many rows the form shows: those it has, and an empty one where it has none or one was asked for."""
    deed = form.value("do")
    rows = typed_rows(form.values)
    shown = max(rows, default=-1) + 1
    last_used = max(filled(rows), default=-1) + 1
    wanted = shown + 1 if deed == ADD else max(shown, last_used + 1)
    count = min(wanted, max(MOST_SOURCES, shown))
    wrong = any(error.name.startswith("source") for error in form.errors)
    return SourceRows(
        rows=count,
        is_open=bool(last_used) or wrong or rearranges(deed),
        may_add=count < MOST_SOURCES,
        added=count - 1 if deed == ADD and count > shown else None,
        rearranged=rearranges(deed),
    )


def at_fields(problem: Problem, sent: Sent) -> Problem:
    """The problem with its errors named as the form's fields are: `/sources/3/url` is wrong in `source-4-url`."""
    numbers = filled(typed_rows(sent.values))

    def renamed(error: FieldError) -> FieldError:
        found = POINTER.fullmatch(error.pointer)
        if found is None or int(found[1]) >= len(numbers):
            return error
        return FieldError(f"/source-{numbers[int(found[1])]}-{found[2]}", SUBJECT.sub("", error.detail))

    problem.errors = tuple(renamed(error) for error in problem.errors)
    return problem


def labels(sent: Sent) -> dict[str, str]:
    """What the form calls its fields of sources."""
    return {
        f"source-{number}-{member}": f"Source {number + 1}, {label}"
        for number in typed_rows(sent.values)
        for member, label in LABELS.items()
    }
