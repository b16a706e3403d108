"""The role of a person, given on their page."""

import pytest

from tests.cast import Person
from tests.pages.reading import FORM, follow, parse, press

pytestmark = pytest.mark.anyio


async def test_an_admin_makes_a_moderator_on_their_page(ada: Person, bob: Person) -> None:
    shown = await follow(
        ada.client, await press(ada.client, await ada.get("/u/bob"), "Save the role", role="moderator")
    )
    assert "The role was saved." in shown.text
    assert "moderator" in parse(shown.text).one("p", class_="facts").text
    assert (await bob.get("/api/v1/me")).json()["role"] == "moderator"


async def test_nobody_else_has_the_form_or_its_effect(mona: Person, bob: Person) -> None:
    assert not parse((await mona.get("/u/bob")).text).all("details", id="role")
    refused = await mona.client.post("/u/bob", content="role=admin", headers=FORM)
    assert refused.status_code == 403
    assert (await bob.get("/api/v1/me")).json()["role"] == "member"


async def test_the_only_admin_stays_one(ada: Person) -> None:
    refused = await press(ada.client, await ada.get("/u/ada"), "Save the role", role="member")
    assert refused.status_code == 409
    assert "Make somebody else an admin first." in parse(refused.text).one("details", id="role").text
    odd = await ada.client.post("/u/ada", content="role=emperor", headers=FORM)
    assert odd.status_code == 422
