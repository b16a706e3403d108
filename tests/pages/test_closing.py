"""Closing as readers, writers and moderators meet it on the thread's page."""

from datetime import timedelta

import pytest

from service.kit.clock import Clock
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import follow, parse, press

pytestmark = pytest.mark.anyio


async def test_a_moderator_closes_with_a_reason_and_readers_see_who_when_and_why(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    answer = await press(mona.client, await mona.get(thread["url"]), "Close now", reason="It is settled.")
    shown = parse((await follow(mona.client, answer)).text)
    assert "The thread is closed." in shown.one("details", id="closing").text
    assert "open" in shown.one("details", id="closing").attributes
    page = parse((await bob.get(thread["url"])).text)
    assert not page.all("textarea")
    closed = page.one("section", id="closed")
    assert closed.one("h2").text == "Comments are closed."
    assert closed.one("a", class_="author").text == "mona"
    assert closed.one("time").attributes["datetime"].endswith("Z")
    assert closed.one("blockquote").text == "It is settled."
    assert not [form for form in page.all("form") if form.all("textarea")]
    assert not page.all("a", aria_label="Reply to 1")


async def test_a_reply_that_meets_the_closing_is_given_back_with_the_reason(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    shown = await bob.get(thread["url"])
    await mona.put(f"/api/v1/threads/{thread['id']}/closure")
    answer = await press(bob.client, shown, "Post reply", body="Too late, alas.")
    assert answer.status_code == 409
    page = parse(answer.text)
    kept = page.one("section", id="reply-form")
    assert "hidden" not in kept.attributes
    assert kept.one("textarea").raw == "Too late, alas."
    assert "readonly" in kept.one("textarea").attributes
    assert not [form for form in page.all("form") if form.all("textarea")]
    assert page.one("section", id="closed").one("h2").text == "Comments are closed."


async def test_a_moderator_is_asked_before_posting_in_a_closed_thread(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure")
    page = parse((await mona.get(thread["url"])).text)
    assert not page.all("textarea", name="body")
    link = page.one("section", id="closed").one("a", class_="button")
    assert link.text == "Post anyway"
    asked = await mona.get(link.attributes["href"].partition("#")[0])
    assert parse(asked.text).one("h2", id="reply-title").text == "This thread is closed. Post anyway?"
    posted = await follow(mona.client, await press(mona.client, asked, "Post anyway", body="A last word."))
    assert "posted while closed" in parse(posted.text).one("article", id="reply-1").text


@pytest.mark.parametrize(
    ("closing", "passes", "why"),
    [
        ({"close_after_age": "P14D"}, timedelta(days=14), "14 days after it was opened, the limit set for this thread"),
        ({"close_after_idle": "P1D"}, timedelta(days=1), "1 day after the last reply, the limit set for this thread"),
        ({"closes_at": "2030-01-31T12:00:00Z"}, timedelta(days=3000), "the time set for this thread"),
    ],
    ids=["age", "silence", "time"],
)
async def test_a_thread_that_closed_by_itself_says_by_which_rule(
    alice: Person, bob: Person, clock: Clock, closing: dict[str, str], passes: timedelta, why: str
) -> None:
    thread = await a_thread(by=alice, closing=closing)
    assert not parse((await bob.get(thread["url"])).text).all("section", id="closed")
    clock.offset += passes + timedelta(seconds=1)
    closed = parse((await bob.get(thread["url"])).text).one("section", id="closed")
    assert closed.text.startswith("Comments are closed. Closed on ")
    assert why in closed.text


async def test_a_thread_says_above_everything_else_that_it_will_close_only_in_its_last_seven_days(
    alice: Person, bob: Person, clock: Clock
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P8D"})
    page = (await bob.get(thread["url"])).text
    assert not parse(page).all("p", class_="notice")
    assert "UTC</time>: 8 days after it was opened, the limit set for this thread." in page, "it says so below"
    clock.offset += timedelta(days=1, seconds=1)
    notice = parse((await bob.get(thread["url"])).text).one("p", class_="notice")
    assert notice.text.startswith("This thread closes on ")
    assert ": 8 days after it was opened, the limit set for this thread. " in notice.text
    assert notice.one("time").attributes["datetime"] == (thread["closes_at"][:19] + "Z")


async def test_the_policy_form_shows_what_is_set_and_sets_what_it_shows(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    shown = await mona.get(thread["url"])
    answer = await press(
        mona.client,
        shown,
        "Save the closing",
        closes_at_mode="value",
        closes_at="2031-05-06T07:08",
        close_after_age_mode="off",
        close_after_idle_mode="value",
        close_after_idle="1.5",
    )
    policy = (await mona.get(f"/api/v1/threads/{thread['id']}/closing")).json()
    assert policy["closes_at"] == "2031-05-06T07:08:00Z"
    assert (policy["close_after_age"], policy["close_after_idle"]) == ("off", "P1DT12H")
    again = await follow(mona.client, answer)
    await press(mona.client, again, "Save the closing")
    assert (await mona.get(f"/api/v1/threads/{thread['id']}/closing")).json() == policy


@pytest.mark.parametrize("days", ["", "0", "-1", "soon", "1e99", "36501", "0.000000000001", "NaN"])
async def test_a_term_that_is_no_span_is_refused_beside_its_field(alice: Person, mona: Person, days: str) -> None:
    thread = await a_thread(by=alice)
    shown = await mona.get(thread["url"])
    answer = await press(
        mona.client, shown, "Save the closing", close_after_age_mode="value", close_after_age=days, override="on"
    )
    assert answer.status_code == 422
    panel = parse(answer.text).one("details", id="closing")
    assert "open" in panel.attributes
    assert "number of days" in panel.one("span", id="close_after_age-error").text
    assert panel.one("input", id="close_after_age").attributes["value"] == days
    assert "checked" in panel.one("input", id="override").attributes


async def test_two_who_change_the_policy_at_once_do_not_overwrite_each_other(
    alice: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    shown = await mona.get(thread["url"])
    await press(ada.client, await ada.get(thread["url"]), "Save the closing", close_after_age_mode="off")
    answer = await press(mona.client, shown, "Save the closing", close_after_age_mode="value", close_after_age="3")
    assert answer.status_code == 412
    again = await press(mona.client, answer, "Save the closing")
    assert again.status_code == 303
    assert (await mona.get(f"/api/v1/threads/{thread['id']}/closing")).json()["close_after_age"] == "P3D"


async def test_reopening_says_when_it_keeps_the_thread_open(alice: Person, mona: Person, clock: Clock) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P1D"})
    clock.offset += timedelta(days=2)
    answer = await press(mona.client, await mona.get(thread["url"]), "Reopen this thread")
    page = parse((await follow(mona.client, answer)).text)
    assert "so it is kept open now" in page.one("details", id="closing").text
    assert page.one("textarea", id="body")


async def test_who_may_not_close_has_no_panel_and_is_refused(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    assert not parse((await bob.get(thread["url"])).text).all("details", id="closing")
    answer = await bob.client.post(
        thread["url"], content="do=close", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 403
    assert (await bob.get(f"/api/v1/threads/{thread['id']}")).json()["state"] == "open"


async def test_authors_close_their_own_where_the_site_lets_them(alice: Person, bob: Person, ada: Person) -> None:
    thread = await a_thread(by=alice)
    assert not parse((await alice.get(thread["url"])).text).all("details", id="closing")
    await press(ada.client, await ada.get("/admin"), "Save the site", author_may_close="on")
    answer = await press(alice.client, await alice.get(thread["url"]), "Close now")
    assert answer.status_code == 303
    assert not parse((await bob.get(thread["url"])).text).all("details", id="closing")


async def test_the_heading_and_the_replies_stay_when_a_thread_closes(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await a_reply(by=bob, thread=thread)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure")
    page = parse((await bob.get(thread["url"])).text)
    assert page.one("h2", id="thoughts").text.startswith("One thought on")
    assert page.one("article", id="reply-1")


async def test_the_number_of_replies_is_set_on_the_page_and_said_when_few_are_left(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    shown = await mona.get(thread["url"])
    typed = {"close_after_replies_mode": "value", "close_after_replies": "13"}
    saved = await follow(mona.client, await press(mona.client, shown, "Save the closing", **typed))
    panel = parse(saved.text).one("details", id="closing")
    assert panel.one("input", id="close_after_replies").attributes["value"] == "13"
    assert "This thread is open. It closes after 13 more replies." in panel.text
    assert (await mona.get(f"/api/v1/threads/{thread['id']}/closing")).json()["close_after_replies"] == 13
    for said, words in ((2, None), (1, "10 more replies"), (8, "2 more replies"), (1, "1 more reply")):
        for _ in range(said):
            await a_reply(bob, thread)
        page = parse((await bob.get(thread["url"])).text).one("main").text
        assert ("This thread closes after" in page) is (words is not None)
        assert words is None or f"This thread closes after {words}." in page
    await a_reply(bob, thread)
    closed = parse((await bob.get(thread["url"])).text)
    assert "13 replies, the limit set for this thread." in closed.one("section", id="closed").text
    assert "This thread closes after" not in closed.one("main").text
    await ada.patch("/api/v1/site", {"closing": {"close_after_replies": 1}}, headers={"If-Match": "*"})
    shown = await mona.get(thread["url"])
    answer = await press(mona.client, shown, "Save the closing", close_after_replies_mode="inherit")
    panel = parse((await follow(mona.client, answer)).text).one("details", id="closing")
    assert "As the category says (after 1 reply)" in panel.text
    assert "1 reply, the limit set for the site." in panel.text


@pytest.mark.parametrize("number", ["", "0", "-1", "1.5", "1000001", "ten", "²", "1e3", "9" * 40])
async def test_a_number_of_replies_that_is_none_is_refused_beside_its_field(
    alice: Person, mona: Person, number: str
) -> None:
    thread = await a_thread(by=alice)
    shown = await mona.get(thread["url"])
    typed = {"close_after_replies_mode": "value", "close_after_replies": number}
    answer = await press(mona.client, shown, "Save the closing", **typed)
    assert answer.status_code == 422
    panel = parse(answer.text).one("details", id="closing")
    rule = panel.one("span", id="close_after_replies-error").text
    assert rule == "The number of replies: must be a whole number from 1 to 1000000."
    assert panel.one("input", id="close_after_replies").attributes["value"] == number
