"""Where no stream gets through, the page asks now and then; and the bar that tells is for everybody."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_every_page import AXE, axe, sideways, small_targets
from tests.browser.test_live import bar, follows
from tests.browser.visitors import Visit, Visitor


def without_streams(visitor: Visitor) -> Page:
    """A page whose streams break off, as behind a proxy that does not know them; time can be moved."""

    def refuse(route: Route) -> None:
        if "text/event-stream" in route.request.headers.get("accept", ""):
            route.abort()
        else:
            route.continue_()

    visitor.page.route("**/events?*", refuse)
    visitor.page.clock.install()
    return visitor.page


def is_asked(page: Page, path: str) -> None:
    """Open a page and wait for its first question."""
    with page.expect_response(lambda answer: "/events?" in answer.url and answer.status == 200):
        page.goto(path)
        page.wait_for_load_state("load")
        for _ in range(4):  # the stream's failures, and the pauses between them
            page.clock.fast_forward(6_000)


def test_without_a_stream_the_page_asks(visit: Visit) -> None:
    alice, bob, mona = visit("alice"), visit("bob"), visit("mona", role="moderator")
    thread = alice.opens()
    page = without_streams(bob)
    is_asked(page, thread["url"])
    bob.remarks.clear()
    for number in (1, 2):
        alice.replies(thread, f"Number {number}.")
    page.clock.fast_forward(31_000)
    expect(bar(page).get_by_role("status")).to_have_text("2 new replies")
    page.get_by_label("Your thought").fill("Still here.")
    mona.call("put", f"/api/v1/threads/{thread['id']}/closure", reason="It is settled.")
    page.clock.fast_forward(31_000)
    expect(bar(page).get_by_role("status")).to_have_text("This thread has closed. 2 new replies")
    page.clock.fast_forward(3_000)
    expect(page.locator("#closed")).to_contain_text("It is settled.")
    expect(page.get_by_label("Your thought")).to_have_value("Still here.")
    bar(page).get_by_role("button", name="Show").click()
    expect(page.locator("#reply-2")).to_contain_text("Number 2.")
    bob.remarks[:] = [remark for remark in bob.remarks if "ERR_FAILED" not in remark]


def test_where_the_thread_is_no_longer_there_nobody_asks_on(visit: Visit) -> None:
    alice, bob, mona = visit("alice"), visit("bob"), visit("mona", role="moderator")
    thread = alice.opens()
    page = without_streams(bob)
    is_asked(page, thread["url"])
    mona.call("delete", f"/api/v1/threads/{thread['id']}")
    with page.expect_response(lambda answer: "/events?" in answer.url and answer.status == 404):
        page.clock.fast_forward(31_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(31_000)
    page.clock.fast_forward(31_000)
    page.wait_for_timeout(200)
    assert not [url for url in asked if "/events?" in url]
    bob.remarks.clear()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_bar_is_accessible_and_fits(visit: Visit, theme: str) -> None:
    alice, bob, mona = visit("alice"), visit("bob", theme=theme), visit("mona", role="moderator")
    thread = alice.opens()
    page = follows(bob, thread["url"])
    page.get_by_label("Your thought").fill("A text.")
    alice.replies(thread)
    mona.call("put", f"/api/v1/threads/{thread['id']}/closure")
    expect(bar(page).get_by_role("status")).to_have_text("This thread has closed. 1 new reply")
    expect(page.locator("#closed")).to_contain_text(mona.username)
    page.evaluate(AXE)
    found: list[str] = []
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"at {width}: {remark}" for remark in (*axe(page), *small_targets(page), *sideways(page))]
    assert not found, "\n".join(found)


def test_the_bar_is_reached_by_keyboard(visit: Visit) -> None:
    alice, guest = visit("alice"), visit()
    thread = alice.opens()
    page = follows(guest, thread["url"])
    alice.replies(thread)
    show = bar(page).get_by_role("button", name="Show")
    expect(show).to_be_visible()
    page.keyboard.press("Shift+Tab")  # from the page's beginning to its end
    page.keyboard.press("Shift+Tab")
    expect(show).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#reply-1")).to_be_focused()


def test_without_scripts_there_is_nothing_to_see(visit: Visit) -> None:
    alice, guest = visit("alice"), visit(scripts=False)
    page = guest.goes(alice.opens()["url"])
    expect(bar(page)).to_have_count(0)
    expect(page.get_by_role("heading", name="Comments are closed.")).to_have_count(0)
