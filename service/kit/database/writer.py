"""The one thread that writes to SQLite: batches of units of work, a savepoint each, one COMMIT for all."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from service.kit import events
from service.kit.database.channels import touched
from service.kit.database.faults import is_away
from service.kit.database.ready import KEY, OnSQLite
from service.kit.database.turns import Turns, Work
from service.kit.errors import NotReady
from service.kit.measures import Measures

BATCH = 64
BATCH_SECONDS = 0.02
"""A batch ends after so many units or seconds: fairness for the first in it, and for other processes' writers."""


@dataclass(slots=True)
class Batch:
    """What was run in one transaction, and what to call once it is committed."""

    works: list[Work] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    hooks: list[Callable[[], None]] = field(default_factory=list)
    lost: bool = False


class TransactionLost(Exception):
    """The whole transaction is gone (a full disk does that), not only the savepoint."""


class Writer(threading.Thread):
    """Runs units of work in the order of `Turns`. `commits` and `units` count, for tests; the measures say how many
    units shared a commit, how long each waited for its turn (a person's, or in the background), and how long its batch
    took to the end of the COMMIT.
    """

    def __init__(self, engine: Engine, info: dict[str, Any], committed: Callable[..., None]) -> None:
        super().__init__(name="parley-write", daemon=True)
        self.engine = engine
        self.info = info
        self.commits = 0
        self.units = 0
        measures = info.setdefault("measures", Measures())
        self._sizes, self._times = measures["commit.units"], measures["commit"]
        self._waits, self._patient_waits = measures["commit.wait"], measures["commit.wait.background"]
        self._committed = committed
        self._turns = Turns()

    def put(self, unit: Callable[[Session], Any], future: asyncio.Future[Any]) -> None:
        """Queue a unit of work; the future is resolved on its own loop after COMMIT."""
        self._turns.put(Work(unit, future))

    def finish(self) -> None:
        """Commit everything queued so far, then end the thread."""
        if self.is_alive():
            self._turns.end()
            self.join()
        self.engine.dispose()

    def run(self) -> None:
        """The thread's life: wait for a unit, take its neighbours along, commit, answer."""
        while (work := self._turns.first()) is not None:
            batch = Batch()
            try:
                self._commit_together(batch, work)
            except BaseException as error:  # COMMIT or BEGIN failed: nobody in the batch is stored
                fault = NotReady() if is_away(error) or isinstance(error, TransactionLost) else error
                for member in batch.works:
                    member.error = fault
                batch.lost = True
            self._answer(batch)

    def _commit_together(self, batch: Batch, first: Work) -> None:
        """Run waiting units in one transaction and commit it."""
        began = time.perf_counter()
        deadline = time.monotonic() + BATCH_SECONDS
        batch.works.append(first)
        with self.engine.begin() as connection:
            self._run_one(connection, first, batch)
            while (
                len(batch.works) < BATCH
                and time.monotonic() < deadline
                and (work := self._turns.neighbour()) is not None
            ):
                batch.works.append(work)
                self._run_one(connection, work, batch)
            if "event" in batch.names:
                with Session(connection, info=dict(self.info), join_transaction_mode="rollback_only") as session:
                    while events.sequence(session) == events.BATCH:
                        pass
        self.commits += 1
        self._sizes.add(len(batch.works))
        self._times.add(time.perf_counter() - began)

    def _run_one(self, connection: Connection, work: Work, batch: Batch) -> None:
        if work.future.cancelled():  # whoever asked has gone, and nothing was done yet
            return
        self.units += 1
        (self._patient_waits if work.is_patient else self._waits).add(time.monotonic() - work.put_at)
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("SAVEPOINT unit")
        # Only a unit that takes SQLAlchemy's way makes the session begin, with a savepoint of its own inside of this
        # one: in the other modes a failing flush rolls back the whole transaction.
        session = Session(
            connection, info=self.info | {KEY: OnSQLite(connection, raw)}, expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )  # fmt: skip
        try:
            work.result = work.unit(session)
            if session.in_transaction():
                session.commit()
            raw.execute("RELEASE unit")
        except BaseException as error:
            work.error = NotReady() if is_away(error) else error
            self._undo(raw, session)
        else:
            batch.names |= touched(session)
            batch.hooks += session.info.get("after_commit", [])
        finally:
            session.close()

    @staticmethod
    def _undo(raw: sqlite3.Connection, session: Session) -> None:
        """Back to the savepoint. A full disk may have undone the neighbours too: then nobody's work is left."""
        try:
            session.rollback()
            raw.execute("ROLLBACK TO unit")
            raw.execute("RELEASE unit")
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise TransactionLost from error
        if not raw.in_transaction:
            raise TransactionLost

    def _answer(self, batch: Batch) -> None:
        loops = {work.future.get_loop() for work in batch.works}
        for loop in loops:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits there any more
                loop.call_soon_threadsafe(self._resolve, batch, loop)

    def _resolve(self, batch: Batch, loop: asyncio.AbstractEventLoop) -> None:
        for work in batch.works:
            if work.future.get_loop() is not loop or work.future.cancelled():
                continue
            if work.error is not None:
                work.future.set_exception(work.error)
            else:
                work.future.set_result(work.result)
        if not batch.lost:
            self._committed(batch.names, batch.hooks)
