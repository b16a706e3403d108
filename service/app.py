"""`create_app(settings)`: the doors, their life, and the worker that serves beside them in embedded mode."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import cast

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from service import __version__, wiring
from service.accounts.current import cookie_name
from service.kit.broadcast import Broadcaster
from service.kit.clock import Clock
from service.kit.database import Database, open_database
from service.kit.database.migrations import newest, upgrade
from service.kit.follower import Follower
from service.kit.kept import Kept
from service.kit.loop_lag import LoopLag
from service.kit.mail_probe import MailProbe
from service.kit.mailer import SmtpMailer, open_mailer
from service.kit.measures import Measures
from service.kit.outbound import Outbound
from service.kit.outgoing import Outgoing
from service.kit.push import Pusher, open_pusher, push_is_installed
from service.kit.tracing import TracedDatabase, Tracing, open_tracing
from service.live.policy import subjects_of
from service.live.queries import look
from service.live.schemas import to_message
from service.pages.problems import problem_page
from service.settings import Settings, keep_secret, keep_vapid_key
from service.web import health, openapi, problems
from service.web.counting import Counting, Traffic
from service.web.gate import Gate
from service.web.keeping import Keeping
from service.web.later import LaterRoute
from service.web.packing import Packing
from service.web.request_ids import Naming
from service.web.signposts import Signposts
from service.worker import Worker

log = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    worker: bool | None = None,
    greet: Callable[[Database], Awaitable[None]] | None = None,
) -> FastAPI:
    """The whole service as an ASGI application.

    `worker` says whether jobs run in this process (embedded mode does, unless told otherwise); `clock` is for tests;
    `greet` is awaited once everything runs, before the first request.
    """
    app = FastAPI(
        title="Parley",
        version=__version__,
        summary="A discussion forum that people run themselves.",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat the Host header, which is anybody's
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},  # see kit.tracing
    )
    app.state.settings = settings
    app.state.secret = keep_secret(settings)
    app.state.pusher = make_pusher(settings, Outbound(settings.outbound_allow))
    app.state.newest = newest()
    app.state.greet = greet
    app.state.tracing = tracing = open_tracing(settings.otel_endpoint, __version__)
    app.state.traffic = Traffic()
    app.state.draining = False
    database = open_database(
        settings.database_url, clock=clock, listeners=wiring.LISTENERS, replica_url=settings.replica_url
    )
    app.state.database = TracedDatabase(database, tracing) if tracing else database
    app.state.loop_lag = LoopLag(Measures.of(app.state.database)["loop.lag"])
    app.state.worker = (
        make_worker(settings, app.state.database, tracing)
        if (settings.embedded if worker is None else worker)
        else None
    )
    app.state.mail_probe = make_mail_probe(settings)
    app.state.live = Broadcaster(app.state.database, look, to_message)
    app.state.kept = Kept(settings.kept_bytes, app.state.database.clock, subjects_of)
    app.state.database.info["changed"] = app.state.kept.changed
    app.state.follower = Follower(app.state.database, app.state.kept)
    app.router.routes.extend(doors())
    app.router.middleware_stack = signposts()
    problems.install(app, problem_page)
    app.add_middleware(Packing)
    app.add_middleware(
        Keeping, kept=app.state.kept, cookie=cookie_name(settings.secure), reads=signposts().reads
    )  # fmt: skip
    app.add_middleware(Gate, base_url=settings.base_url, page=problem_page)
    app.add_middleware(
        Counting, traffic=app.state.traffic, naming=Naming(settings.trusted_proxies),
        tells=settings.access_log == "on", tracing=tracing,
    )  # fmt: skip
    return app


@cache
def doors() -> tuple[BaseRoute, ...]:
    """Every door of the house, the same for all applications of a process. None is included in another router: FastAPI
    would work out each twice, and compare each request with it twice.
    """
    api = [route for router in (*wiring.ROUTERS, openapi.router) for route in router.routes]
    pages = [route for router in (health.router, *wiring.PAGES) for route in router.routes]
    return (*(cast(LaterRoute, route).under("/api/v1") for route in api), *pages)


@cache
def signposts() -> Signposts:
    """The way to the doors, the same for all applications of a process too."""
    return Signposts(APIRouter(routes=list(doors()), redirect_slashes=False))


def make_worker(settings: Settings, database: Database, tracing: Tracing | None = None) -> Worker:
    """The worker with everything its jobs need."""
    mailer = open_mailer(settings.smtp_url, settings.data_dir / "mail", settings.base_url)
    outbound = Outbound(settings.outbound_allow)
    outgoing = Outgoing(
        mailer, settings.base_url, settings.mail_delay, keep_secret(settings), settings.data_dir, outbound,
        make_pusher(settings, outbound),
    )  # fmt: skip
    return Worker(
        database, wiring.JOBS, wiring.SCHEDULE, outgoing, retry_base=settings.retry_base, tracing=tracing,
    )  # fmt: skip


def make_pusher(settings: Settings, outbound: Outbound) -> Pusher | None:
    """What sends push messages; None where the extra `push` is not installed, or where there is no key."""
    return open_pusher(keep_vapid_key(settings), settings.base_url, outbound) if push_is_installed() else None


def make_mail_probe(settings: Settings) -> MailProbe | None:
    """What `/readyz` learns of the mail server from; None where mail is written into files."""
    return MailProbe(SmtpMailer(settings.smtp_url, settings.base_url)) if settings.smtp_url else None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Migrate in embedded mode, open the database, start the worker; and the other way round at the end."""
    settings: Settings = app.state.settings
    if settings.embedded:
        await asyncio.to_thread(upgrade, settings.database_url)
    if settings.rate_limits == "off":
        log.warning("rate limits are off (PARLEY_RATE_LIMITS)")
    await app.state.database.start()
    app.state.loop_lag.start()
    await app.state.live.start()
    await app.state.follower.start()
    if app.state.worker is not None:
        await app.state.worker.start()
    try:
        if app.state.greet is not None:
            await app.state.greet(app.state.database)
        yield
    finally:
        if app.state.worker is not None:
            await app.state.worker.stop()
        await app.state.follower.stop()
        await app.state.live.stop()
        await app.state.database.stop()
        await app.state.loop_lag.stop()
        if app.state.mail_probe is not None:
            await app.state.mail_probe.stop()
        if app.state.tracing is not None:
            await asyncio.to_thread(app.state.tracing.stop)
