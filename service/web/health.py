"""Is it alive, and is it ready: for proxies, containers and people (`/healthz`, `/readyz`)."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from service.kit.clock import now
from service.kit.database import Database, Session
from service.kit.database.migrations import version_of
from service.kit.errors import NotReady
from service.kit.events import oldest_waiting
from service.kit.queue import is_worked
from service.web.later import LaterRoute
from service.web.limits import Quota, spend

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
PROBES: Final = Quota("readyz", 2**62, timedelta(days=1))
"""Any number: what counts is that counting works."""

LEAST_FREE: Final = 200_000_000
"""Bytes: below that the disk is said to be nearly full."""

STUCK_AFTER: Final = timedelta(seconds=30)
"""An event waits some milliseconds for its place in the log; after so long nobody gives places any more."""


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Database, migrations and worker, each with what was found; 503 when one is missing, or the process is to stop.

    What is not as it should be, but is no reason to send nobody here, is told beside: mail, the disk, the log.

    On a full disk the database can still be read. So a failed write counts until one succeeds: the worker's heartbeat
    tries every few seconds, and while storing does not work this asks as well (the only GET that may write).

    `?exclude=database` leaves out what all processes share, for the proxy that chooses among them: without a database
    each of them still gives kept pages and says 503 properly, and none is better than another.
    """
    state = request.app.state
    if request.query_params.get("exclude") == "database":
        return of_process(state.draining)
    found: dict[str, Any] = {"database": "ok", "migrations": "ok", "worker": "ok"}
    beside = said_beside(state.mail_probe.problem() if state.mail_probe else "", state.settings.data_dir)
    try:
        version, worked, is_stuck = await state.database.read(look)
    except NotReady:
        found = {"database": "away", "migrations": "unknown", "worker": "unknown"}
    else:
        found["migrations"] = "ok" if version == state.newest else f"at {version}, want {state.newest}"
        found["worker"] = "ok" if worked else "no worker has been seen lately"
        if not (state.database.storing.works or await can_store(state.database)):
            found["database"] = "can be read, but stores nothing"
        beside |= {"events": "the log does not grow: events wait for their places"} if is_stuck else {}
    if state.draining:
        found["process"] = "draining: it is about to stop"
    ready = all(value == "ok" for value in found.values())
    found["rate_limits"] = state.settings.rate_limits
    return JSONResponse(
        found | beside,
        200 if ready else 503,
        headers={"Cache-Control": "no-store"} | ({} if ready else {"Retry-After": "5"}),
    )


def said_beside(mail: str, data_dir: Path) -> dict[str, str]:
    """What is worth a look, though requests are answered."""
    told = {"mail": mail} if mail else {}
    if is_nearly_full(data_dir):
        told["disk"] = "nearly full"
    return told


def is_nearly_full(folder: Path) -> bool:
    """Whether the folder's disk has less than 200 MB left; False where nobody can say."""
    try:
        return shutil.disk_usage(folder).free < LEAST_FREE
    except OSError:
        return False


def of_process(draining: bool) -> JSONResponse:
    """Whether this process should be sent requests, as far as it alone decides."""
    said = "draining: it is about to stop" if draining else "ok"
    return JSONResponse({"process": said}, 503 if draining else 200, headers={"Cache-Control": "no-store"})


async def can_store(database: Database) -> bool:
    """Whether a write is committed: one row of the rate counts, which the hourly clean-up knows."""
    try:
        await database.write(spend, PROBES, "readyz")
    except NotReady:
        return False
    return True


def look(session: Session) -> tuple[str | None, bool, bool]:
    """The schema's version, None before the first migration; whether a worker's heartbeat is fresh; and whether events
    have waited for long to be given their places in the log.
    """
    version = version_of(session)
    if version is None:
        return None, False, False
    oldest = oldest_waiting(session)
    return version, is_worked(session), oldest is not None and now(session) - oldest > STUCK_AFTER
