"""Which addresses may be reached, by our own table: `ipaddress.is_global` takes some for public that are not.

It lets pass, among others, multicast, 192.88.99.0/24, IPv4 inside IPv6 (::127.0.0.1, 64:ff9b::/96, 2002::/16) and
fec0::/10, each a way back into a private network where a router translates. The ranges are those of the IANA
special-purpose registries (RFC 6890 and its updates).
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

NOT_PUBLIC_4: Final = tuple(
    IPv4Network(range_)
    for range_ in (
        "0.0.0.0/8",        # this host (RFC 791)
        "10.0.0.0/8",       # private (RFC 1918)
        "100.64.0.0/10",    # shared by a carrier's customers (RFC 6598)
        "127.0.0.0/8",      # loopback
        "169.254.0.0/16",   # link-local, and the metadata of cloud machines (RFC 3927)
        "172.16.0.0/12",    # private (RFC 1918)
        "192.0.0.0/24",     # protocol assignments (RFC 6890)
        "192.0.2.0/24",     # documentation (RFC 5737)
        "192.88.99.0/24",   # 6to4 relays (RFC 7526)
        "192.168.0.0/16",   # private (RFC 1918)
        "198.18.0.0/15",    # benchmarks (RFC 2544)
        "198.51.100.0/24",  # documentation (RFC 5737)
        "203.0.113.0/24",   # documentation (RFC 5737)
        "224.0.0.0/4",      # multicast (RFC 5771)
        "240.0.0.0/4",      # reserved, and broadcast (RFC 1112, RFC 919)
    )
)  # fmt: skip

PUBLIC_6: Final = IPv6Network("2000::/3")
"""All that is handed out as global unicast (RFC 4291): what lies outside is translated, local or unknown."""

NOT_PUBLIC_6: Final = tuple(
    IPv6Network(range_)
    for range_ in (
        "2001::/23",      # protocol assignments, Teredo among them (RFC 2928, RFC 4380)
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",      # 6to4: IPv4 inside (RFC 3056)
        "3fff::/20",      # documentation (RFC 9637)
    )
)  # fmt: skip


def is_public(address: Address) -> bool:
    """Whether the address is one of the public internet, and of nobody's own network."""
    if isinstance(address, IPv4Address):
        return not any(address in range_ for range_ in NOT_PUBLIC_4)
    return address in PUBLIC_6 and not any(address in range_ for range_ in NOT_PUBLIC_6)


def is_allowed(address: Address, networks: Sequence[Network]) -> bool:
    """Whether the operator has named a network that holds the address, in the form in which it is written there."""
    return any(address.version == network.version and address in network for network in networks)
