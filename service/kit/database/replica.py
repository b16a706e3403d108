"""Reads that a streaming replica may answer: guests' reads, and only while it is as fresh as a page may be (decision
0018 gives the reasons).

What a replica must have replayed is a position in the primary's log (LSN). It is the primary's answer to "how far is
the log flushed?", asked after this process's last commit and not longer ago than `LAG`. So a guest sees what this
process has stored at once, and what any other has stored after `LAG` at the latest; and no clocks are compared, nor is
the replica asked how late it believes to be: cut off from its primary it would say "not at all".
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session as PlainSession

from service.kit.errors import NotReady

log = logging.getLogger(__name__)
T = TypeVar("T")

LAG: Final = 1.0
"""Seconds: what was acknowledged so long ago is in every answer of a replica."""

REST: Final = 1.0
"""Seconds for which a replica that failed, or is no replica any more, is left alone."""

FLUSHED: Final = text("SELECT CAST(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') AS BIGINT)")
REPLAYED: Final = text(
    "SELECT CASE WHEN pg_is_in_recovery() THEN CAST(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') AS BIGINT) END"
)
"""A byte position; NULL on a server that was promoted, whose log has gone its own way."""


class NotFreshEnough(Exception):
    """The replica has not replayed what the answer must contain."""


class Replica:
    """Decides for each read whether the replica may answer it. `served` and `passed` count, for tests and metrics.

    `read` runs a unit on the replica, `ask` one on the primary; both raise NotReady where theirs is away.
    """

    def __init__(self, read: Callable[..., Awaitable[Any]], ask: Callable[..., Awaitable[Any]]) -> None:
        self.served = 0
        self.passed = 0
        self._read = read
        self._ask = ask
        self._commits = 0  # of this process
        self._known: tuple[int, float, int] | None = None  # commits and moment before asking, and what was answered
        self._asking = asyncio.Lock()
        self._vain_until = 0.0
        self._away_until = 0.0

    def note_commit(self) -> None:
        """This process has stored something: no read may go back before it."""
        self._commits += 1

    async def read(self, unit: Callable[[PlainSession], T]) -> T:
        """The replica's answer. Raises NotFreshEnough where the primary must be asked, and what the unit raises."""
        if time.monotonic() < self._away_until:
            raise NotFreshEnough
        position = await self._position()
        try:
            result: T = await self._read(lambda session: at_least(session, position, unit))
        except NotFreshEnough:
            self.passed += 1
            raise
        except (NotReady, DBAPIError) as error:  # away; or a query that the replay of the log cancelled
            self._leave_alone(error)
            raise NotFreshEnough from error
        self.served += 1
        return result

    async def _position(self) -> int:
        """How far the replica must have come. Asked once for all who wait; while the primary cannot be asked, the last
        answer counts, if this process has stored nothing since: nothing newer is known, and guests go on reading.
        """
        async with self._asking:
            commits, moment = self._commits, time.monotonic()
            usable = self._known if self._known is not None and self._known[0] == commits else None
            if usable is not None and (moment - usable[1] < LAG or moment < self._vain_until):
                return usable[2]
            if moment < self._vain_until:  # else each of many who wait here would find it out anew, one after the other
                raise NotReady
            try:
                position: int = await self._ask(lambda session: session.execute(FLUSHED).scalar_one())
            except NotReady:
                self._vain_until = time.monotonic() + REST
                if usable is None:
                    raise
                return usable[2]
            self._known = (commits, moment, position)
            return position

    def _leave_alone(self, error: Exception) -> None:
        cause = error.__cause__ or error
        log.warning("guests read the primary, the replica does not answer: %s", type(cause).__name__)
        self._away_until = time.monotonic() + REST


def at_least(session: PlainSession, position: int, unit: Callable[[PlainSession], T]) -> T:
    """Run the unit if this server has replayed up to `position`. A connection remembers how far its server was.

    Raises:
        NotFreshEnough: it has not.
        NotReady: this server is no replica.
    """
    remembered = session.connection().info
    if remembered.get("replayed", -1) < position:
        replayed: int | None = session.execute(REPLAYED).scalar_one()
        if replayed is None:
            raise NotReady("the replica was promoted")
        remembered["replayed"] = replayed
        if replayed < position:
            raise NotFreshEnough
    return unit(session)
