"""`docs/reference/cli.md`: every command of `parley`."""

from collections.abc import Iterator
from typing import Any

import typer.main

from service import cli
from tools.reference.prose import Undocumented, opening, table

INTRODUCTION = """
The installed command is `parley`; `python -m service` is the same. It reads its [settings](settings.md) from the
environment.
"""


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name; groups are entered. (Typer brings its own click.)"""
    if hasattr(command, "commands"):
        for child in command.commands.values():
            yield from commands(child, f"{name} {child.name}")
    else:
        yield name, command


def section(name: str, command: Any) -> str:
    """One command's part of the page. Raises Undocumented for a command or an option without help."""
    if not command.help:
        raise Undocumented(f"the command {name} has no help")
    rows = []
    for option in command.params:
        told = getattr(option, "help", None)
        if not told:
            raise Undocumented(f"{option.name} of {name} has no help")
        words = option.opts if option.param_type_name == "option" else [option.name.upper()]
        rows.append((", ".join(f"`{word}`" for word in words), told))
    text = f"## `{name}`\n\n{command.help.strip()}\n"
    return text + ("\n" + table(("option", "meaning"), rows) + "\n" if rows else "")


def page() -> str:
    """The page, in the order in which `parley --help` lists the commands."""
    root = typer.main.get_command(cli.app)
    return opening("Commands", INTRODUCTION) + "\n" + "\n".join(section(n, c) for n, c in commands(root, "parley"))
