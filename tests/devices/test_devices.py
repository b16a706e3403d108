"""The browsers that get push messages, at the JSON door."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.accounts.operations import forget_ended
from service.app import create_app
from service.devices.operations import MOST, MOST_REFUSED, note_push
from service.devices.queries import devices_of
from service.kit.clock import Clock
from service.kit.database import Session
from service.settings import Settings
from tests.cast import PASSWORD, Person, enter
from tests.conftest import BASE_URL
from tests.kit.browsers import Browser

pytestmark = pytest.mark.anyio
DEVICES = "/api/v1/me/devices"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


def subscription(path: str = "1", browser: Browser | None = None) -> dict[str, Any]:
    """What a browser tells the site."""
    found = browser or Browser(f"https://push.example/send/{path}")
    return {"endpoint": found.endpoint, "keys": found.keys}


async def turn_on(who: Person, path: str = "1", **headers: str) -> dict[str, Any]:
    answer = await who.client.post(DEVICES, json=subscription(path), headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def listed(who: Person) -> list[dict[str, Any]]:
    answer = await who.client.get(DEVICES)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def elsewhere(alice: Person, browse: Callable[..., Awaitable[httpx.AsyncClient]]) -> Person:
    """Alice in another browser."""
    client = await browse()
    answer = await client.post("/api/v1/sessions", json={"login": "alice", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return Person(alice.id, alice.username, client)


async def test_a_browser_is_registered_and_shown_without_its_address(alice: Person, bob: Person) -> None:
    made = await turn_on(alice, **{"User-Agent": "Mozilla/5.0 Firefox/150.0"})
    assert (made["push_service"], made["user_agent"], made["current"]) == (
        "push.example", "Mozilla/5.0 Firefox/150.0", True,
    )  # fmt: skip
    shown = (await alice.client.get(DEVICES)).json()
    assert shown["items"] == [made]
    assert (shown["key"], shown["next"]) == (PUBLIC, None)
    assert "/send/1" not in str(shown)
    assert await listed(bob) == []


async def test_the_same_browser_again_is_one_device_with_its_newest_keys(alice: Person, app: FastAPI) -> None:
    await turn_on(alice)
    newest = Browser("https://push.example/send/1")
    again = (await alice.client.post(DEVICES, json=subscription(browser=newest))).json()
    assert [device["id"] for device in await listed(alice)] == [again["id"]]
    kept = await app.state.database.read(lambda session: [row.p256dh for row in devices_of(session, 1)])
    assert kept == [newest.keys["p256dh"]]


async def test_a_browser_whose_address_changed_is_still_one_device(alice: Person) -> None:
    await turn_on(alice, "old")
    moved = await turn_on(alice, "new")
    assert [device["id"] for device in await listed(alice)] == [moved["id"]]


async def test_a_shared_browser_belongs_to_who_turned_push_on_last(alice: Person, bob: Person) -> None:
    await turn_on(alice)
    await turn_on(bob)
    assert await listed(alice) == []
    assert len(await listed(bob)) == 1


async def test_signing_out_takes_the_device_along_and_no_other(
    alice: Person, browse: Callable[..., Awaitable[httpx.AsyncClient]]
) -> None:
    other = await elsewhere(alice, browse)
    await turn_on(alice, "here")
    away = await turn_on(other, "there")
    assert [device["current"] for device in await listed(alice)] == [False, True]
    assert (await alice.client.delete("/api/v1/sessions/current")).status_code == 204
    assert [device["id"] for device in await listed(other)] == [away["id"]]


async def test_a_new_password_ends_push_everywhere_else(
    alice: Person, browse: Callable[..., Awaitable[httpx.AsyncClient]]
) -> None:
    await turn_on(await elsewhere(alice, browse), "there")
    here = await turn_on(alice, "here")
    change = {"current_password": PASSWORD, "new_password": "another horse, later"}
    answer = await alice.client.patch("/api/v1/me", json=change)
    assert answer.status_code == 200, answer.text
    assert [device["id"] for device in await listed(alice)] == [here["id"]]


async def test_a_device_of_a_session_that_has_ended_is_not_reached(alice: Person, app: FastAPI, clock: Clock) -> None:
    await turn_on(alice)
    clock.offset += timedelta(days=61)
    assert await app.state.database.read(lambda session: list(devices_of(session, 1))) == []
    await app.state.database.write(forget_ended)
    clock.offset -= timedelta(days=61)
    assert await app.state.database.read(lambda session: list(devices_of(session, 1))) == []


async def test_a_device_is_forgotten_by_its_owner_alone(alice: Person, bob: Person) -> None:
    made = await turn_on(alice)
    assert (await bob.client.delete(f"{DEVICES}/{made['id']}")).status_code == 404
    assert (await alice.client.delete(f"{DEVICES}/{made['id']}")).status_code == 204
    assert (await alice.client.delete(f"{DEVICES}/{made['id']}")).status_code == 404
    assert await listed(alice) == []


async def test_the_oldest_device_makes_room(alice: Person, client: httpx.AsyncClient) -> None:
    token = (await alice.client.post("/api/v1/tokens", json={"name": "All", "scopes": ["read", "admin"]})).json()
    client.headers["Authorization"] = f"Bearer {token['token']}"
    for number in range(MOST + 1):
        assert (await client.post(DEVICES, json=subscription(str(number)))).status_code == 201
    found = await listed(alice)
    assert len(found) == MOST
    assert min(device["id"] for device in found) == 2


async def test_a_token_for_writing_sends_nobodys_news_away(alice: Person, client: httpx.AsyncClient) -> None:
    token = (await alice.client.post("/api/v1/tokens", json={"name": "W", "scopes": ["read", "write"]})).json()
    client.headers["Authorization"] = f"Bearer {token['token']}"
    assert (await client.post(DEVICES, json=subscription())).status_code == 403
    assert (await client.get(DEVICES)).status_code == 403


@pytest.mark.parametrize(
    "spoilt",
    [
        {"endpoint": "ftp://push.example/1"}, {"endpoint": "https:///1"}, {"endpoint": "https://push.example/a b"},
        {"endpoint": "https://push.example/ü"}, {"endpoint": "https://push.example/" + "x" * 2000},
        {"endpoint": "https://push.example:x/"}, {"keys": {"p256dh": PUBLIC}},
        {"keys": {"p256dh": PUBLIC, "auth": "YQ"}},
        {"keys": {"p256dh": PUBLIC[:-2] + "x4", "auth": "BTBZMqHH6r4Tts7J_aSIgg"}}, {"expirationTime": None},
        {"keys": {"p256dh": PUBLIC + "=", "auth": "BTBZMqHH6r4Tts7J_aSIgg"}},
    ],
)  # fmt: skip
async def test_what_is_no_subscription_is_refused(alice: Person, spoilt: dict[str, Any]) -> None:
    answer = await alice.client.post(DEVICES, json=subscription() | spoilt)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert await listed(alice) == []


async def test_what_a_push_service_says_is_kept(alice: Person, app: FastAPI, clock: Clock) -> None:
    made = await turn_on(alice)

    def note(ending: Any, times: int = 1) -> Callable[[Session], None]:
        def unit(session: Session) -> None:
            for _ in range(times):
                note_push(session, made["id"], ending)

        return unit

    await app.state.database.write(note("refused", MOST_REFUSED - 1))
    assert (await listed(alice))[0]["failed"] == MOST_REFUSED - 1
    await app.state.database.write(note("sent"))
    (device,) = await listed(alice)
    assert device["failed"] == 0
    assert device["last_used_at"] is not None
    await app.state.database.write(note("later", MOST_REFUSED))
    assert len(await listed(alice)) == 1
    await app.state.database.write(note("refused", MOST_REFUSED))
    assert await listed(alice) == []


async def test_what_is_gone_is_forgotten(alice: Person, app: FastAPI) -> None:
    made = await turn_on(alice)
    await app.state.database.write(note_push, made["id"], "gone")
    assert await listed(alice) == []


async def test_a_site_without_a_key_says_so(settings: Settings, clock: Clock) -> None:
    keyless = create_app(settings, clock=clock, worker=False)
    keyless.state.pusher = None
    async with keyless.router.lifespan_context(keyless):
        transport = httpx.ASGITransport(keyless, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            alice = await enter(keyless, client, "alice", "member")
            assert (await alice.client.get(DEVICES)).json() == {"items": [], "next": None, "key": None}
            answer = await alice.client.post(DEVICES, json=subscription())
    assert (answer.status_code, answer.json()["code"]) == (409, "push-is-off")
