"""Stand-ins on this machine for what compose would bring: a mail catcher, a free port."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink


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
