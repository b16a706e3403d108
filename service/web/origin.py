"""Where a request comes from: cross-site writes are refused (Fetch Metadata, W3C; the Origin header, RFC 6454)."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from service.kit.errors import CrossOrigin

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
FORWARDED = frozenset((b"forwarded", b"via", b"x-forwarded-for", b"x-real-ip"))
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def check_origin(method: str, headers: dict[bytes, bytes], own_hosts: frozenset[str]) -> None:
    """Raise CrossOrigin for an unsafe request that a browser sent from another site's page.

    A request with a bearer token carries its own proof; one with neither `Sec-Fetch-Site` nor `Origin` comes from no
    browser. Browsers leave `Sec-Fetch-Site` out on plain http, so `Origin` is compared with the host asked for.
    """
    if method in SAFE or headers.get(b"authorization", b"")[:7].lower() == b"bearer ":
        return
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        if site not in (b"same-origin", b"none"):
            raise CrossOrigin
        return
    origin = headers.get(b"origin")
    if origin is not None and host_of(origin) not in own_hosts | {headers.get(b"host", b"").decode("latin-1")}:
        raise CrossOrigin


def host_of(origin: bytes) -> str | None:
    """The host and port of an Origin header; None for `null` and for what no browser would send."""
    try:
        return urlsplit(origin.decode("latin-1")).netloc or None
    except ValueError:
        return None


def comes_straight_from(connection: HTTPConnection, networks: Iterable[Network]) -> bool:
    """Whether a request came from an address in these networks itself, and not through a proxy that stands in one.

    What a proxy passes on comes from the proxy's address, whoever asked; so a request that says it was passed on never
    counts, nor one whose address is unknown (a Unix socket).
    """
    if connection.client is None or FORWARDED & {name for name, _ in connection.scope["headers"]}:
        return False
    try:
        peer = ipaddress.ip_address(connection.client.host)
    except ValueError:
        return False
    return any(peer in network for network in networks)
