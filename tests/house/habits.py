"""The rules that are read off one Python file, each with the story of why it exists and a snippet that breaks it.

A remark made twice in review becomes a habit here. `test_habits.py` holds every file of `service` to every habit,
and every habit to its own bad snippet, so that none of them can fall asleep.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.house.tree import BELOW_THE_DOORS, Source

Remark = tuple[int, str]
"""Where a file breaks a habit: the line, and what was found there."""


NAMED_BY_OTHERS = {
    "handle_data": "html.parser.HTMLParser calls it",
    "handle_DATA": "aiosmtpd calls it",
    "data": "xml.etree's XMLParser calls it",
    "data_received": "asyncio.Protocol's owner calls it",
    "get_route_handler": "fastapi.routing.APIRoute calls it",
}
"""Methods whose names a library chose: each replaces or answers one of the library's own."""


@dataclass(frozen=True)
class Habit:
    """One rule: its name, why it exists, the files it holds for, how it is seen, and a file that breaks it.

    `bad` is (path, text): the text, at that path, must draw a remark.
    """

    name: str
    story: str
    applies: Callable[[Source], bool]
    look: Callable[[Source], Iterator[Remark]]
    bad: tuple[str, str]


def dotted(node: ast.expr) -> str:
    """`session.add` for the expression that says so; empty for anything that is not a chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""


def calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Every call in the file, with the dotted name of what is called."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def commits(source: Source) -> Iterator[Remark]:
    """Calls of anything's `.commit()`."""
    return ((node.lineno, f"{name}()") for node, name in calls(source) if name.endswith(".commit"))


def session_writes(source: Source) -> Iterator[Remark]:
    """`session.add`, `add_all`, `delete` and `merge`, under whatever name the session goes."""
    for node, name in calls(source):
        owner, _, verb = name.rpartition(".")
        if "session" in owner.lower() and verb in {"add", "add_all", "delete", "merge"}:
            yield node.lineno, f"{name}()"


def statements(*names: str) -> Callable[[Source], Iterator[Remark]]:
    """A look that remarks on imports of these SQL statements."""

    def look(source: Source) -> Iterator[Remark]:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"sqlalchemy", "sqlmodel"}:
                for alias in node.names:
                    if alias.name in names:
                        yield node.lineno, f"imports {alias.name} from {node.module}"

    return look


def awaits(source: Source) -> Iterator[Remark]:
    """`await`, `async def`, `async for` and `async with`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Await | ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno, type(node).__name__


def empty_words(source: Source) -> Iterator[Remark]:
    """Modules, classes and functions named manager, helper, util, handler, data or info; classes named service."""
    never = {"manager", "helper", "util", "handler", "data", "info"}
    named = [(1, source.path.stem, never)]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            named.append((node.lineno, node.name, never))
        elif isinstance(node, ast.ClassDef):
            named.append((node.lineno, node.name, never | {"service"}))
    for line, name, forbidden in named:
        words = {word.lower().removesuffix("s") for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}
        if name not in NAMED_BY_OTHERS and words & {word.removesuffix("s") for word in forbidden}:
            yield line, name


def bare_names(source: Source) -> Iterator[Remark]:
    """Modules, public classes, and public functions and methods of them, that have no docstring.

    An overload needs none, nor does a function inside a function: its reader already reads the outer one's.
    """

    def missing(body: list[ast.stmt]) -> Iterator[Remark]:
        for node in body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if node.name.startswith("_") or any(dotted(d).endswith("overload") for d in node.decorator_list):
                continue
            if ast.get_docstring(node) is None:
                yield node.lineno, node.name
            if isinstance(node, ast.ClassDef):
                yield from missing(node.body)

    if ast.get_docstring(source.tree) is None:
        yield 1, "the module"
    yield from missing(source.tree.body)


def front_plate(source: Source) -> Iterator[Remark]:
    """A room's `__init__` that says less than a sentence, or that does anything."""
    plate = ast.get_docstring(source.tree) or ""
    if len(plate) < 80:
        yield 1, f"a front plate of {len(plate)} characters"
    for node in source.tree.body[1:]:
        yield node.lineno, "code in the front plate"


def too_long(limit: int) -> Callable[[Source], Iterator[Remark]]:
    """A look that remarks on files of more than `limit` lines."""

    def look(source: Source) -> Iterator[Remark]:
        lines = source.text.count("\n")
        if lines > limit:
            yield lines, f"{lines} lines, of at most {limit}"

    return look


