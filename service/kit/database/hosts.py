"""Which of several PostgreSQL servers to connect to: the one that is the primary now.

`PARLEY_DATABASE_URL` may name several (`…/parley?host=one:5432&host=two:5432`). After a failover the standby that was
promoted is found by the next connection, with no restart and no change of settings.
"""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg
from asyncpg.connect_utils import SessionAttribute

PATIENCE: Final = 3.0
"""Seconds for one server to take a connection: one that is gone without a word holds nobody up for longer."""

Place = tuple[str | None, int | str | None]
"""A server's host (or its socket's folder) and port."""


class Hosts:
    """Connects to one of the servers of an address: of several to one that is what is `wanted` (`primary`, `standby`),
    and first to the one that it was last.
    """

    def __init__(self, wanted: str = "primary") -> None:
        self._wanted = wanted
        self._last: Place | None = None

    async def connect(
        self, *, host: str | Sequence[str] | None = None, port: Any = None, **further: Any
    ) -> asyncpg.Connection:
        """A connection, made with asyncpg's own arguments.

        Raises:
            ConnectionError: no server takes one, or none is what is wanted.
        """
        places: list[Place] = [(host, port)] if isinstance(host, str | None) else list(zip(host, port, strict=True))
        wanted = SessionAttribute(self._wanted if len(places) > 1 else "any")
        faults: list[str] = []
        for place in sorted(places, key=lambda each: each != self._last):
            try:
                made: asyncpg.Connection = await asyncpg.connect(
                    host=place[0], port=place[1], timeout=PATIENCE, target_session_attrs=wanted, **further
                )
            except OSError as error:  # refused, unknown, or silent for too long
                faults.append(f"{place[0]}: {type(error).__name__}")
            except asyncpg.TargetServerAttributeNotMatched:
                faults.append(f"{place[0]}: not a {self._wanted}")
            except (asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError, asyncpg.TooManyConnectionsError):
                faults.append(f"{place[0]}: not now")  # it starts, stops, or is full
            else:
                self._last = place
                return made
        raise ConnectionError(f"no database can be reached ({'; '.join(faults)})")
