"""Which other sites a rendered text links to."""

import re
from html import unescape
from typing import Final
from urllib.parse import urlsplit

HREF: Final = re.compile(r'<a href="(?:https?:)?//([^/"?#]+)', re.IGNORECASE)
"""A link as the sanitiser writes it: the address comes first in the tag."""


def host_of(authority: str) -> str:
    """The host of an address's authority (RFC 3986 section 3.2), in small letters, without user, port and `www.`."""
    host = unescape(authority).rpartition("@")[2].lower().rstrip(".")
    if not host.startswith("["):
        host = host.partition(":")[0].rstrip(".")
    return host.removeprefix("www.")


def hosts_in(html: str, own: str = "") -> tuple[str, ...]:
    """The hosts of the links in sanitised HTML, in order and as often as they stand there; not the site's `own`."""
    if "//" not in html:
        return ()
    found = (host_of(authority) for authority in HREF.findall(html))
    return tuple(host for host in found if host and host != own)


def host_of_address(url: str, own: str = "") -> tuple[str, ...]:
    """The host of one address, which was checked when it was typed; none for the site's `own`."""
    host = host_of(urlsplit(url).netloc)
    return (host,) if host and host != own else ()
