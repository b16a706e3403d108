"""Files that nobody will ask for again: what was being sent when the server died has no run."""

import time
from collections.abc import Collection
from pathlib import Path
from typing import Final

from service.kit.database import Database
from service.kit.outgoing import Outgoing
from service.kit.queue import Run
from service.transfer import queries

KEPT: Final = 86_400
"""Seconds since the last byte: no sending takes so long."""


async def tidy(database: Database, run: Run[Outgoing]) -> None:
    """Delete the files of this machine's data folder that no run will read."""
    remove_old(run.context.data_dir / "imports", await database.read(queries.keys_in_use), time.time() - KEPT)


def remove_old(folder: Path, in_use: Collection[str], before: float) -> None:
    """Delete uploads last written before `before` (seconds since 1970), but those in use."""
    for file in folder.glob("*.upload"):
        if file.name not in in_use and file.stat().st_mtime < before:
            file.unlink(missing_ok=True)
