"""The machine: the data folder, the disk, how many sockets there may be."""

import resource
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from service.cli.checks.findings import FAIL, OK, Finding, judge
from service.settings import Settings
from service.web.health import LEAST_FREE

ENOUGH_FILES: Final = 4096


def look(settings: Settings) -> Iterator[Finding]:
    """All of it."""
    yield from folder(settings.data_dir)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield judge(
        "open files", most < 0 or most >= ENOUGH_FILES, "without limit" if most < 0 else f"at most {most}",
        f"Raise the hard limit (ulimit -Hn, LimitNOFILE=) to {ENOUGH_FILES} or more: every open thread that people "
        "follow is one.",
    )  # fmt: skip


def folder(path: Path) -> Iterator[Finding]:
    """Whether the data folder can be written, has room, and keeps its secrets."""
    if not path.exists():
        yield Finding("data folder", OK, f"{path} is made at the first start")
        return
    try:
        with tempfile.NamedTemporaryFile(dir=path):
            pass
    except OSError as error:
        yield Finding(
            "data folder",
            FAIL,
            f"{path}: {error.strerror}",
            "Let the user who runs Parley write there (PARLEY_DATA_DIR).",
        )
        return
    yield Finding("data folder", OK, str(path))
    free = shutil.disk_usage(path).free
    yield judge(
        "free disk", free >= LEAST_FREE, f"{free / 1e9:.1f} GB",
        "Make room: a full disk stores nothing, and every post is refused.", otherwise=FAIL,
    )  # fmt: skip
    for name in ("secret_key", "vapid_key"):
        if (path / name).exists() and stat.S_IMODE((path / name).stat().st_mode) & 0o077:
            yield Finding(
                name, FAIL, "others on this machine can read it", f"chmod 600 {path / name}, and think of a new one."
            )
