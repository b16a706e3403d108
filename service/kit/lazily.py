"""Libraries that few need: loaded by whoever first uses them, not by everybody who starts.

`httpx = lazily("httpx")` stands where `import httpx` would. What is loaded at the start is paid for by every process,
in time and in memory, for as long as it lives (docs/performance.md says what each took).
"""

from importlib import import_module
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands for a module until something of it is asked for; from then on it answers as that module does."""

    def __getattr__(self, name: str) -> Any:
        """What the module has by this name, kept here: it is looked up once. Raises ImportError where there is none."""
        found = getattr(import_module(self.__name__), name)
        setattr(self, name, found)
        return found


def lazily(name: str) -> Any:
    """The module `name`, imported when something of it is first asked for."""
    return Later(name)
