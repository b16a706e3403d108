"""What is being written is kept on the server: other devices have it, the newer text counts, nothing typed is lost."""

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_text_is_kept import drafts, until_saved
from tests.browser.visitors import Visit, Visitor

REST = 10_000  # ms without a key until the server is told


def second_device(visit: Visit, first: Visitor) -> Visitor:
    """Another browser of the same person."""
    other = visit()
    other.enter(first.username)
    return other


def field(page: Page) -> Any:
    return page.get_by_label("Your thought")


def types(visitor: Visitor, thread: Any, text: str) -> Page:
    """Open the thread on a clock of the test's own, and type."""
    visitor.page.clock.install()
    page = visitor.goes(thread["url"])
    field(page).fill(text)
    page.clock.run_for(1_000)
    until_saved(page)
    return page


def rests(page: Page) -> None:
    """Ten seconds pass without a key; the server has the text when this returns."""
    with page.expect_response(lambda answer: answer.url.endswith("/draft") and answer.request.method == "PUT"):
        page.clock.run_for(REST + 1_000)


def stored(visitor: Visitor, thread: Any) -> str | None:
    """What the server has."""
    answer = visitor.context.request.get(f"/api/v1/threads/{thread['id']}/draft")
    return answer.json()["body"] if answer.ok else None


def test_another_device_goes_on_and_the_first_has_its_words(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    page = types(bob, thread, "Begun on the train")
    rests(page)
    assert stored(bob, thread) == "Begun on the train"
    desk = second_device(visit, bob)
    expect(field(desk.goes(thread["url"]))).to_have_value("Begun on the train")
    field(desk.page).fill("Begun on the train, ended at the desk")
    until_saved(desk.page)
    desk.goes("/")
    expect_stored(desk, thread, "Begun on the train, ended at the desk")
    expect(field(bob.goes(thread["url"]))).to_have_value("Begun on the train, ended at the desk")


def expect_stored(visitor: Visitor, thread: Any, text: str | None) -> None:
    """Wait until the server has this text."""
    for _ in range(200):
        if stored(visitor, thread) == text:
            return
        visitor.page.wait_for_timeout(50)
    raise AssertionError(f"the server has {stored(visitor, thread)!r}")


def test_what_is_typed_while_the_server_is_away_comes_before_its_older_text(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    page = types(bob, thread, "One")
    rests(page)
    page.route("**/draft", lambda route: route.abort())
    field(page).fill("One and two")
    page.clock.run_for(1_000)
    page.unroute("**/draft")
    away(bob.context, page)
    expect(field(bob.goes(thread["url"]))).to_have_value("One and two")


def test_of_two_devices_that_both_went_on_the_later_counts(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    door = f"/api/v1/threads/{thread['id']}/draft"
    bob.call("put", door, body="One")
    page = bob.goes(thread["url"])
    field(page).fill("One, without a signal")
    until_saved(page)
    away(bob.context, page)
    page.wait_for_timeout(1_100)  # pages tell the server's time in whole seconds
    second_device(visit, bob).call("put", door, body="One, at the desk")
    expect(field(bob.goes(thread["url"]))).to_have_value("One, at the desk")
    assert drafts(page) == []


def away(context: BrowserContext, page: Page) -> None:
    """The page ends without a word to the server."""
    context.route("**/draft", lambda route: route.abort())
    page.goto("/")
    context.unroute("**/draft")


def test_what_was_posted_elsewhere_is_not_given_back(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    rests(types(bob, thread, "Whole by now"))
    desk = second_device(visit, bob)
    desk.goes(thread["url"]).get_by_role("button", name="Post reply").click()
    expect(desk.page.locator("#reply-1")).to_contain_text("Whole by now")
    expect(field(bob.goes(thread["url"]))).to_have_value("")
    assert drafts(bob.page) == []
    assert stored(bob, thread) is None


def test_discarding_discards_everywhere(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    rests(types(bob, thread, "Better not"))
    page = bob.goes(thread["url"])
    page.get_by_role("button", name="Discard it").click()
    expect(field(page)).to_have_value("")
    assert drafts(page) == []
    assert stored(bob, thread) is None
    expect(field(bob.goes(thread["url"]))).to_have_value("")


def test_posting_leaves_no_draft_behind_also_right_after_a_key(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    page = types(bob, thread, "Half")
    rests(page)
    field(page).fill("Whole")
    page.get_by_role("button", name="Post reply").click()
    expect(page.locator("#reply-1")).to_contain_text("Whole")
    expect(field(page)).to_have_value("")
    expect_stored(bob, thread, None)
    assert drafts(page) == []


def test_a_closed_thread_keeps_what_another_device_wrote(visit: Visit) -> None:
    bob, mona = visit("bob"), visit("mona", role="moderator")
    thread = visit("alice").opens()
    rests(types(bob, thread, "Too late"))
    mona.call("put", f"/api/v1/threads/{thread['id']}/closure")
    desk = second_device(visit, bob)
    page = desk.goes(thread["url"])
    expect(page.get_by_label("What you wrote")).to_have_value("Too late")
    page.get_by_role("link", name="your drafts").click()
    page.get_by_role("button", name="Discard the draft in").click()
    expect(page.get_by_text("You have begun nothing")).to_be_visible()
    expect(bob.goes(thread["url"]).get_by_label("What you wrote")).to_be_hidden()


def test_without_scripts_the_form_holds_the_draft(visit: Visit) -> None:
    bob = visit("bob", scripts=False)
    thread = visit("alice").opens()
    bob.call("put", f"/api/v1/threads/{thread['id']}/draft", body="By hand")
    expect(field(bob.goes(thread["url"]))).to_have_value("By hand")
    bob.page.get_by_role("button", name="Post reply").click()
    expect(bob.page.locator("#reply-1")).to_contain_text("By hand")
    expect(field(bob.page)).to_have_value("")
