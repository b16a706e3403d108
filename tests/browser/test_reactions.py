"""Reacting in a real browser, with scripts and without."""

import pytest
from playwright.sync_api import expect

from tests.browser.visitors import Visit


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reaction_is_given_and_taken_back(visit: Visit, scripts: bool) -> None:
    alice, bob = visit("alice"), visit("bob", scripts=scripts)
    thread = alice.opens()
    alice.replies(thread)
    page = bob.goes(thread["url"])
    reply = page.locator("#reply-1")
    expect(reply.get_by_role("button", name="Thanks")).to_have_count(0)
    reply.get_by_role("link", name="React to reply 1").click()
    reply.get_by_role("button", name="Thanks").click()
    expect(reply.get_by_role("button", name="Thanks 1", pressed=True)).to_be_visible()
    assert bob.call("get", f"/api/v1/threads/{thread['id']}/replies")["items"][0]["my_reactions"] == ["thanks"]
    expect(bob.goes(thread["url"]).locator("#reply-1").get_by_role("button", name="Thanks 1")).to_be_visible()
    reply.get_by_role("button", name="Thanks").click()
    expect(reply.get_by_role("button", name="Thanks 1")).to_have_count(0)
    assert bob.call("get", f"/api/v1/threads/{thread['id']}/replies")["items"][0]["reactions"] == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_the_opening_takes_them_too(visit: Visit, scripts: bool) -> None:
    bob = visit("bob", scripts=scripts)
    thread = visit("alice").opens()
    bob.goes(thread["url"]).get_by_role("link", name="React to this thread").click()
    bob.page.locator("#reactions").get_by_role("button", name="Agree", exact=True).click()
    expect(bob.page.locator("#reactions").get_by_role("button", name="Agree 1", pressed=True)).to_be_visible()
    assert bob.call("get", f"/api/v1/threads/{thread['id']}")["reactions"] == {"agree": 1}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_refused_one_says_why(visit: Visit, scripts: bool) -> None:
    bob, mona = visit("bob", scripts=scripts), visit("mona", role="moderator")
    thread = visit("alice").opens()
    mona.call("put", f"/api/v1/threads/{thread['id']}/reactions/like")
    page = bob.goes(thread["url"])
    mona.call("put", f"/api/v1/threads/{thread['id']}/archive")
    page.locator("#reactions").get_by_role("button", name="Like 1").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed")
    expect(page.locator("#reactions")).to_contain_text("Like 1")
    expect(page.locator("#reactions").get_by_role("button")).to_have_count(0)


def test_the_keyboard_unfolds_and_presses(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    page = bob.goes(thread["url"])
    expect(page.locator("template[data-offered][data-ready]")).to_have_count(1)
    page.get_by_role("link", name="React to this thread").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#reactions").get_by_role("button", name="Like")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#reactions").get_by_role("button", name="Like 1", pressed=True)).to_be_focused()
