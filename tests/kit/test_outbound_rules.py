"""The table of addresses, and what an answer's Retry-After means."""

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

import pytest

from service.kit.outbound.addresses import is_allowed, is_public
from service.kit.outbound.outcome import answered, seconds_of

pytestmark = pytest.mark.no_database

NOT_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255 169.254.169.254
172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:1ff::1 2001:db8::1
2002:7f00:1::1 3fff::1 3fff:fff::1 5f00::1 fc00::1 fdff::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 4000::1
"""
PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.0.1 172.32.0.1 192.0.1.1 192.167.1.1
198.17.255.255 198.20.0.0 223.255.255.255 2000::1 2001:200::1 2001:4860:4860::8888 2003::1 2606:4700::1111 3ffe::1
3fff:1000::1
"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_these_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC.split())
def test_these_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_an_allowed_network_lets_its_own_addresses_through_and_no_other_spelling_of_them() -> None:
    networks = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert is_allowed(ip_address("10.1.2.3"), networks)
    assert is_allowed(ip_address("fd12::1"), networks)
    assert not is_allowed(ip_address("::ffff:10.1.2.3"), networks)
    assert not is_allowed(ip_address("127.0.0.1"), networks)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("0", 0), ("99999999999999", 86_400), ("Mon, 23 Nov 2026 12:01:00 GMT", 60),
     ("Mon, 23 Nov 2026 11:00:00 GMT", 0), ("Mon, 23 Nov 2099 11:00:00 GMT", 86_400), ("soon", None), ("", None),
     ("-5", None), ("١٢", None), (f"Mon, 23 Nov {'9' * 20} 12:01:00 GMT", None),
     (f"Mon, 23 Nov 2026 {'9' * 20}:01:00 GMT", None), (f"Mon, 23 Nov 2026 12:01:00 +{'9' * 20}", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(said: str, seconds: int | None) -> None:
    assert seconds_of(said, datetime(2026, 11, 23, 12, tzinfo=UTC)) == seconds


def test_of_an_answers_headers_a_few_are_kept_each_as_one_short_line() -> None:
    headers = {
        "content-type": "text/html",
        "retry-after": "7",
        "set-cookie": "a=b",
        "location": "https://x/" + "y" * 900,
    }
    outcome = answered(429, headers, b"slow down", cut=False)
    assert set(outcome.headers) == {"content-type", "retry-after", "location"}
    assert len(outcome.headers["location"]) == 500
    assert (outcome.retry_after, outcome.accepted, outcome.failure) == (7, False, None)
