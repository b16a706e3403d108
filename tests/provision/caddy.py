"""Caddy, the proxy before several processes: found on the machine, or installed as the platform's package."""

import shutil

from tests.provision import Missing, packages


def find_caddy() -> str:
    """The path of `caddy`, installed if need be.

    Raises:
        Missing: there is none and none can be had.
    """
    found = shutil.which("caddy") or (packages.install("caddy") and shutil.which("caddy"))
    if not found:
        raise Missing("make test needs Caddy: install it (Debian: apt install caddy) and run it again.")
    return found
