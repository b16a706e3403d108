"""Push messages on the settings page, without scripts: what is on can be seen and stopped."""

import httpx
import pytest
from fastapi import FastAPI

from tests.cast import Person
from tests.devices.test_devices import PUBLIC, listed, turn_on
from tests.pages.reading import FORM, parse, values_of

pytestmark = pytest.mark.anyio
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


async def section_of(who: Person) -> str:
    """The words of the page's part about push; empty where it says nothing."""
    page = parse((await who.get("/settings")).text)
    found = page.all("section", id="push")
    return found[0].text if found else ""


async def test_the_page_offers_push_with_the_sites_key(alice: Person) -> None:
    page = parse((await alice.get("/settings")).text)
    (section,) = page.all("section", id="push")
    assert section.attributes["data-push-key"] == PUBLIC
    assert "data-push-here" not in section.attributes
    (button,) = section.all("button")
    assert "hidden" in button.attributes, "the script shows it where it can work"


async def test_a_browser_is_listed_and_stopped_by_its_button(alice: Person, bob: Person) -> None:
    await turn_on(alice, **{"User-Agent": FIREFOX})
    assert "Firefox on Linux" in await section_of(alice)
    assert "this browser" in await section_of(alice)
    assert "Firefox on Linux" not in await section_of(bob)
    page = parse((await alice.get("/settings")).text)
    (form,) = page.all("section", id="push")[0].all("form")
    sent = values_of(form) | {"do": "forget-device"}
    answer = await alice.client.post("/settings", data=sent, headers=FORM)
    assert answer.status_code == 303
    assert await listed(alice) == []
    shown = await alice.get(answer.headers["location"])
    assert "That browser gets no push messages any more." in shown.text


async def test_stopping_twice_or_anothers_is_no_error_and_stops_nothing_else(alice: Person, bob: Person) -> None:
    await turn_on(alice)
    answer = await bob.client.post("/settings", data={"do": "forget-device", "device": "1"}, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings#push")
    assert len(await listed(alice)) == 1


async def test_a_site_that_sends_none_says_nothing_of_push(alice: Person, app: FastAPI) -> None:
    app.state.pusher = None
    page = (await alice.get("/settings")).text
    assert "push" not in page.lower()


async def test_the_worker_has_an_address_that_never_changes(client: httpx.AsyncClient) -> None:
    answer = await client.get("/push-worker.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "showNotification" in answer.text
