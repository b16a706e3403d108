"""Letters as a phone shows them, and the page behind their way out, in a real browser."""

import pytest
from playwright.sync_api import Browser, expect

from service.notifications.policy import list_path, unsubscribe_path
from tests.browser.drawn_letters import KINDS, letter
from tests.browser.test_every_page import AXE, axe, sideways, small_targets
from tests.browser.visitors import Visit
from tests.crash.processes import SECRET

ADA = 1
"""The id of the site's first account."""

DEED = {"reply": "Reply on the site", "digest": "See it all on the site", "summary": "See it all on the site",
        "reviews": "Open the review queue", "decision": "Read the whole decision",
        "decisions": "See them all on the site"}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_reads_well_on_a_phone(chromium: Browser, kind: str, theme: str) -> None:
    """Nothing is fetched, nothing runs, nothing hangs over the edge; the colours hold in both themes."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 800}, color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.set_content(letter(kind).html or "")
    found: list[str] = []
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"at {width}: {remark}" for remark in sideways(page)]
    size = page.locator("p").last.evaluate("(each) => parseFloat(getComputedStyle(each).fontSize)")
    assert size >= 14
    button = page.get_by_role("link", name=DEED.get(kind, "Read it on the site"))
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44, "a thumb finds it"
    page.evaluate(AXE)
    of_pages = ("landmark", "region", "page-has-heading-one")  # a letter is shown in somebody else's page
    found += [remark for remark in axe(page) if not remark.startswith(of_pages)]
    assert not found, "\n".join(found)
    assert fetched == []
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_way_out_is_two_clicks_and_can_be_undone(visit: Visit, scripts: bool) -> None:
    thread = visit("alice").opens(title="A thread that one has enough of")
    guest = visit(scripts=scripts, width=390)
    page = guest.goes(unsubscribe_path(SECRET, ADA, thread["id"]))
    expect(page.get_by_role("heading", level=1)).to_have_text("Mute this thread?")
    page.get_by_role("button", name="Mute this thread").click()
    expect(page.get_by_role("status")).to_contain_text("you hear no more of this thread")
    expect(page.get_by_role("heading", level=1)).to_have_text("This thread is muted")
    page.get_by_role("button", name="Watch again").click()
    expect(page.get_by_role("status")).to_contain_text("you watch this thread again")
    expect(page.get_by_role("link", name="A thread that one has enough of")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_digest_is_left_with_one_button_and_can_come_back(visit: Visit, scripts: bool) -> None:
    page = visit(scripts=scripts, width=390).goes(list_path(SECRET, ADA, "digest"))
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_be_visible()
    for button, said in (("Send me one every day", "again"), ("Stop them", "no digests from Parley any more")):
        if page.get_by_role("button", name=button).count():
            page.get_by_role("button", name=button).click()
            expect(page.get_by_role("status")).to_contain_text(said)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_page_is_accessible_and_fits(visit: Visit, theme: str) -> None:
    thread = visit("alice").opens(title="A word-of-unusual-length-" + "x" * 120)
    page = visit(theme=theme).goes(unsubscribe_path(SECRET, ADA, thread["id"]))
    found: list[str] = []
    for button in ("Mute this thread", "Watch again"):
        page.evaluate(AXE)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found += [
                f"{button} at {width}: {remark}" for remark in (*axe(page), *small_targets(page), *sideways(page))
            ]
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("status")).to_be_visible()
    assert not found, "\n".join(found)
