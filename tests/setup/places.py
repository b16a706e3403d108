"""Stand-ins on this machine for what compose would bring: a database, a mail catcher, a free port."""

import asyncio
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import asyncpg
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.provision.postgresql import VARIABLE


@contextmanager
def a_database() -> Iterator[str]:
    """An empty database in the suite's cluster, as an address; dropped afterwards."""
    name = f"setup_{secrets.token_hex(6)}"
    admin = os.environ[VARIABLE]
    asyncio.run(execute(admin, f"CREATE DATABASE {name}"))
    try:
        yield admin.replace("/postgres?", f"/{name}?")
    finally:
        asyncio.run(execute(admin, f"DROP DATABASE {name} WITH (FORCE)"))


async def execute(address: str, statement: str) -> None:
    """One statement as the cluster's superuser, outside any transaction."""
    parts = urlsplit(address)
    connection = await asyncpg.connect(
        host=parse_qs(parts.query)["host"][0], user=parts.username, database=parts.path.strip("/")
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def a_mail_catcher() -> Iterator[str]:
    """An SMTP server that takes everything, as `host:port`."""
    controller = Controller(Sink(), hostname="127.0.0.1", port=a_free_port())
    controller.start()
    try:
        yield f"{controller.hostname}:{controller.port}"
    finally:
        controller.stop()


def a_free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
