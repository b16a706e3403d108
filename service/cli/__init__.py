"""`parley`: the commands by which people run it. Exit codes: 0 done, 1 refused or failed, 2 wrong usage."""

import asyncio
import contextlib
import gc
import resource
import sys
import time
from typing import Annotated, Any

import typer
import uvicorn
from starlette.types import ASGIApp
from uvicorn.loops.auto import auto_loop_factory

from service import __version__
from service.accounts.models import Account
from service.accounts.operations import make_admin, offer_first_admin
from service.accounts.schemas import newcomer_of, registration
from service.app import create_app, make_worker
from service.cli import audit, background, imports, moderation
from service.cli.doctor import doctor
from service.cli.shared import AsJson, or_refused, refuse, settings_or_refuse, tell, with_database
from service.kit import logs
from service.kit.database import Database, open_database
from service.kit.database.migrations import upgrade, upgrade_apart, version_of
from service.kit.errors import NotReady, Problem, settled
from service.kit.memory import give_back_early
from service.kit.queue import is_worked
from service.kit.tracing import open_tracing
from service.settings import Settings, keep_secret
from service.web.heads import BoundedHead
from service.wiring import LISTENERS
from service.worker import run_forever

app = typer.Typer(name="parley", help="A discussion forum that people run themselves.", no_args_is_help=True)
admin = typer.Typer(help="Admins of the site.", no_args_is_help=True)
app.add_typer(admin, name="admin")
app.add_typer(imports.app, name="import")
app.add_typer(background.app, name="jobs")
app.add_typer(audit.app, name="audit")
app.add_typer(moderation.app, name="moderation")
COLLECT = (10_000, 50, 100)
"""Objects made since the collector's last look, and its smaller looks between larger ones: of rows and answers, which
are gone with the request that made them, there is not much to find."""
OPEN_FILES = 65_536
PATIENCE = 7
"""Seconds for requests on their way when the process is told to stop; the worker's jobs have as long, meanwhile."""


def main() -> None:
    """The installed command. What was loaded until here stays as long as the process, so that the garbage collector
    need not go through it; of what is made from here on, it looks more often.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT)
    logs.configure("text", "info")
    app()


@app.command()
def serve() -> None:
    """Serve the site and the JSON API; in embedded mode (SQLite) migrate first and run the worker too."""
    settings = settings_or_refuse()
    logs.configure(settings.log_format, settings.log_level)
    give_back_early()
    if settings.embedded:
        upgrade_apart(settings.database_url)
    site = create_app(settings, greet=Greeting(settings))
    config = serving(site, settings)
    try:
        bound = config.bind_socket()  # before the greeting, which names it; nobody is answered until it listens
    except SystemExit as error:  # uvicorn has said what is wrong with the address
        raise typer.Exit(1) from error
    raise_open_files()
    Site(config, site.state, settings.drain.total_seconds()).run(sockets=[bound])


def serving(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application: quietly, and believing no proxy but the configured ones."""
    host, port = settings.address
    proxies = [str(network) for network in settings.trusted_proxies]
    return uvicorn.Config(
        app, host=host, port=port, log_config=None, log_level="warning", access_log=False, server_header=False,
        proxy_headers=bool(proxies), forwarded_allow_ips=proxies, timeout_graceful_shutdown=PATIENCE, http=BoundedHead,
        ws="none",
    )  # fmt: skip


