"""One request to an address that somebody else chose. `service/kit/outbound/__init__.py` says the rules."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from service.kit.lazily import lazily
from service.kit.outbound.addresses import Address, Network, is_allowed, is_public
from service.kit.outbound.outcome import Outcome, answered, failed

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazily("httpx")

DEADLINE: Final = 15.0
"""Seconds for all of it: the look-up, the connection, the request and the answer."""

MOST_SENT: Final = 256 * 1024
MOST_READ: Final = 64 * 1024
LONGEST_URL: Final = 2_000
MOST_TRIED: Final = 3
"""Bytes of a request's body; bytes of an answer's; characters of an address; and addresses of one name that are tried
one after the other until one takes the connection."""

OURS: Final = ("host", "connection", "accept-encoding", "content-length", "transfer-encoding", "user-agent")
"""Headers that are set here and by nobody else."""

LookUp = Callable[[str, int], Sequence[str]]
"""The addresses of a name, in the order in which to try them; raises OSError (or UnicodeError) where there are none.
It may block: it is called on a thread of its own."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What to send, and where. `url` is absolute; the body is at most MOST_SENT bytes."""

    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


class Refused(Exception):
    """This request is not sent, for the reason given: it would be again and again."""


def ask_resolver(host: str, port: int) -> Sequence[str]:
    """What the operating system's resolver says (getaddrinfo, in the order of RFC 6724)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Outbound:
    """The guarded client. One for a process; it holds no connection between two requests.

    `allow` are private networks that may be reached, also over http; `look_up` and `tls` are for tests.
    """

    def __init__(
        self,
        allow: Sequence[Network] = (),
        *,
        deadline: float = DEADLINE,
        look_up: LookUp = ask_resolver,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow = tuple(allow)
        self._deadline = deadline
        self._look_up = look_up
        self._given_tls = tls
        # A resolver that hangs must not take the threads that other work waits for.
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="parley-resolver")

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Whom to trust: the authorities that the operating system trusts. Made once, when it is first needed."""
        return self._given_tls or ssl.create_default_context()

    async def send(self, sending: Sending) -> Outcome:
        """Send it, and say what came of it. Never raises for what the other side does."""
        try:
            async with asyncio.timeout(self._deadline):
                return await self._send(sending)
        except Refused as refusal:
            return failed("address", str(refusal))
        except TimeoutError:
            return failed("timeout", f"no whole answer within {self._deadline:g} seconds")

    async def _send(self, sending: Sending) -> Outcome:
        url = read_url(sending.url)
        if len(sending.body) > MOST_SENT:
            raise Refused(f"more than {MOST_SENT // 1024} KB to send")
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            names = await asyncio.get_running_loop().run_in_executor(self._threads, self._look_up, url.host, port)
        except (OSError, UnicodeError) as error:
            return failed("unreachable", f"the name has no address: {error}")
        addresses = [ip_address(name) for name in names]
        self._check(url, addresses)
        return await self._try(sending, url, addresses[:MOST_TRIED])

    def _check(self, url: httpx.URL, addresses: Sequence[Address]) -> None:
        """Every address of the name must be one that may be reached: whoever serves a name could turn it any time."""
        allowed = [is_allowed(address, self._allow) for address in addresses]
        if not addresses or not all(ours or is_public(each) for each, ours in zip(addresses, allowed, strict=True)):
            raise Refused("the address leads into a network that is not public")
        if url.scheme != "https" and not all(allowed):
            raise Refused("the address must begin with https://")

    async def _try(self, sending: Sending, url: httpx.URL, addresses: Sequence[Address]) -> Outcome:
        """The first of these addresses that takes the connection gets the request; then there is no other try."""
        unreached = failed("unreachable", "no connection")
        for address in addresses:
            try:
                return await self._exchange(request_to(address, sending, url))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                unreached = failed("unreachable", f"no connection: {error}")
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                return failed("broken", f"no answer in HTTP: {str(error) or type(error).__name__}")
        return unreached

    async def _exchange(self, request: httpx.Request) -> Outcome:
        """The request over a connection of its own. The transport alone keeps no cookie and follows no redirect."""
        async with httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False) as transport:
            response = await transport.handle_async_request(request)
            try:
                body = await beginning(response, MOST_READ + 1)
            finally:
                await response.aclose()
        return answered(response.status_code, response.headers, body[:MOST_READ], cut=len(body) > MOST_READ)


def read_url(text: str) -> httpx.URL:
    """The address, read once. Raises Refused for one that is none, or that carries a name and a password."""
    if len(text) > LONGEST_URL:
        raise Refused(f"the address is longer than {LONGEST_URL:,} characters")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(f"not an address: {error}") from error
    if url.scheme not in ("https", "http") or not url.host:
        raise Refused("the address must begin with https://")
    if url.userinfo:
        raise Refused("the address must not carry a name or a password")
    if url.port is not None and not 1 <= url.port <= 65_535:
        raise Refused("the address has no port that exists")
    return url


def request_to(address: Address, sending: Sending, url: httpx.URL) -> httpx.Request:
    """The request as it goes to this very address, in the name's name: in Host, in TLS, and to its certificate."""
    chosen = {name: value for name, value in sending.headers.items() if name.lower() not in OURS}
    headers = {"Host": url.netloc.decode("ascii"), **chosen, "User-Agent": "Parley", "Accept-Encoding": "identity",
               "Connection": "close"}  # fmt: skip
    in_tls = {"sni_hostname": url.raw_host.decode("ascii").strip("[]")}
    return httpx.Request(
        sending.method, url.copy_with(host=str(address)), headers=headers, content=sending.body, extensions=in_tls
    )


async def beginning(response: httpx.Response, most: int) -> bytes:
    """At most about `most` bytes of the body as they came; what the other side still has to say is not read."""
    found = b""
    async for piece in response.aiter_raw():
        found += piece
        if len(found) >= most:
            break
    return found
