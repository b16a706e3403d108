"""Runs queued jobs when a test says so, in the test's own time."""

import asyncio

from fastapi import FastAPI

from service.app import make_worker
from service.kit.clock import now
from service.kit.database import Session
from service.kit.queue.tables import job
from service.settings import Settings

TRIES = 2000


class Jobs:
    """`await jobs()`: a real worker runs until nothing is due any more."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self.database = app.state.database
        self.settings = settings

    async def __call__(self) -> None:
        """Run what is due by the application's clock, and what that enqueues; then stop the worker."""
        worker = make_worker(self.settings, self.database)
        await worker.start()
        try:
            for _ in range(TRIES):
                await asyncio.sleep(0.02)
                if await self.database.read(rests):
                    return
            raise AssertionError("the queue did not come to rest")
        finally:
            await worker.stop()


def rests(session: Session) -> bool:
    """Whether no living job is due."""
    due = job.select().where(job.c.dead_at.is_(None), (job.c.run_at <= now(session)) | job.c.token.is_not(None))
    return session.execute(due.limit(1)).first() is None
