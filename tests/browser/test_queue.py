"""The review queue in a real browser: with and without scripts, on a telephone, by the keyboard."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import AXE, axe, sideways, small_targets
from tests.browser.visitors import Visit, Visitor


@contextmanager
def holding(ada: Visitor, posts: str) -> Iterator[None]:
    """First posts wait while the block runs: set and lifted by the form on /admin."""
    try:
        set_holding(ada, posts)
        yield
    finally:
        set_holding(ada, "0")


def set_holding(ada: Visitor, posts: str) -> None:
    page = ada.goes("/admin")
    page.get_by_label("First posts that wait for a moderator").fill(posts)
    page.get_by_role("button", name="Save the site").click()
    expect(page.get_by_text("The site was saved.")).to_be_visible()


@pytest.mark.parametrize(
    ("scripts", "width"), [(True, 1280), (False, 390)], ids=["with scripts", "without scripts, on a telephone"]
)
def test_held_posts_are_decided_in_the_queue(visit: Visit, scripts: bool, width: int) -> None:
    ada, mona = visit("ada", scripts=scripts), visit("mona", role="moderator", scripts=scripts, width=width)
    bob, guest = visit("bob", scripts=scripts, width=width), visit(scripts=scripts)
    thread = mona.opens(title="On the pumps of Soho")
    with holding(ada, "2"):
        page = bob.goes(thread["url"])
        page.get_by_label("Your thought").fill("The first, which is let in.")
        page.get_by_role("button", name="Post reply").click()
        expect(page.get_by_text("Thank you. Your text was stored, and waits for a moderator.")).to_be_visible()
        expect(page.get_by_text("Waiting for a moderator: only you and moderators see it.")).to_be_visible()
        bob.replies(thread, "The second, which is not.")
        expect(guest.goes(thread["url"]).locator("article.reply")).to_have_count(0)

        queue = mona.goes("/")
        queue.get_by_role("link", name=re.compile(r"Review queue: \d+ waiting")).click()
        expect(queue.get_by_role("heading", level=1)).to_have_text("Review queue")
        queue.goto(f"/mod/queue?author={bob.username}")  # other tests' posts may wait on this site too
        expect(queue.locator("article.case")).to_have_count(2)
        if scripts:
            queue.evaluate(AXE)
            assert [*axe(queue), *small_targets(queue), *sideways(queue)] == []
        first = queue.locator("article.case").first
        expect(first.locator(".prose")).to_have_text("The first, which is let in.")
        first.get_by_role("button", name=f"Approve the reply by {bob.username}").focus()
        queue.keyboard.press("Enter")
        expect(queue.get_by_role("status").filter(has_text="Approved")).to_contain_text(
            f"Approved: reply by {bob.username}"
        )
        expect(queue.locator("article.case")).to_have_count(1)
        queue.get_by_label("Reason").fill("Once is enough.")
        queue.get_by_label("Reason").press("Enter")  # never the button that publishes
        expect(queue.get_by_role("status").filter(has_text="Rejected")).to_be_visible()
        expect(queue.locator("article.case")).to_have_count(0)

        expect(guest.goes(thread["url"]).locator("#reply-1 .prose")).to_have_text("The first, which is let in.")
        mine = bob.goes(thread["url"])
        expect(mine.get_by_text("A moderator did not approve this")).to_be_visible()
        expect(mine.get_by_text("Once is enough.")).to_be_visible()


def three_wait(visit: Visit, mona: Visitor) -> Visitor:
    """Three replies of bob's wait in a thread of their own; returns bob."""
    ada, bob = visit("ada"), visit("bob")
    thread = mona.opens(title="On the lamps of Soho")
    with holding(ada, "9"):
        for number in ("first", "second", "third"):
            bob.replies(thread, f"The {number} thing that was said about lamps.")
    return bob


