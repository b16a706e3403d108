"""The thread's page: headings, numbers, nesting, links, and the forms that reply."""

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import Element, follow, parse, press

pytestmark = pytest.mark.anyio


async def the_page(reader: Person, path: str, status: int = 200) -> Element:
    answer = await reader.get(path)
    assert answer.status_code == status, answer.text
    return parse(answer.text)


@pytest.mark.parametrize(
    ("replies", "heading"),
    [
        (0, "No thoughts on “On <maps> & ground” yet"),
        (1, "One thought on “On <maps> & ground”"),
        (2, "2 thoughts on “On <maps> & ground”"),
    ],
)
async def test_the_heading_counts_thoughts(alice: Person, bob: Person, replies: int, heading: str) -> None:
    thread = await a_thread(by=alice, title="On <maps> & ground")
    for _ in range(replies):
        await a_reply(by=bob, thread=thread)
    page = await the_page(bob, thread["url"])
    assert page.one("h2", id="thoughts").text == heading
    assert page.one("h1").text == "On <maps> & ground"


async def test_replies_are_articles_in_a_numbered_list_under_their_parents(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(by=bob, thread=thread, body="The *first*.")
    await a_reply(by=alice, thread=thread, body="The second.", parent=first["id"])
    page = await the_page(bob, thread["url"])
    outer = page.one("article", id="reply-1")
    assert outer.one("em").text == "first"
    item = outer.parent
    assert item is not None
    assert item.tag == "li"
    assert item.attributes["value"] == "1"
    assert item.parent is not None
    assert item.parent.tag == "ol"
    inner = item.one("ol").one("article", id="reply-2")
    assert inner.one("a", class_="number").attributes["href"] == f"{thread['url']}#reply-2"
    assert inner.one("a", class_="author").attributes["href"] == "/u/alice"
    assert inner.one("time").attributes["datetime"].endswith("Z")


async def test_an_old_title_in_the_address_redirects_to_the_present_one(alice: Person) -> None:
    thread = await a_thread(by=alice)
    answer = await alice.get(f"/t/{thread['id']}/another-title?page=1")
    assert answer.status_code == 301
    assert answer.headers["location"] == f"{thread['url']}?page=1"
    assert (await alice.get(f"/t/{thread['id']}")).status_code == 301


async def test_a_reply_is_posted_and_the_browser_told_that_its_draft_may_go(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    shown = await bob.get(thread["url"])
    answer = await press(bob.client, shown, "Post reply", body="What I think.")
    assert answer.headers["location"] == f"{thread['url']}#reply-1"
    assert answer.headers["set-cookie"].startswith(f"parley-posted=reply-{thread['id']};")
    page = parse((await follow(bob.client, answer)).text)
    assert page.one("article", id="reply-1").one("div", class_="prose").text == "What I think."


async def test_the_same_form_sent_twice_posts_once(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    shown = await bob.get(thread["url"])
    first = await press(bob.client, shown, "Post reply", body="Once.")
    second = await press(bob.client, shown, "Post reply", body="Once.")
    assert second.status_code == 303
    assert second.headers["location"] == first.headers["location"]
    assert parse((await bob.get(thread["url"])).text).one("h2", id="thoughts").text.startswith("One thought")


async def test_a_form_that_comes_back_with_another_text_keeps_it_and_says_so(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    shown = await bob.get(thread["url"])
    await press(bob.client, shown, "Post reply", body="Once.")
    answer = await press(bob.client, shown, "Post reply", body="Another, after going back.")
    assert answer.status_code == 422
    assert "If this is new, send it again." in parse(answer.text).one("div", role="alert").text
    again = await press(bob.client, answer, "Post reply")
    assert again.headers["location"].endswith("#reply-2")


async def test_a_reply_to_a_reply_says_so_and_stands_under_it(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await a_reply(by=alice, thread=thread)
    link = parse((await bob.get(thread["url"])).text).one("a", aria_label="Reply to 1").attributes["href"]
    shown = await bob.get(f"{thread['url']}{link.partition('#')[0]}")
    assert "In reply to #1 by alice." in parse(shown.text).one("section", id="reply-form").text
    page = parse((await follow(bob.client, await press(bob.client, shown, "Post reply", body="Under it."))).text)
    item = page.one("article", id="reply-1").parent
    assert item is not None
    assert item.one("article", id="reply-2").one("div", class_="prose").text == "Under it."


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("", "The text: must not be empty."),
        ("x" * 32_001, "The text: may have at most 32000 characters."),
        ("a\x00b", "The text: must be UTF-8 text without NUL."),
        ("  \n ", "The text must not be empty."),
    ],
    ids=["empty", "too long", "NUL", "blank"],
)
async def test_a_refused_reply_keeps_what_was_typed(alice: Person, bob: Person, typed: str, rule: str) -> None:
    thread = await a_thread(by=alice)
    answer = await press(bob.client, await bob.get(thread["url"]), "Post reply", body=typed)
    assert answer.status_code == 422
    form = parse(answer.text).one("section", id="reply-form")
    assert form.one("span", id="body-error").text == rule
    area = form.one("textarea")
    assert area.raw == typed.replace("\x00", "\ufffd")
    assert area.attributes["aria-invalid"] == "true"
    assert "body-error" in area.attributes["aria-describedby"].split()
    assert form.one("div", role="alert").one("a").attributes["href"] == "#body"
    assert (await bob.get(f"/api/v1/threads/{thread['id']}")).json()["reply_count"] == 0


async def test_a_preview_is_drawn_by_the_renderer_that_stores(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    typed = "A *table*:\n\n| a | b |\n| - | - |\n| 1 | <script>alert(1)</script> |"
    shown = await press(bob.client, await bob.get(thread["url"]), "Preview", body=typed)
    assert shown.status_code == 200
    page = parse(shown.text)
    assert page.one("textarea").raw == typed
    previewed = shown.text.split("data-rendered>", 1)[1].split("</div>\n</section>", 1)[0]
    stored = await a_reply(by=bob, thread=thread, body=typed)
    assert previewed == stored["body_html"]


async def test_somebody_signed_out_while_writing_keeps_the_text(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    shown = await bob.get(thread["url"])
    bob.client.cookies.clear()
    answer = await press(bob.client, shown, "Post reply", body="Long thought about.")
    assert answer.status_code == 401
    form = parse(answer.text).one("section", id="reply-form")
    assert form.one("textarea").raw == "Long thought about."
    assert form.one("a", target="_blank").attributes["href"] == "/sign-in"


async def test_guests_are_invited_to_sign_in(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    bob.client.cookies.clear()
    page = await the_page(bob, thread["url"])
    assert not page.all("textarea")
    assert page.one("p", class_="composer").one("a").attributes["href"] == f"/sign-in?next={thread['url']}"


async def test_deleted_with_answers_is_a_stub_and_without_them_gone(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(by=bob, thread=thread, body="Regretted.")
    await a_reply(by=alice, thread=thread, body="An answer.", parent=first["id"])
    await a_reply(by=bob, thread=thread, body="Alone.")
    for number in (1, 3):
        asked = await bob.get(f"/t/{thread['id']}/replies/{number}/delete")
        assert (await press(bob.client, asked, "Delete")).status_code == 303
    page = await the_page(bob, thread["url"])
    assert page.one("article", id="reply-1").text == "1 This reply was deleted."
    assert "Regretted" not in page.text
    assert not page.all("article", id="reply-3")
    assert page.one("h2", id="thoughts").text.startswith("One thought")


async def test_a_long_thread_has_pages_by_number_and_links_to_parents_elsewhere(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(by=bob, thread=thread)
    for _ in range(50):
        last = await a_reply(by=alice, thread=thread)
    late = await a_reply(by=alice, thread=thread, parent=first["id"])
    assert last["number"] == 51
    page = await the_page(bob, thread["url"])
    assert len(page.all("article", class_="reply")) == 50
    assert page.one("a", rel="next").attributes["href"] == f"{thread['url']}?page=2"
    second = await the_page(bob, f"{thread['url']}?page=2")
    reply = second.one("article", id=f"reply-{late['number']}")
    assert "in reply to #1" in reply.text
    assert reply.one("a", class_="number").attributes["href"] == f"{thread['url']}?page=2#reply-52"
    assert (await bob.get(f"{thread['url']}?page=3")).status_code == 404
    posted = await press(bob.client, await bob.get(f"{thread['url']}?page=2"), "Post reply", body="Here.")
    assert posted.headers["location"] == f"{thread['url']}?page=2#reply-53"


async def test_watching_is_one_choice(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    sent = await press(bob.client, await bob.get(thread["url"]), "Save", level="watching")
    shown = await follow(bob.client, sent)
    level = f"/api/v1/threads/{thread['id']}/subscription"
    assert (await bob.get(level)).json()["level"] == "watching"
    await press(bob.client, shown, "Save", level="muted")
    assert (await bob.get(level)).json()["level"] == "muted"
