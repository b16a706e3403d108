"""Where a test run keeps its databases: in memory where there is room, because every test has a database of its own.

Making and dropping one costs a dozen fsyncs: on a disk that others use, seconds a test. On tmpfs each fsync is still
asked for and waited for, so that everything the suite proves about order holds; only what a power cut would leave is
not shown, and no test cuts the power. Benchmarks do not use this: they keep to the disk.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 3 * 1024**3  # bytes; a whole run peaks below half of it


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for one run, gone at its end. Another user (PostgreSQL's) may pass through, not look."""
    with tempfile.TemporaryDirectory(prefix="parley-", dir=parent(), ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


def parent() -> Path | None:
    """The memory file system when it can be written and has room; otherwise None, the system's temporary folder."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)):
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free >= ROOM else None
