"""A thread that is open in front of somebody: new replies are announced and shown in place, and a closing is told,
without moving the page, the caret or the text.
"""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.visitors import Visit, Visitor

PLACE = """() => { const at = document.activeElement, box = at.getBoundingClientRect();
    return {id: at.id, start: at.selectionStart, end: at.selectionEnd, top: Math.round(box.top), value: at.value} }"""


def bar(page: Page) -> Any:
    """The bar at the foot of the window."""
    return page.locator("section.live")


def follows(visitor: Visitor, path: str) -> Page:
    """Open a page and wait until it follows its thread: the stream has given its first word."""
    page = visitor.page
    with page.expect_response(lambda answer: "/events?" in answer.url):
        page.goto(path)
    return page


def long_thread(alice: Visitor, bob: Visitor, replies: int = 8) -> Any:
    """A thread that takes more than a window."""
    thread = alice.opens(title="A long talk", body="\n\n".join(["A paragraph of the opening post."] * 12))
    for number in range(1, replies + 1):
        bob.replies(thread, f"Thought number {number}.\n\nWith a second paragraph.")
    return thread


def test_new_replies_are_counted_and_shown_in_place(visit: Visit) -> None:
    alice, bob, charlie = visit("alice"), visit("bob"), visit("charlie")
    thread = alice.opens()
    first = bob.replies(thread, "First.")
    bob.replies(thread, "Second.")
    page = follows(charlie, thread["url"])
    bob.replies(thread, "Under the first.", parent=first["id"])
    expect(bar(page).get_by_role("status")).to_have_text("1 new reply")
    alice.replies(thread, "At the end.")
    expect(bar(page).get_by_role("status")).to_have_text("2 new replies")
    expect(page.locator("article.reply")).to_have_count(2)
    expect(page.locator("#thoughts")).to_have_text("2 thoughts on “What a map leaves out”")

    bar(page).get_by_role("button", name="Show").click()
    expect(page.locator("li:has(> #reply-1) > ol > li > #reply-3")).to_contain_text("Under the first.")
    expect(page.locator("#thoughts + ol.replies > li:last-child > #reply-4")).to_contain_text("At the end.")
    expect(page.locator("#thoughts")).to_have_text("4 thoughts on “What a map leaves out”")
    expect(page.locator("#reply-3")).to_be_focused()
    expect(page.locator(".fresh")).to_have_count(2)
    expect(bar(page).get_by_role("status")).to_have_text("")
    shown = replies_of(page)
    page.reload()
    assert shown == replies_of(page), "what was put in place is what the server draws"


def replies_of(page: Page) -> str:
    """The mark-up of heading and replies, without the marks of what is new and without line breaks."""
    html = page.locator("section[aria-labelledby=thoughts]").inner_html()
    plain = re.sub(r' fresh(?=")| tabindex="-1"', "", html)
    return re.sub(r"\s*(<[^>]+>)\s*", r"\1", plain)


def test_one_hears_nothing_of_ones_own_replies_and_of_those_that_are_gone(visit: Visit) -> None:
    alice, bob = visit("alice"), visit("bob")
    thread = alice.opens()
    page = follows(bob, thread["url"])
    bob.replies(thread, "My own, from another window.")
    gone = alice.replies(thread, "A slip.")
    expect(bar(page).get_by_role("status")).to_have_text("1 new reply")
    alice.call("delete", f"/api/v1/replies/{gone['id']}")
    expect(bar(page).get_by_role("status")).to_have_text("")


def test_the_first_reply_makes_the_list(visit: Visit) -> None:
    alice, guest = visit("alice"), visit()
    thread = alice.opens()
    page = follows(guest, thread["url"])
    alice.replies(thread, "The first of all.")
    bar(page).get_by_role("button", name="Show").click()
    expect(page.locator("#thoughts + ol.replies #reply-1")).to_contain_text("The first of all.")
    expect(page.locator("#thoughts")).to_contain_text("One thought on")


def test_a_reply_on_another_page_is_led_to(visit: Visit) -> None:
    alice, bob, guest = visit("alice"), visit("bob"), visit()
    thread = alice.opens()
    for number in range(50):
        bob.replies(thread, f"Number {number + 1}.")
    page = follows(guest, thread["url"])
    bob.replies(thread, "On the second page.")
    expect(bar(page).get_by_role("status")).to_have_text("1 new reply")
    expect(bar(page).get_by_role("button", name="Show")).to_be_hidden()
    bar(page).get_by_role("link", name="Go there").click()
    expect(page).to_have_url(f"{guest.site}{thread['url']}?page=2#reply-51")
    expect(page.locator("#reply-51")).to_contain_text("On the second page.")


