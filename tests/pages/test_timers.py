"""Timers, the undo of a closing and the choice about waiting replies, on their pages."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import set_closing, set_site, shown
from tests.closing.timing import fire, set_timer, timers
from tests.pages.reading import Element, follow, parse, press, values_of
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def page_of(by: Person, thread: Json) -> httpx.Response:
    """The page of a thread's timers."""
    return await by.get(f"{thread['url']}/timers")


def panel(answer: httpx.Response) -> Element:
    """The closing panel of a thread's page."""
    return parse(answer.text).one("details", id="closing")


async def test_a_timer_is_set_by_the_clock_of_a_place_and_shown_by_both(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    answer = await press(
        mona.client, await page_of(mona, thread), "Set the timer", kind="archive", at="2030-07-01T09:30",
        time_zone="Europe/Amsterdam",
    )  # fmt: skip
    page = parse((await follow(mona.client, answer)).text)
    (line,) = page.one("ul", class_="lines").all("li")
    assert "Archive" in line.text
    assert "1 July 2030, 07:30 UTC" in line.text
    assert "1 July 2030, 09:30 in Europe/Amsterdam" in line.text
    assert "set by mona" in line.text
    (timer,) = await timers(mona, thread)
    assert (timer["at"], timer["time_zone"]) == ("2030-07-01T07:30:00Z", "Europe/Amsterdam")


async def test_a_wrong_time_and_a_wrong_place_are_said_beside_their_fields_and_what_was_typed_stays(
    alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    for typed, name, said in (
        ({"at": "2020-07-01T09:30"}, "at", "The time: must be later than now."),
        ({"at": "soon"}, "at", "The time: must be a date and a time, such as 2030-01-31T12:00."),
        ({"at": "2030-07-01T09:30", "time_zone": "Atlantis"}, "time_zone", "The time zone: must be the IANA name"),
    ):
        answer = await press(mona.client, await page_of(mona, thread), "Set the timer", kind="bump", **typed)
        assert answer.status_code == 422
        page = parse(answer.text)
        assert page.one("span", id=f"{name}-error").text.startswith(said)
        assert page.one("input", id=name).attributes["value"] == typed[name]
    assert await timers(mona, thread) == []


async def test_a_timer_is_removed_and_what_became_of_others_is_said(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_timer(mona, thread, "bump", after="PT1H")
    await set_timer(mona, thread, "archive", after="P9D")
    clock.offset += timedelta(hours=2)
    await fire(app, jobs)
    answer = await follow(mona.client, await press(mona.client, await page_of(mona, thread), "Remove"))
    page = parse(answer.text)
    assert "None is set." in answer.text
    ended = [line.text for line in page.one("ul", class_="lines").all("li")]
    assert ["removed" in ended[0], "went to the top of its lists" in ended[1]] == [True, True]


async def test_a_member_sets_a_reminder_and_sees_nothing_else(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await set_timer(mona, thread, "archive", after="P1D")
    link = next(each for each in parse((await bob.get(thread["url"])).text).all("a") if each.text == "Remind me")
    shown_page = await bob.get(link.attributes["href"])
    page = parse(shown_page.text)
    assert not page.all("select")
    assert "Archive" not in page.one("main").text
    answer = await press(bob.client, shown_page, "Remind me then", at="2030-07-01T09:30")
    assert "Remind me" in parse((await follow(bob.client, answer)).text).one("ul", class_="lines").text
    assert [each["kind"] for each in await timers(bob, thread)] == ["remind"]


async def test_a_guest_is_sent_to_sign_in(client: httpx.AsyncClient, alice: Person) -> None:
    thread = await a_thread(by=alice)
    assert (await client.get(f"{thread['url']}/timers")).status_code in (303, 401)
    assert "Remind me" not in (await client.get(thread["url"])).text
    assert (await client.get("/t/999/x/timers")).status_code == 404


async def test_a_closing_is_undone_on_the_page_until_the_time_it_says(
    clock: Clock, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    closed = await follow(mona.client, await press(mona.client, await mona.get(thread["url"]), "Close now"))
    seen = panel(closed)
    until = next(each for each in seen.all("p") if "can be undone" in each.text)
    assert until.one("time").attributes["datetime"].endswith("Z")
    answer = await follow(mona.client, await press(mona.client, closed, "Undo the closing"))
    assert "The closing is undone" in panel(answer).text
    assert (await shown(mona, thread))["state"] == "open"
    closed = await follow(mona.client, await press(mona.client, answer, "Close now"))
    clock.offset += timedelta(minutes=10)
    late = await press(mona.client, closed, "Undo the closing")
    assert late.status_code == 409
    assert "The closing was not changed" in panel(late).text
    assert "can be undone" not in panel(await mona.get(thread["url"])).text


async def test_who_closes_is_asked_what_becomes_of_the_replies_that_wait(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    assert "waiting" not in [each.attributes.get("name") for each in panel(await mona.get(thread["url"])).all("select")]
    await set_site(ada, hold_first_posts=100)
    for number in range(3):
        await a_reply(bob, thread, f"Number {number}.")
    page = await mona.get(thread["url"])
    assert "3 replies wait for review" in panel(page).text
    answer = await follow(mona.client, await press(mona.client, page, "Close now", waiting="approve"))
    assert "The thread is closed, and the replies that waited are published." in panel(answer).text
    assert (await shown(alice, thread))["reply_count"] == 3


async def test_saving_the_policys_form_keeps_what_it_does_not_show(alice: Person, mona: Person) -> None:
    """Seconds, the zone of a timer, its silence, a wait of 20 seconds: no input shows them."""
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, slow_mode="PT20S", close_after_idle="P3DT1S")
    silent = await set_timer(mona, thread, "silent_close", after="PT90H", time_zone="Asia/Tokyo")
    opens = await set_timer(mona, thread, "open", after="P9D", time_zone="Asia/Tokyo")
    before = (await shown(mona, thread))["closing"]
    page = await mona.get(thread["url"])
    answer = await press(mona.client, page, "Save the closing", close_after_age_mode="value", close_after_age="30")
    assert answer.status_code == 303, answer.text
    assert (await shown(mona, thread))["closing"] == {**before, "close_after_age": "P30D"}
    assert await timers(mona, thread) == [silent, opens]


async def test_slow_mode_and_opening_again_are_set_on_the_page(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    answer = await press(
        mona.client, await mona.get(thread["url"]), "Save the closing", slow_mode_mode="value", slow_mode="2,5",
        reopens_at_mode="value", reopens_at="2030-07-01T09:30",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    closing = (await shown(mona, thread))["closing"]
    assert (closing["slow_mode"], closing["reopens_at"]) == ("PT2M30S", "2030-07-01T09:30:00Z")
    wrong = await press(
        mona.client, await mona.get(thread["url"]), "Save the closing", slow_mode_mode="value", slow_mode="0.1"
    )
    assert wrong.status_code == 422
    assert "from 10 seconds to 7 days" in panel(wrong).text


async def test_a_moderator_publishes_later_and_a_member_is_not_asked(alice: Person, mona: Person) -> None:
    assert not parse((await alice.get("/new")).text).all("input", name="publish_at")
    form = await mona.get("/new")
    typed = {"title": "News", "body": "Not yet."}
    past = await press(mona.client, form, "Open the thread", publish_at="2020-07-01T09:30", **typed)
    assert past.status_code == 422
    page = parse(past.text)
    assert page.one("span", id="publish_at-error").text == "The time of publication: must be later than now."
    assert values_of(page.all("form")[-1])["title"] == "News"
    made = await press(mona.client, past, "Open the thread", publish_at="2030-07-01T09:30", **typed)
    assert made.status_code == 303
    found = parse((await follow(mona.client, made)).text)
    assert "News" in found.one("h1").text
    assert (await alice.get(made.headers["location"])).status_code == 404
