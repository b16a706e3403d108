"""What the C library does with freed memory: it keeps more than a process for months should hold."""

import contextlib
import ctypes
from typing import Final

OPTIONS: Final = (
    (-3, 1 << 20),  # M_MMAP_THRESHOLD: what is larger is given back at once. Left alone, glibc raises it to the largest
    # it has seen freed, and from the first password on each thread that derives keeps argon2's 19 MiB.
    (-1, 2 << 20),  # M_TRIM_THRESHOLD: so much may lie free at the end of the heap
    (-8, 2),  # M_ARENA_MAX: heaps. Each thread would have one of its own, half empty, and they take turns anyway
)
"""Parameters of glibc's mallopt(3), by number, and their values: bytes, bytes, and a count."""


def give_back_early() -> None:
    """Keep less. For a process that stays, before it has threads; nothing where the C library is not glibc."""
    with contextlib.suppress(OSError, AttributeError):
        set_option = ctypes.CDLL(None).mallopt
        for option, value in OPTIONS:
            set_option(option, value)
