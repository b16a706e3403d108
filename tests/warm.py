"""What a process that serves compiles once, the processes of the suite compile once too, not once a test.

Every test opens its own application on its own database, so each would compile every statement anew: a third of the
suite's time. Here all engines of a process that speak the same dialect share what they compiled, as the requests of a
running Parley do. It is a pure function of the statement and the dialect, so nothing of one test reaches another by it.
"""

from collections.abc import MutableMapping
from typing import Any

from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

STATEMENTS = 4000
"""Kept compiled: more than the house has, so that none is thrown out and compiled again."""

make = Engine.__init__
known: dict[type[Dialect], tuple[Dialect, MutableMapping[Any, Any]]] = {}
"""By kind of dialect: the first one that has met its server, and what was compiled for it."""


def share_what_is_compiled() -> None:
    """From now on engines share; to be called once per process."""
    Engine.__init__ = make_sharing  # type: ignore[method-assign, assignment]


def make_sharing(engine: Engine, pool: Any, dialect: Dialect, *rest: Any, **keywords: Any) -> None:
    """`Engine(…)`, with the dialect of the first engine of its kind once that has connected (a dialect learns from the
    server what it may say), and with that one's compiled statements.
    """
    kept = known.setdefault(type(dialect), (dialect, LRUCache(STATEMENTS)))
    has_met_its_server = getattr(kept[0], "server_version_info", None) is not None
    shared, compiled = kept if kept[0] is dialect or has_met_its_server else (dialect, None)
    make(engine, pool, shared, *rest, **keywords)
    if compiled is not None:
        engine._compiled_cache = compiled
