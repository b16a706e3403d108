"""The source tree as the house rules see it: which files there are, and what part each of them plays."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_ROOMS = {"kit", "web", "pages", "cli"}
"""Folders of `service` whose files have free names: tools, what both doors share, one file per screen, the commands."""

BELOW_THE_DOORS = {"operations", "queries", "policy", "models", "events", "errors"}
"""The files of a room that know neither the web nor the event loop."""


@dataclass(frozen=True)
class Source:
    """One Python file: where it lies (relative to the root) and what it says."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed."""
        return ast.parse(self.text, filename=str(self.path))

    @property
    def room(self) -> str | None:
        """The folder of `service` that the file is in: `threads`, `kit`; None for files beside the folders."""
        parts = self.path.parts
        return parts[1] if parts[0] == "service" and len(parts) > 2 else None

    @property
    def role(self) -> str:
        """The part the file plays in its room: `operations` for operations.py and for all of operations/."""
        return self.path.parts[2].removesuffix(".py") if self.room else self.path.stem

    @property
    def in_a_room(self) -> bool:
        """Whether the file belongs to a room, where only the fixed names may stand."""
        return self.room is not None and self.room not in NOT_ROOMS


def rooms(root: Path = ROOT) -> list[str]:
    """Names of the rooms: every package of `service` but those."""
    return sorted(p.parent.name for p in (root / "service").glob("*/__init__.py") if p.parent.name not in NOT_ROOMS)


def sources(*folders: str) -> list[Source]:
    """Every Python file under these folders of the project, sorted by path."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return [Source(path.relative_to(ROOT), path.read_text(encoding="utf-8")) for path in sorted(found)]


def tracked() -> list[Path]:
    """Every file that belongs to the project: what git keeps, or would keep; relative to the root.

    Outside a checkout (an unpacked archive) it is every file but the caches.
    """
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    else:
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
    return sorted(p for p in names if (ROOT / p).is_file() and not {".venv", "var", "__pycache__"} & set(p.parts))
