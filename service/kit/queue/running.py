"""One claimed job: do its work, or record why it failed and when it is tried again."""

import asyncio
import logging
import traceback
from datetime import timedelta
from typing import Any

from service.kit.database import Database, Session
from service.kit.database.turns import in_background
from service.kit.errors import NotReady
from service.kit.queue.kinds import GiveUp, JobFailure, JobKind, Outside, Run, Transactional, TryAgainAfter
from service.kit.queue.statements import Claim, LeaseLost, bury, finish, put_back, renew

log = logging.getLogger(__name__)


async def run_claim(database: Database, kind: JobKind, held: Claim, context: Any, *, retry_base: float = 1.0) -> str:
    """Run one attempt to its end: done and deleted, put back for a retry, or dead. Only cancellation is raised.

    Returns how it ended, in a word for the counts: the run's own outcome (`done`), `retried`, `dead`, `lost`. It
    runs in a task of its own, whose writes give way to people's.
    """
    in_background.set(True)
    run = Run(held, context, last=held.attempt >= kind.most_attempts)
    try:
        if held.attempt > kind.most_attempts:
            raise GiveUp("no worker lived to the end of the last attempt")
        if isinstance(kind.work, Transactional):
            await database.write(do_and_finish, kind.work, run)
        else:
            await _do_outside(database, kind.work, run)
    except LeaseLost:
        log.info("job %d (%s): its lease was lost; this attempt does not count", held.id, held.kind)
        return "lost"
    except Exception as error:
        return await _record_failure(database, kind, run, error, retry_base)
    return run.outcome


def do_and_finish(session: Session, work: Transactional, run: Run[Any]) -> None:
    """The effect and the end of the job in one unit of work.

    The end comes first: it fails at once if the lease was lost, and its row lock keeps the job from every other
    worker until the commit, however long the effect takes.
    """
    finish(session, run.claim)
    work.fn(session, run)


async def _do_outside(database: Database, work: Outside, run: Run[Any]) -> None:
    doing = asyncio.ensure_future(work.fn(database, run))
    keeping = asyncio.create_task(_keep_lease(database, run, work.lease))
    try:
        async with asyncio.timeout(work.timeout.total_seconds()):
            await asyncio.wait({doing, keeping}, return_when=asyncio.FIRST_COMPLETED)
        (doing if doing.done() else keeping).result()
    finally:
        doing.cancel()
        keeping.cancel()
        await asyncio.gather(doing, keeping, return_exceptions=True)
    if not run.finished:
        await database.write(finish, run.claim)


async def _keep_lease(database: Database, run: Run[Any], lease: timedelta) -> None:
    """Renew every third of the lease; ends only by raising LeaseLost, which ends the work too."""
    while True:
        await asyncio.sleep(lease.total_seconds() / 3)
        try:
            if not run.finished:
                await database.write(renew, run.claim, lease)
        except LeaseLost:
            if not run.finished:
                raise
        except NotReady:
            log.warning("job %d (%s): its lease could not be renewed", run.claim.id, run.claim.kind)


async def _record_failure(database: Database, kind: JobKind, run: Run[Any], error: Exception, retry_base: float) -> str:
    held, reason = run.claim, explain(error)
    final = isinstance(error, GiveUp) or run.last
    delay = error.delay if isinstance(error, TryAgainAfter) else kind.delay_after(held.attempt, retry_base=retry_base)
    log.log(
        logging.ERROR if final else logging.WARNING,
        "job %d (%s), attempt %d of %d: %s; %s", held.id, held.kind, held.attempt, kind.most_attempts, reason,
        "dead" if final else f"again in {delay.total_seconds():.0f} s",
    )  # fmt: skip
    try:
        if final:
            await database.write(_bury_and_tell, kind, held, reason)
        else:
            await database.write(put_back, held, reason, delay)
    except LeaseLost:
        log.info("job %d (%s): somebody else has it by now", held.id, held.kind)
        return "lost"
    except Exception as again:
        log.warning("job %d (%s): left to its lease: %s", held.id, held.kind, explain(again))
        return "lost"
    return "dead" if final else "retried"


def _bury_and_tell(session: Session, kind: JobKind, held: Claim, reason: str) -> None:
    bury(session, held, reason)
    if kind.when_dead is not None:
        kind.when_dead(session, held.payload, reason)


def explain(error: BaseException) -> str:
    """Why, in words that may be kept: a JobFailure's own; of any other error its type and place, never its message.

    Messages of drivers and libraries quote what they were given: addresses, texts, statements with their values.
    """
    if isinstance(error, JobFailure):
        return f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "service" in frame.filename] or frames[-1:]
    place = f" in {ours[-1].name}, line {ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}"
