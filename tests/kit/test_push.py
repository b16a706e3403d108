"""Push messages: sealed as RFC 8291 says, signed as RFC 8292 says, and what becomes of them at a push service."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from service.kit.outbound import Outbound
from service.kit.push import PushAddress, Pusher, PushMessage, open_pusher
from service.kit.push.messages import is_public_key
from service.kit.push.sealing import MOST, seal_with
from tests.kit.browsers import Browser, b64, claims_of, push_service, unb64

pytestmark = [pytest.mark.no_database, pytest.mark.anyio]

LOOPBACK = ip_network("127.0.0.0/8")
KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
NEWS = PushMessage("What the amnesty left out", "bob replied", "/t/7/what#reply-3", "thread-7")


def pusher(base_url: str = "https://forum.example") -> Pusher:
    made = open_pusher(KEY, base_url, Outbound((LOOPBACK,)))
    assert made is not None
    return made


def address(browser: Browser) -> PushAddress:
    return PushAddress(browser.endpoint, **browser.keys)


def test_a_message_is_sealed_as_in_the_example_of_rfc_8291() -> None:
    own = ec.derive_private_key(
        int.from_bytes(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    auth, salt = unb64("BTBZMqHH6r4Tts7J_aSIgg"), unb64("DGv6ra1nlYgDCS1FRnbzlw")
    text = b"When I grow up, I want to be a watermelon"
    sealed = seal_with(text, unb64(RECEIVER), auth, own, salt)
    assert b64(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert Browser("", int.from_bytes(unb64(KEY), "big"), auth).open(sealed) == text


async def test_the_browser_it_is_for_can_read_it_and_no_other() -> None:
    async with push_service() as service:
        bobs, alices = service.browser("/push/bob"), service.browser("/push/alice")
        outcome = await pusher().send(address(bobs), NEWS)
    assert (outcome.ending, outcome.words) == ("sent", "answered 201")
    told = {"title": NEWS.title, "text": NEWS.text, "path": NEWS.path, "tag": NEWS.tag}
    assert bobs.read(service.bodies[0]) == told
    with pytest.raises(InvalidTag):
        alices.open(service.bodies[0])
    headers = {name: service.header(name) for name in ("TTL", "Topic", "Content-Encoding", "Urgency")}
    assert headers == {"TTL": "86400", "Topic": "thread-7", "Content-Encoding": "aes128gcm", "Urgency": "normal"}


@pytest.mark.parametrize(
    ("base_url", "contact"),
    [("https://forum.example", "https://forum.example"), ("http://127.0.0.1:8000", "mailto:parley@[127.0.0.1]")],
)
async def test_the_push_service_is_told_who_sends(base_url: str, contact: str) -> None:
    async with push_service() as service:
        sends = pusher(base_url)
        await sends.send(address(service.browser()), NEWS)
    claims, key = claims_of(service.header("Authorization"))
    assert key == sends.public_key == RECEIVER
    assert (claims["aud"], claims["sub"]) == (service.origin, contact)
    assert time.time() < claims["exp"] <= time.time() + 86_400


@pytest.mark.parametrize(
    ("status", "ending"),
    [(200, "sent"), (201, "sent"), (202, "sent"), (404, "gone"), (410, "gone"), (429, "later"), (500, "later"),
     (503, "later"), (400, "refused"), (401, "refused"), (403, "refused"), (413, "refused"), (307, "refused")],
)  # fmt: skip
async def test_what_a_push_service_says_decides(status: int, ending: str) -> None:
    async with push_service() as service:
        service.answers["/push/1"] = status
        outcome = await pusher().send(address(service.browser()), NEWS)
    assert outcome.ending == ending
    assert str(status) in outcome.words


async def test_a_push_service_that_asks_for_patience_is_given_it() -> None:
    async with push_service() as service:
        service.answers["/push/1"], service.more = 429, "Retry-After: 90\r\n"
        outcome = await pusher().send(address(service.browser()), NEWS)
    assert (outcome.ending, outcome.retry_after) == ("later", 90)


async def test_no_push_service_is_later_and_a_private_one_never() -> None:
    async with push_service() as service:
        nowhere = open_pusher(KEY, "https://forum.example", Outbound())
        assert nowhere is not None
        refused = await nowhere.send(address(service.browser()), NEWS)
    assert (refused.ending, service.heads) == ("refused", [])
    assert (await pusher().send(address(service.browser()), NEWS)).ending == "later"


async def test_a_long_message_is_cut_and_stays_small() -> None:
    long = PushMessage("T\r\n" * 300, "“\U0001f600" * 1000, "/t/7/" + "%E4%BA%BA" * 200, "thread-9223372036854775807")
    assert len(long.payload()) < 3_000 < MOST
    async with push_service() as service:
        browser = service.browser()
        assert (await pusher().send(address(browser), long)).ending == "sent"
    told = browser.read(service.bodies[0])
    assert (len(told["title"]), len(told["text"])) == (120, 240)
    assert told["text"].endswith("…")
    assert "\n" not in told["title"]


async def test_keys_that_are_none_are_refused_without_a_request() -> None:
    async with push_service() as service:
        wrong = PushAddress(service.browser().endpoint, b64(b"\x04" + b"\x01" * 64), b64(b"a" * 16))
        assert (await pusher().send(wrong, NEWS)).ending == "refused"
    assert service.heads == []


@pytest.mark.parametrize(
    "spoil", [lambda key: key[:-1], lambda key: b"\x02" + key[1:], lambda key: key[:-1] + bytes([key[-1] ^ 1]), bytes]
)
def test_a_public_key_is_a_point_of_the_curve(spoil: Callable[[bytes], bytes]) -> None:
    assert is_public_key(unb64(RECEIVER))
    assert not is_public_key(spoil(unb64(RECEIVER)) if spoil is not bytes else b"")


def test_without_a_key_there_is_no_pusher() -> None:
    assert open_pusher("", "https://forum.example", Outbound()) is None


def test_without_the_extra_the_site_starts_and_has_no_pusher(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from service.app import create_app; from service.settings import load_settings\n"
        "app = create_app(load_settings(), worker=True); print(app.state.pusher, type(app.state.worker).__name__)"
    )
    environment = os.environ | {"PARLEY_DATA_DIR": str(tmp_path), "PARLEY_DATABASE_URL": "", "PARLEY_VAPID_KEY": KEY}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["None", "Worker"]
