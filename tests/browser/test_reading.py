"""What was on the screen is read: the page says so by itself, and only what was there."""

from playwright.sync_api import Page, expect

from tests.browser.test_live import long_thread
from tests.browser.visitors import Visit


def reads(page: Page, path: str) -> dict[str, object]:
    """Open a page and wait until it says how far was read; gives what it said."""
    with page.expect_request(lambda request: request.url.endswith("/read") and request.method == "PUT") as said:
        page.goto(path)
    answer = said.value.response()
    assert answer is not None
    assert answer.status == 200
    found: dict[str, object] = said.value.post_data_json or {}
    return found


def test_what_was_seen_is_read_and_the_rest_is_not(visit: Visit) -> None:
    alice, bob = visit("alice"), visit("bob")
    thread = long_thread(alice, bob, replies=12)
    page = alice.page
    assert reads(page, thread["url"]) == {"number": 0, "seen": []}, "the opening fills the window"
    page.goto("/")
    seen = reads(page, f"{thread['url']}#reply-6")
    assert seen["number"] == 0
    assert 6 in list(seen["seen"])  # type: ignore[call-overload]
    assert 12 not in list(seen["seen"])  # type: ignore[call-overload]


def test_leaving_says_what_was_seen_and_the_list_forgets_it(visit: Visit) -> None:
    alice, bob = visit("alice"), visit("bob")
    thread = alice.opens()
    bob.replies(thread, "First.")
    bob.replies(thread, "Second.")
    page = alice.page
    page.goto("/")
    line = page.locator("li", has=page.locator(f"h2 a[href='{thread['url']}']"))
    expect(line.locator(".unread-count")).to_have_text("2 new")
    assert reads(page, thread["url"]) == {"number": 2, "seen": []}
    page.goto("/")
    expect(line).to_be_visible()
    expect(line.locator(".unread-count")).to_have_count(0)


def test_a_guest_reads_without_a_word(visit: Visit) -> None:
    alice, guest = visit("alice"), visit()
    thread = alice.opens()
    asked: list[str] = []
    guest.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    guest.page.goto(thread["url"])
    guest.page.wait_for_load_state("networkidle")
    assert not [one for one in asked if one.startswith("PUT") or "reading.js" in one]


def test_a_quote_stands_behind_what_was_begun(visit: Visit) -> None:
    alice, bob = visit("alice"), visit("bob")
    thread = alice.opens()
    bob.replies(thread, "First.")
    page = alice.page
    page.goto(thread["url"])
    page.locator("#body").fill("I had begun.")
    page.get_by_role("link", name="Quote 1").click()
    expect(page.locator("#body")).to_have_value(
        f"I had begun.\n\n> [{bob.username} wrote in #1]({thread['url']}#reply-1):\n>\n> First.\n\n"
    )
