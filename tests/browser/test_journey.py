"""The main road, walked with and without scripts: register, open, reply, be told, close."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitors import PASSWORD, Visit

both = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


def register(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Register").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Mail address").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    expect(page.locator("details.account > summary")).to_have_text(name)


@both
def test_register_open_reply_be_told_close(visit: Visit, scripts: bool) -> None:
    suffix = "js" if scripts else "plain"
    alice, bob = visit(scripts=scripts).page, visit(scripts=scripts).page
    register(alice, f"alice-{suffix}")
    alice.get_by_role("link", name="New thread").click()
    alice.get_by_label("Title").fill("Whose footnotes are these?")
    alice.get_by_label("Text").fill("They hang in the *margin*.")
    alice.get_by_role("button", name="Open the thread").click()
    expect(alice.locator("#thoughts")).to_have_text("No thoughts on “Whose footnotes are these?” yet")

    register(bob, f"bob-{suffix}")
    bob.goto(alice.url)
    bob.get_by_label("Your thought").fill("The printer's.")
    bob.get_by_role("button", name="Post reply").click()
    expect(bob.locator("#reply-1 .prose")).to_have_text("The printer's.")
    expect(bob.locator("#thoughts")).to_have_text("One thought on “Whose footnotes are these?”")

    for _ in range(100):
        alice.goto("/notifications")
        if alice.locator(".unread").count():
            break
        alice.wait_for_timeout(100)
    alice.get_by_role("link", name=f"bob-{suffix} replied").click()
    expect(alice).to_have_url(bob.url)
    if scripts:  # following it marked it as read
        alice.goto("/notifications")
        expect(alice.locator(".unread")).to_have_count(0)
        alice.go_back()
    else:
        alice.go_back()
        alice.get_by_role("button", name=f"Mark read: bob-{suffix} replied").click()
        expect(alice.get_by_text("Everything is read.")).to_be_visible()
        alice.goto(bob.url)

    mona = visit("mona", role="moderator", scripts=scripts).page
    mona.goto(alice.url.partition("#")[0])
    mona.locator("#closing > summary").click()
    mona.get_by_label("Reason for closing").fill("Found in the colophon.")
    mona.get_by_role("button", name="Close now").click()
    expect(mona.locator("#closing .notice")).to_have_text("The thread is closed.")

    bob.reload()
    expect(bob.get_by_role("heading", name="Comments are closed.")).to_be_visible()
    expect(bob.locator("#closed")).to_contain_text("Found in the colophon.")
    expect(bob.locator("textarea:visible")).to_have_count(0)
    expect(bob.get_by_role("button", name="Post reply")).to_have_count(0)


@both
def test_edit_answer_delete_and_sign_out(visit: Visit, scripts: bool) -> None:
    bob = visit("bob", scripts=scripts)
    thread = visit("alice").opens()
    bob.replies(thread, "First.")
    page = bob.goes(thread["url"])
    page.get_by_role("link", name="Edit reply 1").click()
    page.get_by_role("textbox", name="Text").fill("First, mended.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#reply-1")).to_contain_text("First, mended.")
    page.get_by_role("link", name="Reply to 1").click()
    page.get_by_label("Your thought").fill("Under it.")
    page.get_by_role("button", name="Post reply").click()
    expect(page.locator("li:has(> #reply-1) #reply-2")).to_contain_text("Under it.")
    page.get_by_role("link", name="Delete reply 1").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#reply-1")).to_contain_text("This reply was deleted.")
    page.locator("details.account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


@both
def test_preview_shows_the_text_and_keeps_it(visit: Visit, scripts: bool) -> None:
    bob = visit("bob", scripts=scripts)
    page = bob.goes(visit("alice").opens()["url"])
    page.get_by_label("Your thought").fill("A **bold** claim.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-rendered] strong")).to_have_text("bold")
    expect(page.get_by_label("Your thought")).to_have_value("A **bold** claim.")
    page.get_by_role("button", name="Post reply").click()
    expect(page.locator("#reply-1 strong")).to_have_text("bold")


@both
def test_settings_and_administration(visit: Visit, scripts: bool) -> None:
    bob = visit("bob", scripts=scripts)
    page = bob.goes("/settings")
    page.get_by_label("What it is for").fill("A script")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("code.secret")).to_contain_text("parley_")
    page.get_by_role("button", name="Revoke A script").click()
    expect(page.get_by_text("The token was revoked.")).to_be_visible()
    ada = visit("ada", scripts=scripts).goes("/admin")
    ada.locator("#new-category > summary").click()
    name = f"Room of {bob.username}"
    ada.locator("#new-name").fill(name)
    ada.get_by_role("button", name="Make the category").click()
    expect(ada.get_by_text("The category was made.")).to_be_visible()
    page.goto("/")
    page.get_by_role("navigation", name="Categories").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
