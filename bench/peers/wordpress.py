"""WordPress of Debian, as people run it: php-fpm, MariaDB and nginx from their packages, on sockets of their own.

Only where it is asked for, and only root can install packages. Nothing of the system's configuration is read or
changed: files, database and settings lie in a folder that is thrown away, and what was started is ended by its id.
"""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import httpx

from bench.load import Requests, get, head
from bench.peers import Peer
from bench.peers.running import READERS, ROUNDS, WRITERS, driven, memory, process, until_it_answers, until_it_listens
from bench.peers.wordpress_files import write_files
from bench.seed import REPLIES, REPLY_LENGTH, SEED, text
from bench.servers import Server, free_port, on_cores, temporary_folder
from bench.stage import Stage
from tests.provision import Missing

PACKAGES: Final = (
    "wordpress", "wordpress-theme-twentytwentythree", "php-fpm", "php-mysql", "mariadb-server", "nginx",
)  # fmt: skip
SOURCE: Final = Path("/usr/share/wordpress")
NUMBERS: Final = count(1)
SAID: Final = text(random.Random(SEED + 1), REPLY_LENGTH)


async def measure(stage: Stage) -> Peer:
    """The page of a post with fifty comments, and comments stored."""
    install()
    with temporary_folder() as folder, ExitStack() as stack:
        folder.chmod(0o755)  # php-fpm and MariaDB are not root
        with on_cores(stage.core):
            server = stack.enter_context(running(folder))
        page = set_up(server)
        rounds = 1 if stage.quick else ROUNDS
        read = await driven(server, get(page), 200, READERS, rounds)
        weight = memory(server)
        stored = await driven(server, comments(), 302, WRITERS, rounds)
    name = f"WordPress {version()}, php-fpm, MariaDB, nginx"
    return Peer(name, "HTML", REPLIES, read.cpu, read.rate, stored.rate, stored.cpu, weight, in_this_run=True)


def install() -> None:
    """Debian's packages; their services are not started. Raises Missing where that is not possible."""
    if all(shutil.which(name) for name in ("nginx", "mariadbd")) and SOURCE.exists() and php() and theme():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing("WordPress needs Debian's packages, which only root can install")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}  # RUNLEVEL: start no service
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES]
    if subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL).returncode:
        raise Missing("apt-get could not install WordPress")


def php() -> str | None:
    """The newest php-fpm."""
    return next((str(path) for path in sorted(Path("/usr/sbin").glob("php-fpm*"), reverse=True)), None)


def theme() -> bool:
    """Whether it has the theme of its release, without which a page is empty."""
    return (SOURCE / "wp-content" / "themes" / "twentytwentythree").exists()


def version() -> str:
    """Which WordPress it is."""
    command = ["dpkg-query", "--show", "--showformat=${Version}", "wordpress"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.partition("+")[0]


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """MariaDB with its own defaults, php-fpm with eight processes, and nginx in front."""
    port = free_port()
    write_files(folder, SOURCE, port)
    database = folder / "database"
    command = ["mariadb-install-db", "--no-defaults", f"--datadir={database}", "--user=mysql", "--skip-test-db"]
    named = "--auth-root-authentication-method=normal"
    subprocess.run([*command, named], check=True, stdout=subprocess.DEVNULL)
    socket = database / "socket"
    options = [f"--datadir={database}", f"--socket={socket}", "--skip-networking", "--user=mysql"]
    with ExitStack() as stack:
        mariadb = stack.enter_context(process(["mariadbd", "--no-defaults", *options], folder / "mariadb.log"))
        until_made(socket)
        fpm = [php() or "php-fpm", "--nodaemonize", "--fpm-config", str(folder / "fpm.conf")]
        answering = stack.enter_context(process(fpm, folder / "fpm.log"))
        before = ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "nginx.log")]
        nginx = stack.enter_context(process(before, folder / "nginx.log"))
        until_it_listens(port)
        yield Server(port, [answering, nginx, mariadb])


def until_made(socket: Path) -> None:
    """Make the database as soon as MariaDB listens. Raises RuntimeError where it does not in half a minute."""
    command = ["mariadb", "--no-defaults", f"--socket={socket}", "--user=root", "--execute=CREATE DATABASE wordpress"]
    for _ in range(100):
        if not subprocess.run(command, check=False, capture_output=True).returncode:
            return
        time.sleep(0.3)
    raise RuntimeError("MariaDB does not answer")


def set_up(server: Server) -> str:
    """Its own installation, by its form; then fifty comments on the post that it brings, whose path is returned."""
    site = f"http://127.0.0.1:{server.port}"
    until_it_answers(f"{site}/wp-admin/install.php", Path("/dev/null"), 200)
    form = {
        "weblog_title": "Comments", "user_name": "ada", "admin_password": "a password for benchmarks",
        "admin_password2": "a password for benchmarks", "pw_weak": "1", "admin_email": "ada@example.org",
    }  # fmt: skip
    httpx.post(f"{site}/wp-admin/install.php?step=2", data=form, timeout=120).raise_for_status()
    chance = random.Random(SEED)
    for _ in range(REPLIES - 1):  # one is there already
        answer = httpx.post(f"{site}/wp-comments-post.php", data=said(text(chance, REPLY_LENGTH), 1), timeout=60)
        if answer.status_code != 302:
            raise RuntimeError(f"WordPress took no comment: {answer.status_code} {answer.text[-300:]}")
    page = httpx.get(f"{site}/?p=1", timeout=60, follow_redirects=True)
    shown = page.text.count('id="comment-')
    if shown < REPLIES:
        raise RuntimeError(f"WordPress shows {shown} of {REPLIES} comments")
    return page.url.path


def said(comment: str, post: int) -> dict[str, str | int]:
    """The fields of its comment form."""
    return {"comment": comment, "author": "bob", "email": "bob@example.org", "url": "", "comment_post_ID": post}


def comments() -> Requests:
    """Comments on the page that comes with it, another text each time."""

    def request(_: int) -> bytes:
        mark = f"{next(NUMBERS)}: "
        body = urlencode(said(mark + SAID[len(mark) :], 2)).encode()
        lines = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}")
        return head("POST", "/wp-comments-post.php", lines) + b"\r\n" + body

    return request
