"""The pages that show what each edit of a post changed."""

from typing import Any

import httpx
import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import Element, follow, parse, press

pytestmark = pytest.mark.anyio
SOURCE = {"author": "Snow, John", "title": "On Cholera", "year": "1855"}


def said(page: Element, number: int) -> str:
    """The words of one revision's article."""
    return page.one("article", id=f"revision-{number}").text


def changes(page: Element, number: int) -> tuple[list[str], list[str]]:
    """What one edit took away and what it brought."""
    article = page.one("article", id=f"revision-{number}")
    return [each.text for each in article.all("del")], [each.text for each in article.all("ins")]


async def edit(by: Person, thread: dict[str, Any], **body: Any) -> None:
    """Change a thread."""
    assert (await by.patch(f"/api/v1/threads/{thread['id']}", body)).status_code == 200


async def test_the_page_shows_who_changed_which_words(client: httpx.AsyncClient, alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice, title="Old maps", body="He came home.\n\nThis stays.", sources=[SOURCE])
    assert parse((await client.get(thread["url"])).text).all("a", class_="edits") == []
    await edit(alice, thread, body="They came home late.\n\nThis stays.", title="New maps")
    await edit(mona, thread, sources=[SOURCE | {"year": "1854"}, {"title": "A plan"}])
    shown = await client.get(f"/t/{thread['id']}/new-maps")
    link = parse(shown.text).one("article", class_="opening").one("a", class_="edits")
    assert link.attributes["href"].endswith("/new-maps/revisions")
    page = parse((await client.get(link.attributes["href"])).text)
    assert page.one("h1").text == "Edits of “New maps”"
    assert [head.text for head in page.all("h2")] == [
        "Revision 3, shown now", "Revision 2", "Revision 1, the first text",
    ]  # fmt: skip
    assert changes(page, 3) == (["[removed] 1855"], ["[added] 1854", "[added] A plan."])
    assert changes(page, 2) == (["[removed] Old", "[removed] He"], ["[added] New", "[added] They", "[added] late"])
    assert "This stays." in said(page, 2)
    assert "He came home. This stays." in said(page, 1)
    assert changes(page, 1) == ([], [])
    assert [article.one("a", class_="author").text for article in page.all("article")] == ["mona", "alice", "alice"]
    assert len(page.all("time")) == 3
    assert page.all("button") == []


async def test_a_reply_has_one_too(client: httpx.AsyncClient, alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread, "It cost ten pounds.")
    await bob.patch(f"/api/v1/replies/{reply['id']}", {"body": "It cost about ten pounds."})
    shown = parse((await client.get(thread["url"])).text)
    link = shown.one("article", id="reply-1").one("a", class_="edits")
    assert link.attributes["href"] == f"/t/{thread['id']}/replies/1/revisions"
    page = parse((await client.get(link.attributes["href"])).text)
    assert page.one("h1").text == f"Edits of reply 1 to “{thread['title']}”"
    assert changes(page, 2) == ([], ["[added] about"])


async def test_text_is_shown_as_it_was_typed_and_never_as_markup(client: httpx.AsyncClient, alice: Person) -> None:
    thread = await a_thread(by=alice, title="<b>x</b>", body="<img src=x onerror=alert(1)> one")
    await edit(alice, thread, title="<i>x</i>", body="<script>alert(1)</script> two")
    page = parse((await client.get(f"{thread['url']}/revisions")).text)
    main = page.one("main")
    assert main.all("img") == main.all("script") == main.all("b") == main.all("i") == []
    assert "<img src=x onerror=alert(1)> one" in said(page, 1)
    assert "script" in "".join(changes(page, 2)[1])


async def test_long_texts_show_what_is_around_a_change(client: httpx.AsyncClient, alice: Person) -> None:
    lines = [f"Line {number} is here and says little.\n\n" for number in range(300)]
    thread = await a_thread(by=alice, body="".join(lines))
    lines[150] = "Line 150 was another.\n\n"
    await edit(alice, thread, body="".join(lines))
    page = parse((await client.get(f"{thread['url']}/revisions")).text)
    assert "Line 149 is here" in said(page, 2)
    assert "Line 20 is here" not in said(page, 2)
    assert len(page.one("article", id="revision-2").all("span", class_="gap")) == 2


async def test_the_page_goes_on_in_earlier_ones(client: httpx.AsyncClient, alice: Person) -> None:
    thread = await a_thread(by=alice)
    for number in range(2, 14):
        await edit(alice, thread, body=f"Text {number}.")
    page = parse((await client.get(f"{thread['url']}/revisions")).text)
    assert len(page.all("article")) == 10
    earlier = page.one("a", rel="next").attributes["href"]
    page = parse((await client.get(earlier)).text)
    assert [head.text for head in page.all("h2")] == ["Revision 3", "Revision 2", "Revision 1, the first text"]
    assert changes(page, 3) == (["[removed] 2"], ["[added] 3"])
    assert page.one("nav", class_="pager").one("a").text == "Newest"
    assert (await client.get(f"{thread['url']}/revisions?before=1")).status_code == 200
    assert (await client.get(f"{thread['url']}/revisions?before=0")).status_code in (404, 422)


