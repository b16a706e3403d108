"""What the generators share: headings, tables, and the first words of a docstring."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import service

GENERATED = "<!-- Written by `make docs` from the code. Change the code, not this page. -->"


class Undocumented(Exception):
    """Something that people rely on does not say what it is for. The message names it."""


def opening(title: str, introduction: str) -> str:
    """The top of a page."""
    return f"{GENERATED}\n\n# {title}\n\n{introduction.strip()}\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar in a cell is escaped, a line break becomes a space."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in lines
    )


def explained(thing: Any, what: str) -> str:
    """The first paragraph of the thing's own docstring, on one line. Raises Undocumented when it has none."""
    text = inspect.cleandoc(thing.__dict__.get("__doc__", None) or thing.__doc__ or "").split("\n\n")[0]
    if not text or text.startswith(f"{getattr(thing, '__name__', '')}("):  # a dataclass writes its own
        raise Undocumented(f"{what} has no docstring")
    return " ".join(text.split())


def import_all() -> None:
    """Import every module of `service`, so that every problem and event class exists."""
    for module in pkgutil.walk_packages(service.__path__, "service."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def below(base: type) -> list[type]:
    """All subclasses of a class, each once, sorted by module and name.

    A dataclass with slots is a copy of the class that was written, which lives on unnamed: that one is left out.
    """
    found: set[type] = set()
    waiting = [base]
    while waiting:
        children: list[type] = waiting.pop().__subclasses__()
        for child in children:
            if child not in found and child.__module__.startswith("service."):
                found.add(child)
                waiting.append(child)
    found = {kind for kind in found if getattr(sys.modules[kind.__module__], kind.__name__, None) is kind}
    return sorted(found, key=lambda kind: (kind.__module__, kind.__qualname__))
