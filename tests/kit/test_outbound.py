"""The guarded client against real servers: where it goes and where not, and what it makes of odd answers."""

import asyncio
import time
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest

from service.kit.outbound import Outbound, Sending
from service.kit.outbound.client import LookUp
from tests.kit.outside import Heard, answering, certificate, listening, read_request

pytestmark = [pytest.mark.no_database, pytest.mark.anyio]

LOOPBACK = ip_network("127.0.0.0/8")
FIRST = ip_network("127.0.0.2/32")


def names(*addresses: str) -> LookUp:
    """A resolver that knows these addresses, whatever the name."""
    return lambda host, port: addresses


async def refuses_to_connect(heard: Heard, outbound: Outbound, url: str) -> str:
    """Send there; nobody must have heard of it. Gives the words of the refusal."""
    outcome = await outbound.send(Sending(url))
    assert (outcome.failure, outcome.status, outcome.accepted) == ("address", None, False)
    assert heard.heads == []
    return outcome.words


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"]
)
async def test_a_private_address_is_not_reached_however_it_is_written(host: str) -> None:
    async with answering() as heard:
        words = await refuses_to_connect(heard, Outbound(), f"http://{host}:{heard.port}/hook")
    assert "127" not in words, "a refusal must not tell what a name leads to"


async def test_an_allowed_network_is_reached_over_http() -> None:
    async with answering() as heard:
        sending = Sending(
            f"http://localhost:{heard.port}/hook?a=1", b"hello", {"Webhook-Id": "m1", "Host": "evil.example"}
        )
        outcome = await Outbound((LOOPBACK,), look_up=names("127.0.0.1")).send(sending)
    assert (outcome.status, outcome.body, outcome.accepted, outcome.words) == (201, b"ok", True, "answered 201")
    assert heard.bodies == [b"hello"]
    assert heard.heads[0].startswith("POST /hook?a=1 HTTP/1.1\r\n")
    assert f"host: localhost:{heard.port}\r\n" in heard.heads[0].lower()
    assert "webhook-id: m1" in heard.heads[0].lower()
    assert "evil.example" not in heard.heads[0]


async def test_of_two_addresses_one_private_is_enough_to_refuse() -> None:
    async with answering(host="127.0.0.2") as heard:
        both = Outbound((FIRST,), look_up=names("127.0.0.2", "127.0.0.1"))
        await refuses_to_connect(heard, both, f"http://two.example:{heard.port}/")


async def test_http_outside_of_the_allowed_networks_is_refused() -> None:
    outcome = await Outbound(look_up=names("8.8.8.8")).send(Sending("http://public.example/"))
    assert (outcome.failure, outcome.words) == ("address", "the address must begin with https://")


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    asked: list[str] = []

    def turning(host: str, port: int) -> Sequence[str]:
        """First the address that is allowed, then one that is not: a name that is turned in between."""
        asked.append(host)
        return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

    async with answering(host="127.0.0.2") as heard:
        outcome = await Outbound((FIRST,), look_up=turning).send(Sending(f"http://turning.example:{heard.port}/"))
    assert outcome.accepted
    assert asked == ["turning.example"]


async def test_the_next_address_is_tried_when_one_does_not_take_the_connection() -> None:
    async with answering(host="127.0.0.2") as heard:
        outbound = Outbound((LOOPBACK,), look_up=names("127.0.0.77", "127.0.0.2"))
        assert (await outbound.send(Sending(f"http://two.example:{heard.port}/"))).accepted


async def test_a_name_without_address_and_a_closed_port_are_told_apart_from_refusals() -> None:
    def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    assert (await Outbound(look_up=nowhere).send(Sending("https://gone.example/"))).failure == "unreachable"
    async with answering() as heard:
        pass
    assert (await Outbound((LOOPBACK,)).send(Sending(f"http://127.0.0.1:{heard.port}/"))).failure == "unreachable"


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x.example/", "https:///path", "//x.example/", "https://a:b@x.example/", "https://x.example:0/",
     "https://x.example:65536/", "https://x\x00.example/", "https://․.example/", "https://x.example/" + "a" * 2000],
)  # fmt: skip
async def test_what_is_no_address_is_refused(url: str) -> None:
    outcome = await Outbound((LOOPBACK,), look_up=names("127.0.0.1")).send(Sending(url))
    assert (outcome.failure, outcome.status) == ("address", None)


