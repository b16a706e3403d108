"""`/admin`: the site and its categories."""

import pytest

from tests.cast import Person
from tests.pages.reading import follow, parse, press

pytestmark = pytest.mark.anyio


async def test_only_admins_see_it(alice: Person, mona: Person, ada: Person) -> None:
    assert (await alice.get("/admin")).status_code == 403
    assert (await mona.get("/admin")).status_code == 403
    assert (await ada.get("/admin")).status_code == 200
    assert not parse((await mona.get("/")).text).all("a", href="/admin")


async def test_the_site_is_renamed_and_its_rules_set(ada: Person) -> None:
    answer = await press(
        ada.client, await ada.get("/admin"), "Save the site",
        name="The Reading Room", max_depth="3", hold_first_posts="2",
        close_after_idle_mode="value", close_after_idle="14",
    )  # fmt: skip
    shown = await follow(ada.client, answer)
    assert "The site was saved." in shown.text
    assert parse(shown.text).one("a", class_="site").text == "The Reading Room"
    site = (await ada.get("/api/v1/site")).json()
    assert (site["name"], site["max_depth"], site["hold_first_posts"]) == ("The Reading Room", 3, 2)
    assert site["closing"]["close_after_idle"] == "P14D"


async def test_how_many_replies_close_a_thread_is_set_for_the_site_and_for_a_category(ada: Person) -> None:
    typed = {"close_after_replies_mode": "value", "close_after_replies": "500"}
    saved = await press(ada.client, await ada.get("/admin"), "Save the site", **typed)
    shown = await follow(ada.client, saved)
    assert parse(shown.text).one("input", id="close_after_replies").attributes["value"] == "500"
    panel = parse(shown.text).one("details", id="category-general")
    assert "As the site says (after 500 replies)" in panel.text
    answer = await press(ada.client, shown, "Save the category", **{**typed, "close_after_replies": "0"})
    assert answer.status_code == 422
    panel = parse(answer.text).one("details", id="category-general")
    assert "whole number from 1 to 1000000" in panel.one("span", id="general-close_after_replies-error").text
    saved = await press(ada.client, answer, "Save the category", close_after_replies="20")
    assert saved.status_code == 303
    category = (await ada.get("/api/v1/categories/general")).json()
    assert category["closing"]["close_after_replies"] == 20
    saved = await press(ada.client, await ada.get("/admin"), "Save the site", close_after_replies_mode="off")
    assert saved.status_code == 303
    assert (await ada.get("/api/v1/site")).json()["closing"]["close_after_replies"] == "off"


@pytest.mark.parametrize("days", ["1", "10", "20", "36500", "0.5", "7.25"])
async def test_a_number_of_days_is_shown_as_it_was_typed(ada: Person, days: str) -> None:
    typed = {"close_after_idle_mode": "value", "close_after_idle": days}
    shown = await follow(ada.client, await press(ada.client, await ada.get("/admin"), "Save the site", **typed))
    assert parse(shown.text).one("input", id="close_after_idle").attributes["value"] == days
    said = "after 1 day" if days == "1" else f"after {days} days"
    assert f"As the site says ({said})" in parse(shown.text).one("details", id="category-general").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"max_depth": "11"}, "max_depth"),
        ({"max_depth": "deep"}, "max_depth"),
        ({"hold_first_posts": "101"}, "hold_first_posts"),
        ({"hold_first_posts": ""}, "hold_first_posts"),
    ],
)
async def test_a_wrong_setting_is_named_and_nothing_is_stored(ada: Person, typed: dict[str, str], field: str) -> None:
    before = (await ada.get("/api/v1/site")).json()
    answer = await press(ada.client, await ada.get("/admin"), "Save the site", **typed)
    assert answer.status_code == 422
    section = parse(answer.text).one("section", id="site")
    assert section.one("span", id=f"{field}-error")
    assert section.one("input", id=field).attributes["value"] == typed[field]
    assert (await ada.get("/api/v1/site")).json() == before


async def test_two_admins_at_once_the_second_is_told(ada: Person) -> None:
    one, two = await ada.get("/admin"), await ada.get("/admin")
    await press(ada.client, one, "Save the site", name="One")
    refused = await press(ada.client, two, "Save the site", name="Two")
    assert refused.status_code == 412
    assert parse(refused.text).one("input", id="name").attributes["value"] == "Two"
    assert (await press(ada.client, refused, "Save the site")).status_code == 303
    assert (await ada.get("/api/v1/site")).json()["name"] == "Two"


async def test_a_category_is_made_and_changed(ada: Person, alice: Person) -> None:
    made = await press(
        ada.client, await ada.get("/admin"), "Make the category", name="Reading room", visibility="members"
    )
    assert made.headers["location"] == "/admin?saved=made&category=reading-room#category-reading-room"
    shown = await follow(ada.client, made)
    panel = parse(shown.text).one("details", id="category-reading-room")
    assert "The category was made." in panel.text
    assert "Reading room" in (await alice.get("/")).text
    alice.client.cookies.clear()
    assert "Reading room" not in (await alice.get("/")).text


async def test_a_taken_address_is_refused_beside_its_field(ada: Person) -> None:
    answer = await press(ada.client, await ada.get("/admin"), "Make the category", name="Another", slug="general")
    assert answer.status_code == 422
    panel = parse(answer.text).one("details", id="new-category")
    assert "open" in panel.attributes
    assert panel.one("span", id="new-slug-error").text == "Slug: is taken by another category."
    assert panel.one("input", id="new-name").attributes["value"] == "Another"
    assert panel.one("div", role="alert").one("a").attributes["href"] == "#new-slug"
