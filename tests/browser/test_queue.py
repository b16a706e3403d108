"""The review queue in a real browser: with and without scripts, on a telephone, by the keyboard."""

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
        queue.get_by_role("link", name="Review queue: 2 waiting").click()
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
        expect(queue.get_by_text("Nothing waits.")).to_be_visible()

        expect(guest.goes(thread["url"]).locator("#reply-1 .prose")).to_have_text("The first, which is let in.")
        mine = bob.goes(thread["url"])
        expect(mine.get_by_text("A moderator did not approve this")).to_be_visible()
        expect(mine.get_by_text("Once is enough.")).to_be_visible()


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
