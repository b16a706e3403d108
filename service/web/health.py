"""Is it alive, and is it ready: for proxies, containers and people (`/healthz`, `/readyz`)."""

from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from service.kit.database import Database, Session
from service.kit.database.migrations import version_of
from service.kit.errors import NotReady
from service.kit.queue import is_worked
from service.web.limits import Quota, spend

router = APIRouter(include_in_schema=False)
PROBES: Final = Quota("readyz", 2**62, timedelta(days=1))
"""Any number: what counts is that counting works."""


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Database, migrations and worker, each with what was found; 503 when one is missing.

    On a full disk the database can still be read. So a failed write counts until one succeeds: the worker's heartbeat
    tries every few seconds, and while storing does not work this asks as well (the only GET that may write).

    `?exclude=database` leaves out what all processes share, for the proxy that chooses among them: without a database
    each of them still gives kept pages and says 503 properly, and none is better than another.
    """
    state = request.app.state
    if request.query_params.get("exclude") == "database":
        return of_process(state.draining)
    found: dict[str, Any] = {"database": "ok", "migrations": "ok", "worker": "ok"}
    try:
        version, worked = await state.database.read(look)
    except NotReady:
        found = {"database": "away", "migrations": "unknown", "worker": "unknown"}
    else:
        found["migrations"] = "ok" if version == state.newest else f"at {version}, want {state.newest}"
        found["worker"] = "ok" if worked else "no worker has been seen lately"
        if not (state.database.storing.works or await can_store(state.database)):
            found["database"] = "can be read, but stores nothing"
    ready = all(value == "ok" for value in found.values())
    found["rate_limits"] = state.settings.rate_limits
    return JSONResponse(
        found, 200 if ready else 503, headers={"Cache-Control": "no-store"} | ({} if ready else {"Retry-After": "5"})
    )


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


def look(session: Session) -> tuple[str | None, bool]:
    """The schema's version, None before the first migration, and whether a worker's heartbeat is fresh."""
    version = version_of(session)
    return version, version is not None and is_worked(session)