def test_a_thread_closes_while_a_reply_is_being_typed(visit: Visit) -> None:
    alice, bob, mona = visit("alice"), visit("bob"), visit("mona", role="moderator")
    thread = long_thread(alice, bob)
    page = follows(bob, thread["url"])
    field = page.get_by_label("Your thought")
    field.click()
    page.keyboard.type("Half a thought, and then")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    before = page.evaluate(PLACE)
    assert before["end"] == before["start"] + 1

    mona.call("put", f"/api/v1/threads/{thread['id']}/closure", reason="It is settled.")
    expect(bar(page).get_by_role("status")).to_have_text("This thread has closed")
    expect(page.locator("#closed")).to_contain_text("It is settled.")
    expect(page.locator("#closed")).to_contain_text(mona.username)
    after = page.evaluate(PLACE)
    assert abs(after.pop("top") - before.pop("top")) <= 1, "the page has moved under the writer's eyes"
    assert after == before, "the text, the caret or the focus has moved"
    expect(page.locator("#reply-form [data-status]")).to_contain_text("replies are no longer taken")

    page.keyboard.type("…")
    button = page.get_by_role("button", name="Post reply")
    expect(button).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Control+Enter")
    button.click(force=True)
    expect(page.locator("#reply-form [data-status]")).to_contain_text("Your reply was not sent")
    assert page.url.partition("#")[0] == f"{bob.site}{thread['url']}"
    expect(field).to_have_value("Half a thought, an… then")
    page.reload()
    expect(page.get_by_role("heading", name="Comments are closed.")).to_be_visible()
    expect(page.get_by_label("What you wrote")).to_have_value("Half a thought, an… then")


def test_a_thread_that_is_opened_again_takes_the_reply(visit: Visit) -> None:
    alice, bob, mona = visit("alice"), visit("bob"), visit("mona", role="moderator")
    thread = alice.opens()
    page = follows(bob, thread["url"])
    page.get_by_label("Your thought").fill("Patience.")
    mona.call("put", f"/api/v1/threads/{thread['id']}/closure")
    expect(page.get_by_role("heading", name="Comments are closed.")).to_be_visible()
    mona.call("delete", f"/api/v1/threads/{thread['id']}/closure")
    expect(bar(page).get_by_role("status")).to_have_text("This thread is open again")
    expect(page.get_by_role("heading", name="Comments are closed.")).to_have_count(0)
    page.get_by_role("button", name="Post reply").click()
    expect(page.locator("#reply-1")).to_contain_text("Patience.")


def test_a_page_that_was_drawn_closed_offers_to_be_drawn_again(visit: Visit) -> None:
    alice, bob, mona = visit("alice"), visit("bob"), visit("mona", role="moderator")
    thread = alice.opens()
    mona.call("put", f"/api/v1/threads/{thread['id']}/closure")
    page = follows(bob, thread["url"])
    mona.call("delete", f"/api/v1/threads/{thread['id']}/closure")
    expect(bar(page).get_by_role("status")).to_have_text("This thread is open again")
    bar(page).get_by_role("link", name="Reload").click()
    expect(page.get_by_label("Your thought")).to_be_visible()


def test_a_thread_closes_by_law_in_front_of_its_reader(visit: Visit) -> None:
    """Its deadline comes, and no event tells of it."""
    alice, guest = visit("alice"), visit()
    thread = alice.opens(closing={"close_after_age": "PT6S"})
    page = guest.goes(thread["url"])
    expect(page.get_by_role("link", name="Sign in to reply")).to_be_visible()
    expect(page.get_by_role("heading", name="Comments are closed.")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in to reply")).to_be_hidden()
    expect(page.locator("#closed")).to_contain_text("the limit set for this thread")


def test_a_moderator_is_warned_and_may_post_all_the_same(visit: Visit) -> None:
    alice, mona = visit("alice"), visit("mona", role="moderator")
    thread = alice.opens()
    page = follows(mona, thread["url"])
    page.get_by_label("Your thought").fill("A last word.")
    mona.call("put", f"/api/v1/threads/{thread['id']}/closure")
    expect(page.locator("#reply-form [data-status]")).to_contain_text("You will be asked")
    page.get_by_role("button", name="Post reply").click()
    page.get_by_role("button", name="Post anyway").click()
    expect(page.locator("#reply-1")).to_contain_text("A last word.")


def test_who_edits_is_told_that_the_text_was_changed_elsewhere(visit: Visit) -> None:
    alice, mona = visit("alice"), visit("mona", role="moderator")
    thread = alice.opens()
    reply, other = alice.replies(thread, "Mine."), alice.replies(thread, "Another.")
    page = follows(alice, f"/t/{thread['id']}/replies/1/edit")
    page.get_by_role("textbox", name="Text").fill("Mine, mended.")
    status = page.locator("form [data-status]")
    mona.call("patch", f"/api/v1/replies/{other['id']}", body="Another one's.")
    mona.call("patch", f"/api/v1/replies/{reply['id']}", body="Mona's wording.")
    expect(status).to_contain_text("This was changed elsewhere meanwhile.")
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Mine, mended.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".theirs pre")).to_have_text("Mona's wording.")


def test_the_message_can_be_dismissed_and_the_next_one_comes(visit: Visit) -> None:
    alice, guest = visit("alice"), visit()
    thread = alice.opens()
    page = follows(guest, thread["url"])
    alice.replies(thread)
    expect(bar(page).get_by_role("status")).to_have_text("1 new reply")
    bar(page).get_by_role("button", name="Dismiss this message").click()
    expect(bar(page).get_by_role("status")).to_have_text("")
    alice.replies(thread, "Another.")
    expect(bar(page).get_by_role("status")).to_have_text("2 new replies")
