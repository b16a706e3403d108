"""Unsaved text survives a reload, a lost session and a closed thread, and is let go once the post is stored."""

from playwright.sync_api import Page, expect

from tests.browser.visitors import Visit, Visitor

STORED = "Object.keys(localStorage).filter((key) => key.startsWith('parley:draft:'))"


def writes(page: Page, text: str) -> None:
    """Type, and wait until the script has saved it."""
    page.get_by_label("Your thought").fill(text)
    until_saved(page)


def until_saved(page: Page) -> None:
    """Wait for the script, which saves a moment after the last key; the page's policy forbids Playwright's own wait."""
    for _ in range(100):
        if drafts(page):
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing was saved")


def drafts(page: Page) -> list[str]:
    found: list[str] = page.evaluate(STORED)
    return found


def test_text_survives_a_reload_and_another_visit(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    writes(bob.goes(thread["url"]), "Half a thought")
    bob.page.reload()
    expect(bob.page.get_by_label("Your thought")).to_have_value("Half a thought")
    expect(bob.page.locator("[data-status]")).to_contain_text("Your unsent text was restored.")
    bob.goes("/")
    expect(bob.goes(thread["url"]).get_by_label("Your thought")).to_have_value("Half a thought")


def test_a_restored_text_can_be_discarded(visit: Visit) -> None:
    alice = visit("alice")
    thread = alice.opens()
    page = alice.goes(f"{thread['url']}/edit")
    page.get_by_label("Text").fill("Better not")
    until_saved(page)
    page.reload()
    expect(page.get_by_label("Text")).to_have_value("Better not")
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Text")).to_have_value(thread["body"])
    page.reload()
    expect(page.get_by_label("Text")).to_have_value(thread["body"])


def test_it_is_let_go_once_the_post_is_stored(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    writes(bob.goes(thread["url"]), "A whole thought")
    bob.page.get_by_role("button", name="Post reply").click()
    expect(bob.page.locator("#reply-1")).to_contain_text("A whole thought")
    expect(bob.page.get_by_label("Your thought")).to_have_value("")
    assert drafts(bob.page) == []
    assert not [cookie for cookie in bob.context.cookies() if cookie["name"] == "parley-posted"]


def test_it_survives_a_lost_session(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    writes(bob.goes(thread["url"]), "Thought about for long")
    lose_session(bob)
    bob.page.get_by_role("button", name="Post reply").click()
    expect(bob.page.get_by_role("alert")).to_contain_text("You are not signed in")
    expect(bob.page.get_by_label("Your thought")).to_have_value("Thought about for long")
    bob.enter(bob.username)
    bob.page.get_by_role("button", name="Post reply").click()
    expect(bob.page.locator("#reply-1")).to_contain_text("Thought about for long")
    assert drafts(bob.page) == []


def test_it_is_there_after_signing_in_again(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    writes(bob.goes(thread["url"]), "Come back to")
    lose_session(bob)
    expect(bob.goes(thread["url"]).get_by_role("link", name="Sign in to reply")).to_be_visible()
    bob.enter(bob.username)
    expect(bob.goes(thread["url"]).get_by_label("Your thought")).to_have_value("Come back to")


def test_it_survives_a_closed_thread_and_a_reload_after_it(visit: Visit) -> None:
    bob, mona = visit("bob"), visit("mona", role="moderator")
    thread = visit("alice").opens()
    writes(bob.goes(thread["url"]), "Too late")
    mona.call("put", f"/api/v1/threads/{thread['id']}/closure", reason="Enough.")
    bob.page.get_by_role("button", name="Post reply").click()
    expect(bob.page.get_by_role("heading", name="Comments are closed.")).to_be_visible()
    expect(bob.page.get_by_label("What you wrote")).to_have_value("Too late")
    expect(bob.goes(thread["url"]).get_by_label("What you wrote")).to_have_value("Too late")
    bob.page.get_by_role("button", name="Discard this text").click()
    expect(bob.goes(thread["url"]).get_by_label("What you wrote")).to_be_hidden()


def test_nobody_else_at_the_same_browser_sees_it(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    writes(bob.goes(thread["url"]), "Between me and my browser")
    lose_session(bob)
    bob.register(f"{bob.username}-2")
    expect(bob.goes(thread["url"]).get_by_label("Your thought")).to_have_value("")


def test_a_new_thread_is_kept_whole(visit: Visit) -> None:
    alice = visit("alice")
    page = alice.goes("/new")
    page.get_by_label("Title").fill("Half a title")
    page.get_by_label("Text").fill("Half a text")
    until_saved(page)
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Half a title")
    expect(page.get_by_label("Text")).to_have_value("Half a text")


def test_an_edit_begun_before_somebody_elses_is_still_told_of_it(visit: Visit) -> None:
    alice, mona = visit("alice"), visit("mona", role="moderator")
    thread = alice.opens()
    page = alice.goes(f"{thread['url']}/edit")
    page.get_by_label("Text").fill("Alice's wording")
    until_saved(page)
    mona.call("patch", f"/api/v1/threads/{thread['id']}", body="Mona's wording")
    page.reload()
    expect(page.get_by_label("Text")).to_have_value("Alice's wording")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".theirs pre")).to_have_text("Mona's wording")
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Alice's wording")


def lose_session(visitor: Visitor) -> None:
    """The session ends elsewhere; the browser's storage stays."""
    visitor.context.clear_cookies()
