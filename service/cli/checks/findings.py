"""What a check found."""

from dataclasses import asdict, dataclass
from typing import Any, Final

OK: Final = "ok"
WARN: Final = "warn"
FAIL: Final = "fail"
"""As it should be; works, but is worth a look; does not work, or loses something."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what, in which state, what was found, and how to mend it."""

    check: str
    state: str
    found: str
    mend: str = ""

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def judge(check: str, is_right: bool, found: str, mend: str, *, otherwise: str = WARN) -> Finding:
    """Ok if it is right, else `otherwise` with how to mend it."""
    return Finding(check, OK, found) if is_right else Finding(check, otherwise, found, mend)
