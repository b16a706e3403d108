"""Tags on pages: the list of all, one tag's threads, links beside a thread, and the field in which they are typed."""

import pytest

from service.pages.home import PAGE_SIZE
from service.pages.tags import TAGS
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.atom_rules import read
from tests.pages.reading import Element, follow, parse, press, values_of

pytestmark = pytest.mark.anyio


def titles(page: Element) -> list[str]:
    """The threads in a list."""
    return [heading.text for heading in page.one("ul", class_="lines").all("h2")]


def tags_of(element: Element) -> dict[str, str]:
    """The tags beside a thread, with their addresses."""
    return {link.text: link.attributes["href"] for link in element.one("ul", class_="tags").all("a")}


async def test_a_thread_names_its_tags_on_its_page_and_in_lists(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice, tags=["C++", "Reading list"])
    expected = {"C++": "/tags/c-plus-plus", "Reading list": "/tags/reading-list"}
    for path in (thread["url"], "/", "/c/general", "/u/alice", "/tags/c-plus-plus"):
        assert tags_of(parse((await bob.get(path)).text)) == expected, path
    bare = await a_thread(by=alice, title="Bare")
    assert not parse((await bob.get(bare["url"])).text).all("ul", class_="tags")


async def test_all_tags_are_listed_by_use(alice: Person, bob: Person) -> None:
    assert "No thread has a tag yet" in (await bob.get("/tags")).text
    await a_thread(by=alice, tags=["law", "memory"])
    await a_thread(by=alice, tags=["memory"])
    lines = parse((await bob.get("/tags")).text).one("ul", class_="index").all("li")
    assert [line.text for line in lines] == ["memory 2 threads", "law 1 thread"]
    assert lines[0].one("a").attributes["href"] == "/tags/memory"
    assert parse((await bob.get("/")).text).one("footer").all("a", href="/tags")