def trusted_markup(source: Source) -> Iterator[Remark]:
    """`Markup(…)`, which tells the templates to print a string as it is."""
    return ((node.lineno, f"{name}()") for node, name in calls(source) if name.split(".")[-1] == "Markup")


def raw_templates(text: str) -> Iterator[Remark]:
    """Lines of a template that switch escaping off."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\|\s*safe\b|autoescape\s+false|\|\s*forceescape\b", line):
            yield number, line.strip()


HABITS = [
    Habit(
        "only the database layer commits",
        "`write` commits before the door answers. A second commit inside splits a deed in two: a reply stood in the "
        "list whose event, counter and notices were lost when the process died between them.",
        lambda s: s.path.parts[0] == "service" and s.room != "kit",
        commits,
        ("service/threads/operations.py", "def open_thread(session):\n    session.commit()\n"),
    ),
    Habit(
        "rows are added and deleted in operations",
        "One verb, one function, one event for each write. A row added from a page or a job has no event, so the "
        "audit log, the webhooks and every kept page miss it.",
        lambda s: (s.in_a_room and s.role != "operations") or s.room in {"pages", "web"},
        session_writes,
        ("service/threads/queries.py", "def touch(session, row):\n    session.add(row)\n"),
    ),
    Habit(
        "INSERT, UPDATE and DELETE stand in operations",
        "The same rule for statements: who looks for what changes a table reads one file of its room.",
        lambda s: (s.in_a_room and s.role != "operations") or s.room == "pages",
        statements("insert", "update", "delete"),
        ("service/threads/policy.py", "from sqlalchemy import select, update\n"),
    ),
    Habit(
        "every SELECT stands in queries",
        "What an actor may see is decided where rows are loaded. A SELECT of one's own, somewhere else, is where a "
        "hidden post's title came out on a badge.",
        lambda s: (s.in_a_room and s.role != "queries") or s.room == "pages",
        statements("select"),
        ("service/threads/operations.py", "from sqlmodel import Session, select\n"),
    ),
    Habit(
        "no await below the doors",
        "Rooms are plain functions of a session that run on the database's own thread. An await in there would hand "
        "control away with a transaction open; mail sent that way made another person's reply wait a second.",
        lambda s: s.in_a_room and s.role in BELOW_THE_DOORS,
        awaits,
        ("service/replies/operations.py", "async def post_reply(session):\n    await session.flush()\n"),
    ),
    Habit(
        "no empty words in names",
        "A manager, helper, util, handler, data or info may hold anything, so soon it does. Name the thing.",
        lambda s: True,
        empty_words,
        ("service/threads/queries.py", "class ThreadManager:\n    pass\n"),
    ),
    Habit(
        "everything public says what it is for",
        "Docstrings carry what types cannot: units, limits, errors, and the source of the rule.",
        lambda s: s.path.parts[0] == "service",
        bare_names,
        ("service/threads/queries.py", '"""Reads."""\ndef get_thread(session): ...\n'),
    ),
    Habit(
        "a room has a front plate",
        "Who enters a room reads its words and invariants first; and importing a room runs nothing.",
        lambda s: s.in_a_room and s.path.name == "__init__.py" and len(s.path.parts) == 3,
        front_plate,
        ("service/threads/__init__.py", '"""Threads."""\n'),
    ),
    Habit(
        "a file ends before line 300",
        "What hurts is the long tail: nobody reads file eleven hundred lines down. Ask whether the file is two.",
        lambda s: s.path.parts[0] != "tests",
        too_long(300),
        ("service/threads/queries.py", "# …\n" * 301),
    ),
    Habit(
        "a test file ends before line 400",
        "A test file may be longer than what it tests, but not without end.",
        lambda s: s.path.parts[0] == "tests",
        too_long(400),
        ("tests/threads/test_open.py", "# …\n" * 401),
    ),
    Habit(
        "only the renderer calls markup trusted",
        "Text is sanitised last, in one function, and nothing edits its output. Two forums lost their admins to a "
        "string that was marked safe somewhere else.",
        lambda s: (s.room, s.path.stem) not in {("pages", "rendering"), ("kit", "mailer")},  # pages, and letters
        trusted_markup,
        ("service/pages/thread.py", "from markupsafe import Markup\nbody = Markup('<b>' + title)\n"),
    ),
]
