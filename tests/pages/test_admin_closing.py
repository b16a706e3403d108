"""What `/admin` says and sets about closings: what one leaves open, and what it ends besides."""

import pytest

from tests.build import a_thread
from tests.cast import Person
from tests.pages.reading import Element, parse, press

pytestmark = pytest.mark.anyio


def ticked(page: Element) -> set[str]:
    """The names of the checkboxes of the site's form that are ticked."""
    boxes = page.one("section", id="site").all("input", type="checkbox")
    return {box.attributes["name"] for box in boxes if "checked" in box.attributes}


async def test_what_a_closing_leaves_open_and_ends_is_shown_and_set(ada: Person) -> None:
    page = await ada.get("/admin")
    assert ticked(parse(page.text)) == {"closed_reply_roles_moderator", "closed_reply_roles_admin"}
    assert parse(page.text).one("input", id="close_grace").attributes["value"] == "0"
    typed = {
        "close_grace": "7.5",
        "closed_reply_roles_moderator": "",
        "closed_reply_roles_admin": "on",
        "close_also_reactions": "on",
        "close_also_edits": "on",
    }
    saved = await press(ada.client, page, "Save the site", **typed)
    assert saved.status_code == 303
    site = (await ada.get("/api/v1/site")).json()
    named = (site["close_grace"], site["closed_reply_roles"], site["close_also"])
    assert named == ("PT7M30S", ["admin"], ["reactions", "edits"])
    page = await ada.get("/admin")
    assert ticked(parse(page.text)) == {"closed_reply_roles_admin", "close_also_reactions", "close_also_edits"}
    assert parse(page.text).one("input", id="close_grace").attributes["value"] == "7.5"
    assert (await press(ada.client, page, "Save the site", name="Another name")).status_code == 303
    again = (await ada.get("/api/v1/site")).json()
    assert {**again, "name": site["name"], "version": site["version"]} == site, "saving the form changes nothing else"


async def test_saving_a_form_leaves_a_time_of_the_api_as_exact_as_it_is(ada: Person) -> None:
    exact = {"closes_at": "2040-12-23T12:00:07.000008Z", "slow_mode": "PT10.5S"}
    closing = {"closing": exact}
    assert (await ada.patch("/api/v1/site", closing, headers={"If-Match": "*"})).status_code == 200
    assert (await ada.patch("/api/v1/categories/general", closing)).status_code == 200
    for button, door in (("Save the site", "/api/v1/site"), ("Save the category", "/api/v1/categories/general")):
        assert (await press(ada.client, await ada.get("/admin"), button, name="Exact")).status_code == 303
        saved = (await ada.get(door)).json()["closing"]
        assert {name: saved[name] for name in exact} == exact


@pytest.mark.parametrize("grace", ["", "soon", "-1", "1440.1", "1e9", "NaN"])
async def test_a_grace_that_is_none_is_refused_beside_its_field(ada: Person, grace: str) -> None:
    refused = await press(ada.client, await ada.get("/admin"), "Save the site", close_grace=grace, name="Not yet")
    assert refused.status_code == 422
    page = parse(refused.text)
    assert page.one("span", id="close_grace-error").text == "The grace: must be a number of minutes from 0 to 1440."
    assert page.one("input", id="name").attributes["value"] == "Not yet"


async def test_a_holiday_of_the_site_is_set_with_its_end(alice: Person, ada: Person) -> None:
    typed = {
        "closes_at_mode": "value", "closes_at": "2040-12-23T12:00", "reopens_at_mode": "value",
        "reopens_at": "2041-01-07T08:30", "slow_mode_mode": "value", "slow_mode": "2.5",
    }  # fmt: skip
    assert (await press(ada.client, await ada.get("/admin"), "Save the site", **typed)).status_code == 303
    closing = (await ada.get("/api/v1/site")).json()["closing"]
    assert (closing["closes_at"], closing["reopens_at"]) == ("2040-12-23T12:00:00Z", "2041-01-07T08:30:00Z")
    assert closing["slow_mode"] == "PT2M30S"
    thread = await a_thread(by=alice)
    assert (thread["closes_at"], thread["reopens_at"]) == ("2040-12-23T12:00:00Z", "2041-01-07T08:30:00Z")
    page = await ada.get("/admin")
    panel = parse(page.text).one("details", id="category-general")
    for said in ("23 December 2040, 12:00 UTC", "7 January 2041, 08:30 UTC", "2.5 minutes"):
        assert said in panel.text
    away = {"closes_at_mode": "off", "reopens_at_mode": "inherit", "slow_mode_mode": "value", "slow_mode": "0.1"}
    refused = await press(ada.client, page, "Save the category", **away)
    assert refused.status_code == 422
    assert "10 seconds" in parse(refused.text).one("span", id="general-slow_mode-error").text
    saved = await press(ada.client, refused, "Save the category", slow_mode_mode="off")
    assert saved.status_code == 303
    category = (await ada.get("/api/v1/categories/general")).json()["closing"]
    assert (category["closes_at"], category["reopens_at"], category["slow_mode"]) == ("off", None, "off")
