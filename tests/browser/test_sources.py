"""Sources in a real browser: rows are added in place, survive a reload, and Enter opens the thread."""

from playwright.sync_api import expect

from tests.browser.test_text_is_kept import until_saved
from tests.browser.visitors import Visit

ROW = "fieldset[data-source]"


def test_rows_are_added_in_place_and_numbered(visit: Visit) -> None:
    page = visit("alice").goes("/new")
    page.locator("#sources > summary").click()
    page.get_by_label("Work").fill("A map")
    page.evaluate("window.still = true")
    page.get_by_role("button", name="Add another source").click()
    second = page.get_by_role("group", name="Source 2")
    expect(second.get_by_label("Author")).to_be_focused()
    expect(second.get_by_label("Work")).to_have_value("")
    assert page.evaluate("window.still"), "the page was loaded anew"
    second.get_by_label("Work").fill("A plan")
    page.get_by_role("button", name="Add another source").click()
    page.get_by_role("button", name="Remove source 1").click()
    expect(page.locator(ROW)).to_have_count(2)
    expect(page.get_by_role("group", name="Source 1").get_by_label("Work")).to_have_value("A plan")
    page.get_by_label("Title").fill("Maps")
    page.get_by_label("Text").fill("Who drew them?")
    page.get_by_label("Title").press("Enter")
    expect(page.locator("h1")).to_have_text("Maps")
    expect(page.locator(".works-cited li")).to_have_text(["A plan."])


def test_every_row_survives_a_reload(visit: Visit) -> None:
    page = visit("alice").goes("/new")
    page.locator("#sources > summary").click()
    for number in range(1, 4):
        page.get_by_role("group", name=f"Source {number}").get_by_label("Work").fill(f"Work {number}")
        page.get_by_role("button", name="Add another source").click()
    page.get_by_label("Text").fill("Half an essay")
    until_saved(page)
    page.reload()
    expect(page.get_by_label("Text")).to_have_value("Half an essay")
    expect(page.get_by_role("group", name="Source 3").get_by_label("Work")).to_have_value("Work 3")


def test_a_line_of_the_contents_leads_to_its_heading(visit: Visit) -> None:
    sections = "".join(
        f"# Section {name}\n\n{'Nobody had counted them. ' * 60}\n\n" for name in ("one", "two", "three")
    )
    thread = visit("alice").opens(body=sections, sources=[{"title": "A map"}])
    page = visit().goes(thread["url"])
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Section three").click()
    expect(page.get_by_role("heading", name="Section three")).to_be_in_viewport()
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Works Cited").click()
    expect(page.get_by_role("heading", name="Works Cited")).to_be_in_viewport()