async def test_a_page_of_large_texts_is_short(client: httpx.AsyncClient, alice: Person) -> None:
    """What one request may make the server compare is bounded, however often a long text was edited."""
    thread = await a_thread(by=alice, body="a b " * 8_000)
    for word in ("b a ", "c d ", "b a "):
        await edit(alice, thread, body=word * 8_000)
    shown = await client.get(f"{thread['url']}/revisions")
    assert len(parse(shown.text).all("article")) == 1
    assert len(shown.content) < 200_000
    earlier = parse(shown.text).one("a", rel="next").attributes["href"]
    assert [head.text for head in parse((await client.get(earlier)).text).all("h2")] == ["Revision 3"]


async def test_who_may_not_see_the_post_finds_no_page(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await ada.post("/api/v1/categories", {"name": "Staff", "visibility": "staff"})
    hidden = await a_thread(by=mona, category="staff", title="Secret")
    await a_reply(mona, hidden)
    for path in (f"{hidden['url']}/revisions", f"/t/{hidden['id']}/replies/1/revisions", "/t/99/x/revisions"):
        for reader in (client, bob.client):
            answer = await reader.get(path)
            assert answer.status_code == 404
            assert "Secret" not in answer.text
            assert (await reader.post(path, data={"do": "redact", "revision": "1"})).status_code == 404
    assert (await mona.get(f"{hidden['url']}/revisions")).status_code == 200


async def test_a_moderator_removes_an_earlier_text_by_form(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, title="Call me", body="At 555-0100.", sources=[SOURCE])
    await edit(alice, thread, title="Write to me", body="At the usual place.", sources=[])
    await edit(alice, thread, body="At the old place.")
    path = f"{thread['url'].rpartition('/')[0]}/write-to-me/revisions"
    shown = await mona.get(path)
    forms = parse(shown.text).one("main").all("form")
    assert [form.one("input", name="revision").attributes["value"] for form in forms] == ["2", "1"]
    sent = {"do": "redact", "revision": "1"}
    assert (await client.post(path, data=sent)).status_code == 401
    for person in (alice, bob):
        refused = await person.client.post(path, data=sent)
        assert refused.status_code == 403
        assert "Only moderators may do this" in parse(refused.text).one(role="alert").text
    answer = await mona.client.post(path, data=sent)
    assert answer.headers["location"] == f"{path}?before=2#revision-1"
    assert "A moderator removed this text." in said(parse((await follow(mona.client, answer)).text), 1)
    page = parse((await client.get(path)).text)
    assert "nothing to compare it with" in said(page, 2)
    assert changes(page, 3) == (["[removed] usual"], ["[added] old"])
    for word in ("555-0100", "Call me", "On Cholera"):
        assert word not in page.text
    assert (await mona.client.post(path, data={"do": "redact", "revision": "3"})).status_code == 404
    assert (await mona.client.post(path, data={"do": "redact", "revision": "x"})).status_code == 404
    assert [form.one("button").text for form in parse((await mona.get(path)).text).one("main").all("form")] == [
        "Remove it for good"
    ]


async def test_a_replys_earlier_text_is_removed_by_form(alice: Person, mona: Person) -> None:
    reply = await a_reply(alice, await a_thread(by=alice), "At 555-0100.")
    await alice.patch(f"/api/v1/replies/{reply['id']}", {"body": "At the usual place."})
    path = f"/t/{reply['thread_id']}/replies/1/revisions"
    answer = await press(mona.client, await mona.get(path), "Remove it for good")
    assert "A moderator removed this text." in said(parse((await follow(mona.client, answer)).text), 1)
    assert "555-0100" not in (await alice.get(path)).text


async def test_tags_alone_are_no_edit_of_the_text(alice: Person) -> None:
    source = {"title": "The Amnesty and After", "year": "1956"}
    thread = await a_thread(by=alice, body="One line.\n\nAnother.", sources=[source])
    shown = await alice.get(f"{thread['url']}/edit")
    await follow(
        alice.client, await press(alice.client, shown, "Save", tags="amnesty", body="One line.\r\n\r\nAnother.")
    )
    after = (await alice.get(f"/api/v1/threads/{thread['id']}")).json()
    assert (after["tags"], after["edited_at"], after["sources"]) == (["amnesty"], None, thread["sources"])
    found = (await alice.get(f"/api/v1/threads/{thread['id']}/revisions")).json()["items"]
    assert [each["number"] for each in found] == [1]