async def test_the_list_of_tags_pages(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert TAGS >= 50
    monkeypatch.setattr("service.pages.tags.TAGS", 3)
    await a_thread(by=alice, tags=["a", "b", "c", "d", "e"])
    first = parse((await alice.get("/tags")).text)
    second = parse((await alice.get(first.one("a", rel="next").attributes["href"])).text)
    seen = [line.one("a").text for page in (first, second) for line in page.one("ul", class_="index").all("li")]
    assert seen == ["a", "b", "c", "d", "e"]
    assert not second.all("a", rel="next")
    assert (await alice.get("/tags?before=rubbish")).status_code == 422


async def test_a_tags_page_turns_by_sort_and_state(alice: Person, bob: Person, mona: Person) -> None:
    first = await a_thread(by=alice, title="First", tags=["law"])
    await a_thread(by=alice, title="Second", tags=["law"])
    await a_thread(by=alice, title="Elsewhere", tags=["other"])
    await a_reply(by=bob, thread=first)
    page = parse((await bob.get("/tags/law")).text)
    assert (page.one("h1").text, page.one("p", class_="lead").text) == ("law", "2 threads")
    assert titles(page) == ["First", "Second"]
    newest = page.one("a", href="/tags/law?sort=new")
    page = parse((await bob.get(newest.attributes["href"])).text)
    assert titles(page) == ["Second", "First"]
    assert [each.text for each in page.all("a", aria_current="page")] == ["Newest", "All"]
    await mona.put(f"/api/v1/threads/{first['id']}/closure")
    closed = page.one("a", href="/tags/law?sort=new&state=closed")
    page = parse((await bob.get(closed.attributes["href"])).text)
    assert titles(page) == ["First"]
    assert page.all("a", href="/tags/law?state=closed"), "turning one way keeps the other"
    archived = await bob.get("/tags/law?state=archived")
    assert "No thread with this tag is in that state" in archived.text
    for odd in ("sort=odd", "state=odd", "before=odd"):
        assert (await bob.get(f"/tags/law?{odd}")).status_code == 422


@pytest.mark.parametrize("sort", ["active", "new", "top"])
async def test_a_tags_page_pages_without_losing_or_repeating(alice: Person, sort: str) -> None:
    for number in range(PAGE_SIZE + 2):
        await a_thread(by=alice, title=f"Thread {number}", tags=["law"])
    first = parse((await alice.get(f"/tags/law?sort={sort}&state=open")).text)
    second = parse((await alice.get(first.one("a", rel="next").attributes["href"])).text)
    seen = titles(first) + titles(second)
    assert len(seen) == len(set(seen)) == PAGE_SIZE + 2
    assert not second.all("a", rel="next")
    assert [each.text for each in second.all("a", aria_current="page")][1] == "Open"


async def test_another_spelling_leads_to_the_one_address(alice: Person) -> None:
    await a_thread(by=alice, tags=["Reading list", "Архив"])
    for spelling in ("Reading%20list", "READING-LIST", "%23reading-list"):
        answer = await alice.get(f"/tags/{spelling}")
        assert (answer.status_code, answer.headers["location"]) == (301, "/tags/reading-list")
    page = await alice.get("/tags/%D0%90%D0%A0%D0%A5%D0%98%D0%92")
    assert page.status_code == 301
    assert parse((await alice.get(page.headers["location"])).text).one("h1").text == "Архив"


async def test_a_tag_of_unseen_threads_is_no_page(alice: Person, mona: Person, ada: Person) -> None:
    await ada.post("/api/v1/categories", {"name": "staff", "visibility": "staff"})
    await a_thread(by=ada, tags=["Secret plan"], category="staff")
    gone = await a_thread(by=alice, tags=["Regret"])
    await mona.delete(f"/api/v1/threads/{gone['id']}")
    for path in ("/tags/secret-plan", "/tags/regret", "/tags/never", "/tags/!!!", "/tags/SECRET-PLAN"):
        assert (await alice.get(path)).status_code == 404, path
    assert "Secret" not in (await alice.get("/tags")).text + (await alice.get("/new")).text
    page = parse((await mona.get("/tags/secret-plan")).text)
    assert page.one("p", class_="lead").text == "1 thread"
    assert not page.all("link", type="application/atom+xml"), "its feed is a guest's, and so there is none"


async def test_tags_are_typed_with_commas_and_offered(alice: Person, bob: Person) -> None:
    await a_thread(by=bob, tags=["law", "memory"])
    await a_thread(by=bob, tags=["memory"])
    shown = await alice.get("/new")
    field = parse(shown.text).one("input", name="tags")
    offered = parse(shown.text).one("datalist", id=field.attributes["list"]).all("option")
    assert [option.attributes["value"] for option in offered] == ["memory", "law"]
    typed = {"title": "On maps", "body": "Words.", "tags": " Maps,, Law ,LAW，\u062eرائط، "}
    opened = await follow(alice.client, await press(alice.client, shown, "Open the thread", **typed))
    assert list(tags_of(parse(opened.text))) == ["Maps", "law", "خرائط"]


async def test_a_wrong_tag_is_named_and_nothing_typed_is_lost(alice: Person) -> None:
    shown = await alice.get("/new")
    typed = {"title": "On maps", "body": "Words.", "tags": f"fine, !!!, {'x' * 31}"}
    refused = await press(alice.client, shown, "Open the thread", **typed)
    assert refused.status_code == 422
    page = parse(refused.text)
    (form,) = (form for form in page.all("form") if form.all("input", name="tags"))
    assert {name: values_of(form)[name] for name in typed} == typed
    assert [item.text for item in page.one("div", class_="refusal").all("li")] == [
        "Tag 2: it needs a letter or a digit.",
        "Tag 3: may have at most 30 characters.",
    ]
    assert page.one("div", class_="refusal").all("a", href="#tags")
    many = await press(alice.client, refused, "Open the thread", **(typed | {"tags": "a,b,c,d,e,f"}))
    assert parse(many.text).one("span", id="tags-error").text == "Tags: at most 5 are allowed."
    kept = await press(alice.client, many, "Preview", tags="a, b")
    assert parse(kept.text).one("input", name="tags").attributes["value"] == "a, b"


async def test_tags_are_edited_where_the_text_is(alice: Person) -> None:
    thread = await a_thread(by=alice, tags=["law", "memory"])
    shown, older = await alice.get(f"{thread['url']}/edit"), await alice.get(f"{thread['url']}/edit")
    assert parse(shown.text).one("input", name="tags").attributes["value"] == "law, memory"
    saved = await follow(alice.client, await press(alice.client, shown, "Save", tags="memory, maps"))
    assert list(tags_of(parse(saved.text))) == ["memory", "maps"]
    refused = await press(alice.client, older, "Save", tags="x, !")
    assert refused.status_code == 422
    assert parse(refused.text).one("input", name="tags").attributes["value"] == "x, !"
    stale = await press(alice.client, older, "Save", tags="other")
    assert stale.status_code == 412
    assert parse(stale.text).one("section", class_="theirs").text.endswith("Tags: memory, maps")
    last = await alice.get(f"{thread['url']}/edit")
    emptied = await follow(alice.client, await press(alice.client, stale, "Save", tags=""))
    assert not parse(emptied.text).all("ul", class_="tags")
    await alice.patch(f"/api/v1/threads/{thread['id']}", {"tags": ["meanwhile"]})
    untouched = await follow(alice.client, await press(alice.client, last, "Save", body="Anew.", version="4"))
    assert list(tags_of(parse(untouched.text))) == ["meanwhile"], "who does not touch the tags leaves them"
    reply = await a_reply(by=alice, thread=thread)
    editing = await alice.get(f"/t/{thread['id']}/replies/{reply['number']}/edit")
    assert not parse(editing.text).all("input", name="tags")


async def test_pages_say_where_their_feeds_are(alice: Person, mona: Person, ada: Person) -> None:
    await ada.post("/api/v1/categories", {"name": "members", "visibility": "members"})
    thread = await a_thread(by=alice, tags=["law"])
    inner = await a_thread(by=alice, category="members")
    for path, expected in (
        ("/", "/feed.atom"),
        ("/c/general", "/c/general/feed.atom"),
        (thread["url"], f"/t/{thread['id']}/feed.atom"),
        ("/tags/law", "/tags/law/feed.atom"),
    ):
        page = parse((await alice.get(path)).text)
        assert page.one("link", type="application/atom+xml").attributes["href"] == expected
        assert page.one("footer").all("a", href=expected), f"{path} has a link that people see"
        read((await alice.get(expected)).content)
    for path in ("/c/members", inner["url"]):
        page = parse((await alice.get(path)).text)
        assert not [each for each in page.all() if "feed.atom" in each.attributes.get("href", "")], path
