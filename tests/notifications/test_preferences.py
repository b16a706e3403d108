"""How somebody wants to be told: read, changed in part and in whole, by the JSON door and by the form."""

import asyncio
from typing import Any

import pytest

from service.notifications.policy import EVERY_CHANNEL, KINDS
from tests.cast import Person
from tests.pages.reading import follow, parse, press

pytestmark = pytest.mark.anyio
URL = "/api/v1/me/notification-preferences"
PAGE = "/settings/notifications"
QUIET = {"from": "22:30", "until": "06:15", "days": ["monday", "friday"]}


async def chosen(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await person.get(URL)).json()
    return found


async def test_the_defaults_are_whole(alice: Person) -> None:
    found = await chosen(alice)
    assert set(found["channels"]) == set(KINDS)
    assert all(set(each) == set(EVERY_CHANNEL) for each in found["channels"].values())
    assert found["channels"]["reply"] == {"site": True, "mail": True, "push": True}
    assert found["channels"]["closing_soon"] == {"site": False, "mail": False, "push": False}
    del found["channels"]
    assert found == {
        "mail": True, "mail_delay": None, "digest": "off", "digest_hour": 8, "digest_weekday": "monday",
        "time_zone": "UTC", "quiet_hours": None, "on_reply": "watching", "after_reading": "tracking",
        "mail_stopped": None,
    }  # fmt: skip


async def test_what_is_not_named_stays(alice: Person, bob: Person) -> None:
    before = await chosen(alice)
    await alice.patch(URL, {"channels": {"reply": {"mail": False}}, "mail_delay": "PT30M"})
    await alice.patch(URL, {"channels": {"reply": {"push": False}, "mention": {"mail": False}}, "quiet_hours": QUIET})
    answer = await alice.patch(URL, {"digest": "weekly", "digest_weekday": "sunday", "time_zone": "Europe/Berlin"})
    found = await chosen(alice)
    assert answer.json() == found
    assert found["channels"]["reply"] == {"site": True, "mail": False, "push": False}
    assert found["channels"]["mention"] == {"site": True, "mail": False, "push": True}
    assert (found["mail_delay"], found["quiet_hours"]) == ("PT30M", QUIET)
    assert (found["digest"], found["digest_weekday"], found["time_zone"]) == ("weekly", "sunday", "Europe/Berlin")
    await alice.patch(URL, {"quiet_hours": None, "mail_delay": None, "channels": {"reply": {"mail": True}}})
    found = await chosen(alice)
    assert (found["quiet_hours"], found["mail_delay"]) == (None, None)
    assert found["channels"]["reply"] == {"site": True, "mail": True, "push": False}
    assert await chosen(bob) == before, "everybody's are their own"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"time_zone": "Middle/Earth"}, "/time_zone"),
        ({"time_zone": "../etc/passwd"}, "/time_zone"),
        ({"time_zone": "localtime"}, "/time_zone"),
        ({"time_zone": "Factory"}, "/time_zone"),
        ({"mail_delay": "PT61M"}, "/mail_delay"),
        ({"mail_delay": "-PT1M"}, "/mail_delay"),
        ({"mail_delay": 600}, "/mail_delay"),
        ({"digest": "hourly"}, "/digest"),
        ({"digest_hour": 24}, "/digest_hour"),
        ({"digest_weekday": 0}, "/digest_weekday"),
        ({"quiet_hours": {"from": "24:00", "until": "06:00"}}, "/quiet_hours/from"),
        ({"quiet_hours": {"from": "22:00", "until": "6"}}, "/quiet_hours/until"),
        ({"quiet_hours": {"from": "22:00", "until": "06:00", "days": []}}, "/quiet_hours/days"),
        ({"quiet_hours": {"from": "22:00"}}, "/quiet_hours/until"),
        ({"quiet_hours": {"from": "22:00", "until": "22:00"}}, "/quiet_hours/until"),
        ({"channels": {"gossip": {"mail": True}}}, "/channels/gossip"),
        ({"channels": {"reply": {"pigeon": True}}}, "/channels/reply/pigeon"),
        ({"channels": {"reply": {"mail": "yes"}}}, "/channels/reply/mail"),
        ({"on_reply": "muted"}, "/on_reply"),
    ],
)
async def test_what_is_no_preference_is_refused_where_it_stands(
    alice: Person, body: dict[str, Any], pointer: str
) -> None:
    before = await chosen(alice)
    answer = await alice.patch(URL, body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await chosen(alice) == before


async def test_of_two_changes_at_once_neither_is_lost(alice: Person) -> None:
    changes = [{"channels": {kind: {"mail": False}}} for kind in KINDS]
    answers = await asyncio.gather(*(alice.patch(URL, change) for change in changes))
    assert {answer.status_code for answer in answers} == {200}
    assert {kind: each["mail"] for kind, each in (await chosen(alice))["channels"].items()} == dict.fromkeys(
        KINDS, False
    )


async def test_the_page_shows_and_stores_all_of_it(alice: Person) -> None:
    await alice.patch(URL, {"channels": {"closed": {"mail": False}}, "quiet_hours": QUIET, "time_zone": "Asia/Tokyo"})
    before = await chosen(alice)
    shown = await alice.get(PAGE)
    kept = await press(alice.client, shown, "Save")
    assert kept.status_code == 303
    after = await chosen(alice)
    assert after == before, "saving what stands there changes nothing"
    shown = await alice.get(PAGE)
    answer = await press(
        alice.client,
        shown,
        "Save",
        digest="daily",
        digest_hour="19",
        until="07:00",
        mail_delay="PT5M",
        on_reply="normal",
    )
    assert "That was saved." in (await follow(alice.client, answer)).text
    found = await chosen(alice)
    assert (found["digest"], found["digest_hour"], found["mail_delay"]) == ("daily", 19, "PT5M")
    assert (found["quiet_hours"]["until"], found["on_reply"]) == ("07:00", "normal")


async def test_the_page_names_the_wrong_field_and_keeps_the_rest(alice: Person) -> None:
    shown = await alice.get(PAGE)
    answer = await press(alice.client, shown, "Save", time_zone="Atlantis", digest="weekly")
    assert answer.status_code == 422
    assert parse(answer.text).one("input", id="time_zone").attributes["value"] == "Atlantis"
    assert "name of a time zone" in parse(answer.text).one("span", id="time_zone-error").text
    shown = await alice.get(PAGE)
    answer = await press(alice.client, shown, "Save", **{"from": "22:00"})
    assert answer.status_code == 422
    assert "time of day" in parse(answer.text).one("span", id="until-error").text
    answer = await press(alice.client, await alice.get(PAGE), "Save", **{"from": "22:00", "until": "22:00"})
    assert "another time" in parse(answer.text).one("span", id="until-error").text


async def test_only_moderators_choose_about_reviews(alice: Person, mona: Person) -> None:
    assert not parse((await alice.get(PAGE)).text).all("input", id="reviews_mail")
    assert parse((await mona.get(PAGE)).text).all("input", id="reviews_mail")
    await press(mona.client, await mona.get(PAGE), "Save", reviews_mail="")
    assert (await chosen(mona))["channels"]["reviews"]["mail"] is False


async def test_a_guest_has_none(client: Any) -> None:
    assert (await client.get(URL)).status_code == 401
    assert (await client.get(PAGE, follow_redirects=False)).status_code in (303, 401)