def test_the_queue_is_worked_through_by_the_keyboard(visit: Visit) -> None:
    mona = visit("mona", role="moderator")
    bob = three_wait(visit, mona)
    page = mona.goes(f"/mod/queue?author={bob.username}")
    cases, keys = page.locator("article.case"), page.keyboard
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(AXE)
    assert axe(page) == []
    keys.press("a")  # a dialog is open: nothing is decided behind it
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    keys.press("a")  # no item has the focus: the first one gets it
    expect(cases.first).to_be_focused()
    keys.press("j")
    expect(cases.nth(1)).to_be_focused()
    assert cases.nth(1).evaluate("(item) => getComputedStyle(item).outlineStyle") == "solid"
    keys.press("k")
    cases.first.get_by_label("Reason").press_sequentially("a rash ?")
    expect(cases.first.get_by_label("Reason")).to_have_value("a rash ?")
    expect(cases).to_have_count(3)
    cases.first.focus()
    keys.press("c")
    expect(cases.first.get_by_text("You are looking at this until")).to_be_visible()
    expect(cases.first).to_be_focused()
    keys.press("a")
    expect(page.get_by_role("status").filter(has_text="Approved")).to_be_visible()
    expect(cases.first).to_be_focused()
    expect(cases.first).to_contain_text("The second thing")
    keys.press("r")
    expect(page.get_by_role("status").filter(has_text="Rejected")).to_be_visible()
    keys.press("u")
    expect(page.get_by_role("status").filter(has_text="Undone")).to_be_visible()
    expect(cases).to_have_count(2)
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Keys are on in this browser").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    cases.first.focus()
    keys.press("s")
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(cases).to_have_count(2)


def test_many_are_decided_by_forms_alone_on_a_telephone(visit: Visit) -> None:
    mona = visit("mona", role="moderator", scripts=False, width=390)
    mona.call("post", "/api/v1/moderation/reasons", title=f"Lamps {mona.username}", body="{author}, no lamps.")
    bob = three_wait(visit, mona)
    page = mona.goes(f"/mod/queue?author={bob.username}")
    cases = page.locator("article.case")
    expect(page.get_by_role("button", name="Keyboard")).to_be_hidden()
    cases.first.get_by_role("button", name="Claim").click()
    expect(cases.first.get_by_text("You are looking at this until")).to_be_visible()
    cases.first.locator("summary").filter(has_text="Leave a note").click()
    cases.first.get_by_label("Note for other moderators").fill("The <third> today.")
    cases.first.get_by_role("button", name="Keep the note").click()
    expect(cases.first.locator(".note")).to_have_text("The <third> today.")
    cases.first.get_by_label("Often given").select_option(label=f"Lamps {mona.username}")
    cases.first.get_by_label("Reason").fill("At all.")
    cases.first.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("status").filter(has_text="Rejected")).to_be_visible()
    (rejected,) = mona.call("get", f"/api/v1/reviews?state=decided&author={bob.username}")["items"]
    assert rejected["reason"] == f"{bob.username}, no lamps. At all."
    page.get_by_label("All of this list").check()
    page.get_by_label("What to do with the ticked").select_option("spam")
    page.get_by_role("button", name="Do it with the ticked").click()
    expect(page.get_by_role("heading", name="Spam 2 posts?")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="waits for a moderator")).to_contain_text("spam")
    page.get_by_role("button", name="Spam 2 posts").click()
    expect(page.get_by_role("status")).to_have_text("Marked as spam: 2 posts.")
    expect(page.get_by_text("Nothing in this list is as you look for it.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_have_text("Undone: 2 posts.")
    expect(cases).to_have_count(2)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_reply_is_hidden_and_restored_where_it_stands(visit: Visit, scripts: bool) -> None:
    bob, mona = visit("bob", scripts=scripts), visit("mona", role="moderator", scripts=scripts, width=390)
    thread = mona.opens()
    bob.replies(thread, "My neighbour's name is written here.")
    page = mona.goes(thread["url"])
    reply = page.locator("#reply-1")
    reply.locator("summary").focus()
    page.keyboard.press("Enter")
    reply.get_by_label("Reason").fill("Please leave names out.")
    reply.get_by_role("button", name="Hide").click()
    expect(reply.locator(".stamp")).to_have_text("hidden")
    expect(page.locator("#thoughts")).to_contain_text("No thoughts")
    expect(bob.goes(thread["url"]).get_by_text("Please leave names out.")).to_be_visible()
    reply.locator("summary").click()
    reply.get_by_role("button", name="Restore").click()
    expect(page.locator("#thoughts")).to_contain_text("One thought")
    expect(reply.locator(".stamp")).to_have_count(0)
