"""Opening, editing and deleting threads and replies by plain forms."""

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import follow, parse, press

pytestmark = pytest.mark.anyio


async def test_a_thread_is_opened_and_shown(alice: Person) -> None:
    shown = await alice.get("/new")
    answer = await press(alice.client, shown, "Open the thread", title="Über Karten", body="Who *drew* them?")
    assert answer.headers["location"] == "/t/1/uber-karten"
    assert "parley-posted=new-thread" in answer.headers["set-cookie"]
    page = parse((await follow(alice.client, answer)).text)
    assert page.one("h1").text == "Über Karten"
    assert page.one("article", class_="opening").one("em").text == "drew"


async def test_a_title_in_another_script_has_an_address_that_works(alice: Person) -> None:
    answer = await press(alice.client, await alice.get("/new"), "Open the thread", title="Что оставила карта", body="x")
    assert answer.headers["location"].isascii()
    assert parse((await follow(alice.client, answer)).text).one("h1").text == "Что оставила карта"
    page = parse((await alice.get("/")).text)
    assert (await alice.get(page.one("h2").one("a").attributes["href"])).status_code == 200


async def test_a_refused_thread_keeps_title_category_and_text(alice: Person) -> None:
    shown = await alice.get("/new?category=general")
    answer = await press(alice.client, shown, "Open the thread", title=" ", body="Much work.")
    assert answer.status_code == 422
    page = parse(answer.text)
    assert page.one("textarea").raw == "Much work."
    assert page.one("span", id="title-error").text == "The title must not be empty."
    assert "selected" in page.one("select").one("option", value="general").attributes
    assert page.one("form", data_draft="new-thread").attributes["data-refused"] == ""


async def test_a_hidden_category_is_no_place_for_a_thread(alice: Person, ada: Person) -> None:
    await ada.post("/api/v1/categories", {"name": "Staff room", "visibility": "staff"})
    shown = await alice.get("/new")
    assert "Staff room" not in shown.text
    assert (
        await press(alice.client, shown, "Open the thread", title="x", body="y", category="staff-room")
    ).status_code == 404


async def test_guests_are_sent_to_sign_in_and_come_back(alice: Person) -> None:
    alice.client.cookies.clear()
    answer = await alice.get("/new?category=general")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/new%3Fcategory%3Dgeneral"


async def test_signed_out_while_opening_a_thread_keeps_everything(alice: Person) -> None:
    shown = await alice.get("/new")
    alice.client.cookies.clear()
    answer = await press(alice.client, shown, "Open the thread", title="Mine", body="Long text.")
    assert answer.status_code == 401
    page = parse(answer.text)
    assert page.one("textarea").raw == "Long text."
    assert page.one("input", id="title").attributes["value"] == "Mine"


@pytest.mark.parametrize("title", ["Edit", "Delete", "Replies"])
async def test_a_title_that_is_the_name_of_a_screen_is_a_title(alice: Person, title: str) -> None:
    thread = await a_thread(by=alice, title=title)
    assert parse((await alice.get(thread["url"])).text).one("h1").text == title
    assert parse((await alice.get(f"{thread['url']}/edit")).text).one("h1").text == "Edit the thread"


async def test_an_edit_is_stored_and_said(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    answer = await press(alice.client, await alice.get(f"{thread['url']}/edit"), "Save", title="Renamed", body="New.")
    page = parse((await follow(alice.client, answer)).text)
    assert page.one("h1").text == "Renamed"
    assert "edited" in page.one("p", class_="byline").text
    assert (await bob.get(thread["url"])).status_code == 301


@pytest.mark.parametrize("what", ["thread", "reply"])
async def test_of_two_edits_at_once_the_second_sees_both_texts(alice: Person, mona: Person, what: str) -> None:
    thread = await a_thread(by=alice)
    await a_reply(by=alice, thread=thread)
    path = f"{thread['url']}/edit" if what == "thread" else f"/t/{thread['id']}/replies/1/edit"
    hers, monas = await alice.get(path), await mona.get(path)
    await press(mona.client, monas, "Save", body="Mona's wording.")
    answer = await press(alice.client, hers, "Save", body="Alice's wording.")
    assert answer.status_code == 412
    page = parse(answer.text)
    assert page.one("textarea").raw == "Alice's wording."
    assert page.one("section", class_="theirs").one("pre").text == "Mona's wording."
    assert (await press(alice.client, answer, "Save")).status_code == 303
    api = f"/api/v1/threads/{thread['id']}" if what == "thread" else "/api/v1/replies/1"
    assert (await alice.get(api)).json()["body"] == "Alice's wording."


async def test_strangers_neither_see_nor_use_the_buttons(alice: Person, bob: Person, charlie: Person) -> None:
    thread = await a_thread(by=alice)
    await a_reply(by=bob, thread=thread)
    page = parse((await charlie.get(thread["url"])).text)
    words = {link.text for link in page.one("main").all("a")}
    assert "Reply" in words
    assert not words & {"Edit", "Delete"}
    base, url = f"/t/{thread['id']}", thread["url"]
    for path in (f"{url}/edit", f"{url}/delete", f"{base}/replies/1/edit", f"{base}/replies/1/delete"):
        assert (await charlie.get(path)).status_code == 403
        sent = await charlie.client.post(
            path, content="body=x&title=x", headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert sent.status_code == 403, path


async def test_a_thread_is_deleted_after_a_question(alice: Person, mona: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await a_reply(by=bob, thread=thread)
    assert (await alice.get(f"{thread['url']}/delete")).status_code == 403
    asked = await mona.get(f"{thread['url']}/delete")
    assert "Its one reply goes with it." in parse(asked.text).text
    answer = await press(mona.client, asked, "Delete")
    assert answer.headers["location"] == "/c/general"
    assert (await alice.get(thread["url"])).status_code == 404


async def test_an_edit_preview_keeps_the_form(alice: Person) -> None:
    thread = await a_thread(by=alice)
    shown = await press(alice.client, await alice.get(f"{thread['url']}/edit"), "Preview", body="# Heading\n\ntext")
    assert shown.status_code == 200
    page = parse(shown.text)
    assert page.one("textarea").raw == "# Heading\n\ntext"
    assert (await alice.get(f"/api/v1/threads/{thread['id']}")).json()["version"] == thread["version"]
