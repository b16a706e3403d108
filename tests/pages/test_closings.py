"""`/mod/closings`: the month ahead, the threads day by day, and the buttons that put off, keep open and reopen."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from tests.build import a_thread
from tests.cast import Person
from tests.closing.doing import Json, close, instant, set_closing, set_site, shown, the_time, wire
from tests.pages.reading import Element, follow, parse, press

pytestmark = pytest.mark.anyio
PAGE = "/mod/closings"
DAY = timedelta(days=1)


async def closing_at(by: Person, mona: Person, at: datetime, title: str) -> Json:
    """A thread that closes at an instant."""
    thread = await a_thread(by=by, title=title)
    await set_closing(mona, thread, closes_at=wire(at))
    return thread


async def noon_in(app: FastAPI, days: int) -> datetime:
    """Noon of the day so many days from today."""
    return (await the_time(app)).astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + days * DAY


async def page_of(by: Person, path: str = PAGE) -> Element:
    """The page as somebody sees it."""
    answer = await by.get(path)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


def titles(page: Element) -> list[str]:
    """The threads of the list."""
    return [title.text for title in page.all("h4")]


async def test_moderators_find_it_in_their_menu_and_others_find_nothing(
    client: object, alice: Person, mona: Person
) -> None:
    assert parse((await mona.get("/")).text).one("header", class_="masthead").all("a", href=PAGE)
    assert not parse((await alice.get("/")).text).all("a", href=PAGE)
    assert (await alice.get(PAGE)).status_code == 403
    assert (await mona.get(PAGE)).status_code == 200
    assert (await mona.get(f"{PAGE}?show=nonsense")).status_code == 404
    assert (await mona.get(f"{PAGE}?from=nonsense")).status_code == 404


async def test_the_threads_stand_day_by_day_with_when_and_why(
    app: FastAPI, alice: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, closing={"close_after_age": "P20D"})
    tomorrow, next_week = await noon_in(app, 1), await noon_in(app, 8)
    await closing_at(alice, mona, next_week, "Next week")
    await closing_at(alice, mona, tomorrow, "Tomorrow")
    await a_thread(by=alice, title="By age")
    page = await page_of(mona)
    assert titles(page) == ["Tomorrow", "Next week", "By age"]
    days = [heading.one("time").attributes["datetime"] for heading in page.all("h3")]
    assert days[:2] == [f"{tomorrow:%Y-%m-%d}", f"{next_week:%Y-%m-%d}"]
    text = page.one("section", id="list").text
    assert "12:00 UTC the time set for this thread" in text
    assert "20 days after it was opened, the limit set for the site" in text


async def test_the_month_s_sheet_counts_each_day_and_leads_to_it(app: FastAPI, alice: Person, mona: Person) -> None:
    for days, hours, title in ((1, -12, "One"), (1, 11.99, "Two"), (9, 0, "Three")):
        await closing_at(alice, mona, await noon_in(app, days) + timedelta(hours=hours), title)
    sheet = (await page_of(mona)).one("table", class_="calendar")
    counts = {link.one("time").attributes["datetime"]: link.one("strong").text for link in sheet.all("a")}
    late = await noon_in(app, 9)
    assert counts == {f"{await noon_in(app, 1):%Y-%m-%d}": "2", f"{late:%Y-%m-%d}": "1"}
    assert len(sheet.all("time")) == 31, "today, and the 30 days after it"
    (link,) = [link for link in sheet.all("a") if link.one("strong").text == "1"]
    page = await page_of(mona, link.attributes["href"])
    assert titles(page) == ["Three"]
    assert page.all("a", href=PAGE), "and back"


@pytest.mark.parametrize(("days", "words"), [(1, "1 day"), (7, "7 days"), (30, "30 days")])
async def test_one_click_puts_a_thread_s_closing_off(
    app: FastAPI, alice: Person, mona: Person, days: int, words: str
) -> None:
    due = await noon_in(app, 3)
    thread = await closing_at(alice, mona, due, "Seminar")
    await closing_at(alice, mona, due, "Another")
    pressed = await press(mona.client, await mona.get(PAGE), f"Extend “Seminar” by {words}")
    page = parse((await follow(mona.client, pressed)).text)
    later = due + days * DAY
    assert instant((await shown(mona, thread))["closes_at"]) == later
    assert "“Seminar” closes on" in page.one("div", role="status").text
    assert f"{later.day} " in page.one("div", role="status").text
    assert "Another" in titles(page)


async def test_a_second_press_of_an_old_page_changes_nothing_and_says_so(
    app: FastAPI, alice: Person, mona: Person, ada: Person
) -> None:
    due = await noon_in(app, 3)
    thread = await closing_at(alice, mona, due, "Seminar")
    old = await mona.get(PAGE)
    await press(ada.client, await ada.get(PAGE), "Extend “Seminar” by 1 day")
    page = parse((await follow(mona.client, await press(mona.client, old, "Extend “Seminar” by 7 days"))).text)
    assert instant((await shown(mona, thread))["closes_at"]) == due + DAY
    assert "“Seminar”" not in page.one("div", role="alert").text
    assert "Seminar: it was changed since you looked." in page.one("div", role="alert").text
    assert not page.all("div", role="status")


async def test_those_that_are_ticked_are_put_off_together(app: FastAPI, alice: Person, mona: Person) -> None:
    due = await noon_in(app, 3)
    threads = [await closing_at(alice, mona, due, f"Thread {number}") for number in range(3)]
    ticked = {f"thread-{thread['id']}": str((await shown(mona, thread))["version"]) for thread in threads[:2]}
    pressed = await press(mona.client, await mona.get(PAGE), "Extend the ticked threads by 7 days", **ticked)
    page = parse((await follow(mona.client, pressed)).text)
    assert "2 threads close 7 days later than planned." in page.text
    seen = [instant((await shown(mona, thread))["closes_at"]) for thread in threads]
    assert seen == [due + 7 * DAY, due + 7 * DAY, due]
    none = await press(mona.client, await mona.get(PAGE), "Extend the ticked threads by 7 days")
    assert none.status_code == 422
    assert "Tick the threads first." in parse(none.text).one("div", role="alert").text


async def test_a_thread_is_kept_open(app: FastAPI, clock: Clock, alice: Person, mona: Person, ada: Person) -> None:
    await set_site(ada, closing={"close_after_age": "P20D"})
    thread = await closing_at(alice, mona, await noon_in(app, 3), "Seminar")
    page = await follow(mona.client, await press(mona.client, await mona.get(PAGE), "Keep “Seminar” open"))
    assert "“Seminar” stays open until somebody closes it." in page.text
    assert titles(parse(page.text)) == []
    clock.offset += 400 * DAY
    seen = await shown(mona, thread)
    assert (seen["state"], seen["closes_at"]) == ("open", None)


async def test_what_closed_lately_is_reopened_one_by_one_or_many_at_once(alice: Person, mona: Person) -> None:
    threads = [await a_thread(by=alice, title=f"Thread {number}") for number in range(3)]
    for thread in threads:
        await close(mona, thread, "Enough <said>.")
    page = await mona.get(f"{PAGE}?show=closed")
    assert titles(parse(page.text)) == ["Thread 2", "Thread 1", "Thread 0"]
    assert "closed by mona: Enough <said>." in parse(page.text).text
    page = await follow(mona.client, await press(mona.client, page, "Reopen “Thread 2”"))
    assert "“Thread 2” is open again." in page.text
    ticked = {f"thread-{thread['id']}": "2" for thread in threads[:2]}
    page = await follow(mona.client, await press(mona.client, page, "Reopen", **ticked))
    assert "2 threads are open again." in page.text
    assert "Nothing closed in the last 30 days." in page.text
    assert [(await shown(mona, thread))["state"] for thread in threads] == ["open"] * 3


async def test_a_long_list_has_pages(
    app: FastAPI, alice: Person, mona: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.pages.closings.PAGE_SIZE", 2)
    due = await noon_in(app, 3)
    for number in range(5):
        await closing_at(alice, mona, due + number * timedelta(minutes=1), f"Thread {number}")
    page, found = await page_of(mona), []
    for _ in range(3):
        found.append(titles(page))
        links = page.all("a", rel="next")
        page = await page_of(mona, links[0].attributes["href"]) if links else page
    assert found == [["Thread 0", "Thread 1"], ["Thread 2", "Thread 3"], ["Thread 4"]]


@pytest.mark.parametrize("deed", ["", "extend", "extend-2", "keep-7:1:1", "reopen-30", "extend-7:x:1", "close"])
async def test_what_is_no_button_of_the_page_does_nothing(app: FastAPI, alice: Person, mona: Person, deed: str) -> None:
    due = await noon_in(app, 3)
    thread = await closing_at(alice, mona, due, "Seminar")
    body = f"do={deed}&thread-{thread['id']}=2"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await mona.client.post(PAGE, content=body, headers=headers)).status_code == 422
    assert (await alice.client.post(PAGE, content=body, headers=headers)).status_code == 403
    assert instant((await shown(mona, thread))["closes_at"]) == due
