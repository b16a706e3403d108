"""Keys, focus, and what no text of anybody may do."""

import re

from playwright.sync_api import expect

from tests.browser.visitors import Visit

EVIL = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">'
LINKS = "[a](javascript:document.title='owned') <svg onload=alert(1)> [b](data:text/html,<script>alert(1)</script>)"


def test_control_and_enter_send_the_form(visit: Visit) -> None:
    bob = visit("bob")
    page = bob.goes(visit("alice").opens()["url"])
    page.get_by_label("Your thought").fill("Sent by keys")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply-1")).to_contain_text("Sent by keys")


def test_the_preview_is_the_servers(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    text = "# One\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n> said\n\n<b>typed</b> & <https://example.org/>\n\n~~gone~~"
    page = bob.goes(thread["url"])
    page.get_by_label("Your thought").fill(text)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview]")).to_be_visible()
    assert page.url.endswith(thread["url"])
    stored = bob.replies(thread, text)["body_html"]
    shown = page.evaluate("document.querySelector('[data-rendered]').innerHTML")
    parsed = "(html) => { const box = document.createElement('div'); box.innerHTML = html; return box.innerHTML }"
    as_parsed = page.evaluate(parsed, stored)
    token = r'id="[0-9a-f]{8}-'  # each rendering has its own, so that two posts on one page never share an id
    assert re.sub(token, 'id="', shown) == re.sub(token, 'id="', as_parsed)


def test_where_the_api_cannot_be_reached_the_preview_is_a_page(visit: Visit) -> None:
    bob = visit("bob")
    page = bob.goes(visit("alice").opens()["url"])
    page.route("**/api/v1/preview", lambda route: route.fulfill(status=503))
    bob.remarks.clear()
    page.get_by_label("Your thought").fill("All *the* same.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-rendered] em")).to_have_text("the")
    expect(page.get_by_label("Your thought")).to_have_value("All *the* same.")
    bob.remarks[:] = [remark for remark in bob.remarks if "503" not in remark]


def test_no_script_of_anybody_runs(visit: Visit) -> None:
    alice = visit("alice")
    alice.call("patch", "/api/v1/me", display_name="<script>alert(1)</script>")
    thread = alice.opens(title=EVIL, body=f"{EVIL}\n\n{LINKS}")
    reply = alice.replies(thread, f"{LINKS}\n\n{EVIL}")
    mona = visit("mona", role="moderator")
    mona.call("put", f"/api/v1/threads/{thread['id']}/closure", reason=EVIL)
    edit = f"/t/{thread['id']}/replies/{reply['number']}/edit"
    paths = (thread["url"], "/", f"/u/{alice.username}", f"{thread['url']}/edit", edit, "/settings", "/notifications")
    for path in paths:
        page = alice.goes(path)
        page.wait_for_timeout(100)
        assert page.title() != "owned"
        assert page.locator("main img, main script, main svg").count() == 0
        for link in page.locator("main .prose a").all():
            assert (link.get_attribute("href") or "#").startswith(("http", "/", "mailto:", "#"))
    page = alice.goes(f"{thread['url']}/edit")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview]")).to_be_visible()
    assert page.locator("main img, main script").count() == 0


def test_the_page_is_walked_by_keyboard_with_a_visible_focus(visit: Visit) -> None:
    bob = visit("bob")
    thread = visit("alice").opens()
    bob.replies(thread)
    page = bob.goes(thread["url"])
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => { const at = document.activeElement, style = getComputedStyle(at);
            const box = at.getBoundingClientRect(), width = parseFloat(style.outlineWidth);
            return {words: at.innerText || at.name || '', width, line: style.outlineStyle,
                    visible: box.width > 0 && box.height > 0 && box.right > 0, body: at === document.body} }"""
        )
        if found["body"]:
            break
        assert found["width"] >= 2, found
        assert found["line"] != "none", found
        assert found["visible"], found
        reached.append(found["words"].split("\n")[0])
    assert reached[0] == "Skip to the text"
    assert {"New thread", "General", "Reply", "Edit", "Delete", "body", "Post reply", "Preview"} <= set(reached)


def test_the_skip_link_leads_to_the_text(visit: Visit) -> None:
    page = visit("bob").goes("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_account_menu_opens_by_key_and_closes_by_escape(visit: Visit) -> None:
    page = visit("bob").goes("/")
    summary = page.locator("details.account > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_refusal_is_announced_and_leads_to_its_field(visit: Visit) -> None:
    page = visit("bob").goes("/new")
    page.locator("form[data-draft]").evaluate("(form) => form.noValidate = true")
    page.get_by_role("button", name="Open the thread").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The thread was not opened")
    alert.get_by_role("link", name="Title: must not be empty.").click()
    expect(page.get_by_label("Title")).to_be_focused()


def test_tags_are_offered_behind_those_already_typed(visit: Visit) -> None:
    alice = visit("alice")
    alice.opens(tags=["offered first", "offered second"])
    page = alice.goes("/new")
    field = page.get_by_label("Tags")
    offered = "() => [...document.querySelectorAll('#tag-names option')].map((option) => option.value)"
    options = page.locator("#tag-names option")
    expect(options.and_(page.locator("[value='offered first']"))).to_have_count(1)
    field.fill("maps,Offered First , of")
    expect(options.and_(page.locator("[value='maps, Offered First, offered second']"))).to_have_count(1)
    assert "maps, Offered First, offered first" not in page.evaluate(offered), "what is there is not offered again"
    field.fill("")
    expect(options.and_(page.locator("[value='offered first']"))).to_have_count(1)


def test_a_form_computes_its_proof_while_somebody_types(visit: Visit) -> None:
    mona, bob, charlie = visit("mona", role="moderator"), visit("bob"), visit("charlie", scripts=False)
    thread = visit("alice").opens()
    proofs = {"name": "Proofs", "kind": "unproven", "terms": {"bits": 12}, "verdict": "hold"}
    rule = mona.call("post", "/api/v1/moderation/rules", **proofs, enabled=True, confirm=True)
    try:
        page = bob.goes(thread["url"])
        page.get_by_label("Your thought").fill("Typed by hand")
        page.get_by_role("button", name="Post reply").click()
        expect(page.locator("#reply-1")).to_contain_text("Typed by hand")
        quiet = charlie.goes(thread["url"])
        quiet.get_by_label("Your thought").fill("Typed without scripts")
        quiet.get_by_role("button", name="Post reply").click()
        expect(quiet.get_by_text("Waiting for a moderator: only you")).to_be_visible()
        (held,) = mona.call("get", "/api/v1/reviews?state=open&author=" + charlie.username)["items"]
        mona.call("put", f"/api/v1/replies/{held['reply_id']}/moderation", action="trash")
    finally:
        path = f"/api/v1/moderation/rules/{rule['id']}"
        assert mona.context.request.fetch(path, method="delete", headers={"If-Match": '"v1"'}).ok
