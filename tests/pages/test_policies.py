"""Changing a closing policy on `/admin`: first what it would do at once, with nothing lost of what was typed."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_thread
from tests.cast import Person
from tests.closing.doing import set_site, shown
from tests.closing.test_sweep import copy_thread
from tests.pages.reading import follow, parse, press, values_of

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
AGE = {"close_after_age_mode": "value", "close_after_age": "14"}


async def test_the_site_s_policy_is_confirmed_where_it_would_close_threads(
    app: FastAPI, clock: Clock, alice: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice, title="What the <amnesty> left out")
    await app.state.database.write(copy_thread, thread["id"], 119)
    clock.offset += 20 * DAY
    asked = await press(ada.client, await ada.get("/admin"), "Save the site", name="The Reading Room", **AGE)
    assert asked.status_code == 200
    page = parse(asked.text)
    assert page.one("h1").text == "120 threads would close at once"
    assert len(page.one("ul", class_="lines").all("li")) == 20
    assert "And 100 more." in page.text
    assert "What the <amnesty> left out" in page.one("ul", class_="lines").text
    assert "for its age" in page.one("ul", class_="lines").text
    site = (await ada.get("/api/v1/site")).json()
    assert (site["name"], site["closing"]["close_after_age"]) == ("Parley", None), "nothing is stored yet"
    saved = await follow(ada.client, await press(ada.client, asked, "Confirm and save"))
    assert "The site was saved." in saved.text
    site = (await ada.get("/api/v1/site")).json()
    assert (site["name"], site["closing"]["close_after_age"]) == ("The Reading Room", "P14D")
    assert (await shown(alice, thread))["state"] == "closed"


async def test_who_goes_back_finds_the_form_as_it_was_typed(clock: Clock, alice: Person, ada: Person) -> None:
    await a_thread(by=alice)
    clock.offset += 20 * DAY
    typed = {"name": "The Reading Room", "max_depth": "4", "author_may_close": "on", **AGE}
    asked = await press(ada.client, await ada.get("/admin"), "Save the site", **typed)
    assert parse(asked.text).one("h1").text == "1 thread would close at once"
    again = await press(ada.client, asked, "Back to the form")
    assert again.status_code == 200
    form = parse(again.text).one("section", id="site").one("form")
    values = values_of(form)
    assert {name: values[name] for name in typed} == typed
    assert "Nothing has been changed yet." in parse(again.text).one("section", id="site").text
    assert (await ada.get("/api/v1/site")).json()["name"] == "Parley"
    saved = await press(ada.client, again, "Save the site", close_after_age="30")
    assert saved.status_code == 303, "30 days would close nothing"


async def test_a_category_s_policy_is_confirmed_too_and_says_what_would_open(
    clock: Clock, alice: Person, ada: Person
) -> None:
    await set_site(ada, closing={"close_after_age": "P14D"})
    thread = await a_thread(by=alice, title="Aged")
    clock.offset += 20 * DAY
    typed = {"description": "Questions about the list.", "close_after_age_mode": "off"}
    asked = await press(ada.client, await ada.get("/admin"), "Save the category", **typed)
    page = parse(asked.text)
    assert page.one("h1").text == "1 thread would open again at once"
    assert "the category “General”" in page.text
    back = await press(ada.client, asked, "Back to the form")
    panel = parse(back.text).one("details", id="category-general")
    assert "open" in panel.attributes
    assert values_of(panel.all("form")[0])["description"] == "Questions about the list."
    saved = await press(ada.client, asked, "Confirm and save")
    assert saved.headers["location"] == "/admin?saved=category&category=general#category-general"
    assert (await shown(alice, thread))["state"] == "open"
    assert (await ada.get("/api/v1/categories/general")).json()["description"] == "Questions about the list."


async def test_there_is_no_step_where_nothing_would_close_or_open(clock: Clock, alice: Person, ada: Person) -> None:
    await a_thread(by=alice)
    clock.offset += 10 * DAY
    assert (await press(ada.client, await ada.get("/admin"), "Save the site", **AGE)).status_code == 303
    clock.offset += 10 * DAY
    other = await press(ada.client, await ada.get("/admin"), "Save the site", name="The Reading Room")
    assert other.status_code == 303, "the thread is closed by the policy as it was"


async def test_a_wrong_field_is_said_before_and_a_newer_version_after_the_step(
    clock: Clock, alice: Person, ada: Person
) -> None:
    await a_thread(by=alice)
    clock.offset += 20 * DAY
    wrong = await press(ada.client, await ada.get("/admin"), "Save the site", max_depth="11", **AGE)
    assert wrong.status_code == 422
    asked = await press(ada.client, await ada.get("/admin"), "Save the site", **AGE)
    await set_site(ada, name="Meanwhile")
    late = await press(ada.client, asked, "Confirm and save")
    assert late.status_code == 412
    assert values_of(parse(late.text).one("section", id="site").one("form"))["close_after_age"] == "14"


async def test_only_admins_are_asked(clock: Clock, alice: Person, mona: Person, ada: Person) -> None:
    await a_thread(by=alice)
    clock.offset += 20 * DAY
    shown_to_ada = await ada.get("/admin")
    for words in ("Save the site", "Save the category"):
        assert (await press(mona.client, shown_to_ada, words, **AGE)).status_code == 403
    asked = await press(ada.client, shown_to_ada, "Save the site", **AGE)
    assert (await press(mona.client, asked, "Back to the form")).status_code == 403
    assert (await press(mona.client, asked, "Confirm and save")).status_code == 403