async def test_tls_is_spoken_in_the_names_name(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "hooks.example")
    async with answering(tls=server) as heard:
        url = f"https://hooks.example:{heard.port}/"
        assert (await Outbound((LOOPBACK,), look_up=names("127.0.0.1"), tls=client).send(Sending(url))).accepted
        strange = await Outbound((LOOPBACK,), look_up=names("127.0.0.1")).send(Sending(url))
        other = url.replace("hooks", "other")
        misnamed = await Outbound((LOOPBACK,), look_up=names("127.0.0.1"), tls=client).send(Sending(other))
    assert heard.names[:1] == ["hooks.example"]
    assert len(heard.heads) == 1
    assert (strange.failure, misnamed.failure) == ("unreachable", "unreachable")
    assert "certificate" in strange.words
    assert "other.example" in misnamed.words


async def test_a_certificate_for_an_address_is_taken_for_it(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "127.0.0.1")
    async with answering(tls=server) as heard:
        outcome = await Outbound((LOOPBACK,), tls=client).send(Sending(f"https://127.0.0.1:{heard.port}/"))
    assert outcome.accepted, outcome.words


async def test_a_redirect_is_a_failure_and_nobody_goes_there() -> None:
    async with answering() as elsewhere:
        away = f"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:{elsewhere.port}/\r\nContent-Length: 0\r\n\r\n"
        async with answering(away.encode()) as heard:
            outcome = await Outbound((LOOPBACK,)).send(Sending(f"http://127.0.0.1:{heard.port}/"))
    assert (outcome.status, outcome.failure, outcome.accepted) == (307, "redirect", False)
    assert elsewhere.heads == []


async def test_an_answer_is_cut_at_64_kilobytes() -> None:
    gone_on = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader, Heard())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
        except OSError:
            gone_on.set()

    async with listening(talk) as port:
        outcome = await Outbound((LOOPBACK,)).send(Sending(f"http://127.0.0.1:{port}/"))
        await asyncio.wait_for(gone_on.wait(), 60)  # the connection was closed in the middle of it
    assert (outcome.status, len(outcome.body), outcome.cut, outcome.accepted) == (200, 65_536, True, True)
    assert outcome.headers == {"content-type": "text/plain"}


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"], ids=["head", "body"])
async def test_one_deadline_holds_for_an_answer_that_never_ends(head: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader, Heard())
        writer.write(head)
        while True:
            writer.write(b"H")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with listening(talk) as port:
        outcome = await Outbound((LOOPBACK,), deadline=0.5).send(Sending(f"http://127.0.0.1:{port}/"))
    assert outcome.failure == "timeout", "the server would have gone on for ever"


async def test_the_deadline_holds_for_the_look_up_too() -> None:
    def slow(host: str, port: int) -> Sequence[str]:
        time.sleep(1)
        return ["127.0.0.1"]

    outcome = await Outbound((LOOPBACK,), deadline=0.1, look_up=slow).send(Sending("https://slow.example/"))
    assert outcome.failure == "timeout"


@pytest.mark.parametrize("answer", [b"", b"220 mail.example ESMTP\r\n", b"HTTP/1.1 200 OK\r\nA: " + b"x" * 200_000])
async def test_what_is_no_http_is_a_failure(answer: bytes) -> None:
    async with answering(answer) as heard:
        outcome = await Outbound((LOOPBACK,)).send(Sending(f"http://127.0.0.1:{heard.port}/"))
    assert (outcome.status, outcome.failure) == (None, "broken")


async def test_no_cookie_is_kept_and_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with answering(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n") as heard:
            outbound = Outbound((LOOPBACK,))
            for _ in range(2):
                assert (await outbound.send(Sending(f"http://127.0.0.1:{heard.port}/"))).accepted
    assert proxy.heads == []
    assert len(heard.heads) == 2
    assert "cookie" not in "".join(heard.heads).lower()


async def test_a_request_too_large_and_a_header_that_forges_one_are_not_sent() -> None:
    async with answering() as heard:
        url, outbound = f"http://127.0.0.1:{heard.port}/", Outbound((LOOPBACK,))
        large = await outbound.send(Sending(url, b"x" * 262_145))
        forged = await outbound.send(Sending(url, headers={"Topic": "a\r\nEvil: b"}))
    assert (large.failure, forged.failure) == ("address", "broken")
    assert heard.heads == []