def raise_open_files() -> None:
    """Allow this process as many sockets as it may have: every stream is one, and the usual 1,024 are soon gone."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES if most < 0 else min(most, OPEN_FILES), most))


class Site(uvicorn.Server):
    """uvicorn, with a garbage collector that passes over what start-up made, and streams that end when it stops.

    At the first signal `/readyz` says that the process is draining; after `drain` seconds more, or at the second
    signal, its sockets are closed. `state` is the application's.
    """

    def __init__(self, config: uvicorn.Config, state: Any, drain: float = 0) -> None:
        super().__init__(config)
        self.state, self.drain = state, drain
        self._end_at: float | None = None

    async def startup(self, sockets: Any = None) -> None:
        """Listen. What start-up made lives as long as the process too; to collect what does not would take a fifth of a
        second, for some three thousand objects.
        """
        await super().startup(sockets)
        gc.freeze()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """A signal says that it is to stop."""
        again, self.state.draining = self.state.draining, True
        if again or not self.drain:
            super().handle_exit(sig, frame)
            return
        self._captured_signals.append(sig)
        self._end_at = time.monotonic() + self.drain

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether it is time to stop."""
        if self._end_at is not None and time.monotonic() >= self._end_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: Any = None) -> None:
        """Stop: streams end first, because uvicorn waits for open answers before it tells the application."""
        self.state.live.end_all()
        if self.state.worker is not None:
            self.state.worker.claim_no_more()
        await super().shutdown(sockets)


class Greeting:
    """Says where the site is, before the first request can be answered: who saw a page can read how to go on."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def __call__(self, database: Database) -> None:
        """Say it, with the link to the first admin where there is none."""
        typer.echo(f"Parley {__version__} is at {self.settings.base_url}")
        if not self.settings.smtp_url:
            typer.echo(f"Mail is written as files into {self.settings.data_dir / 'mail'} (PARLEY_SMTP_URL is not set)")
        try:
            await self.offer_first_admin(database)
        except NotReady as problem:  # read-only, or full: what is there can be read all the same
            typer.echo(f"There may be no admin yet, and no link can be made now. {problem.detail}", err=True)

    async def offer_first_admin(self, database: Database) -> None:
        """Offer the one-time link where there is no admin. Raises NotReady where nothing can be stored."""
        if await database.read(version_of) is None:
            typer.echo("The database has no tables yet: run `parley migrate`", err=True)
        elif secret := await database.write(offer_first_admin):
            typer.echo(
                f"There is no admin yet. Become the first one: {self.settings.base_url}/first-admin?token={secret}"
            )


@app.command()
def work(
    check: Annotated[bool, typer.Option("--check", help="Only say whether a worker is alive; exit 1 if none.")] = False,
) -> None:
    """Run background jobs alone, beside any number of `parley serve`."""
    settings = settings_or_refuse()
    database = open_database(settings.database_url, listeners=LISTENERS)
    if check:
        if not with_database(database, lambda: database.read(is_worked)):
            refuse("no worker has been seen lately")
        return
    logs.configure(settings.log_format, settings.log_level)
    give_back_early()
    keep_secret(settings)
    tracing = open_tracing(settings.otel_endpoint, __version__)
    with or_refused(), asyncio.Runner(loop_factory=auto_loop_factory()) as runner:  # uvloop where there is one
        runner.run(run_forever(database, make_worker(settings, database, tracing)))
    if tracing is not None:
        tracing.stop()


app.command()(doctor)


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Bring the database to the newest schema; nothing to do is fine."""
    settings = settings_or_refuse()
    with or_refused():
        version = upgrade(settings.database_url)
    tell(as_json, f"The database is at version {version}", version=version)


@admin.command("create")
def create_admin(
    username: Annotated[str, typer.Option(help="3 to 30 of A-Za-z0-9_.-")],
    email: Annotated[str, typer.Option(help="The admin's mail address.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password, one line, from standard input; the only way.")
    ],
    as_json: AsJson = False,
) -> None:
    """Make an admin, or promote the account of this name. Repeating it changes nothing."""
    settings = settings_or_refuse()
    password = sys.stdin.readline().rstrip("\r\n")
    if settings.embedded:
        upgrade(settings.database_url)
    database = open_database(settings.database_url, listeners=LISTENERS)

    async def make() -> tuple[Account, str]:
        newcomer = settled(await newcomer_of(registration(username, email, password)))
        return await database.write(make_admin, newcomer)

    try:
        account, outcome = with_database(database, make)
    except Problem as problem:
        refuse("\n".join(f"{error.pointer.lstrip('/')}: {error.detail}" for error in problem.errors) or problem.detail)
    tell(as_json, f"{account.username} is an admin ({outcome})", username=account.username, outcome=outcome)
