"""What stands around a thread's text, contents and "Works Cited", and the forms that take sources without scripts."""

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import Element, follow, parse, press

pytestmark = pytest.mark.anyio

SOURCES = [
    {
        "author": "Snow, John", "title": "On the Mode of Communication", "container": "2nd ed., John Churchill",
        "year": "1855", "url": "https://www.example.org/snow/", "accessed": "2026-11-03", "note": "With a plan",
    },
    {"author": "Anon.", "title": "Who Paid for the Survey?", "year": "n.d."},
    {"title": "A map"},
]  # fmt: skip
LONG = "Nobody had counted them. " * 120
NOTES = "One[^1] and two[^a] and one again[^1].\n\n# Head\n\n[^1]: The first.\n[^a]: The second.[^1]\n"


def marks(page: Element) -> list[str]:
    """Every id on the page."""
    return [each.attributes["id"] for each in page.all() if "id" in each.attributes]


def anchors(page: Element) -> set[str]:
    """Every place on the page that a link leads to."""
    found = [link.attributes.get("href", "") for link in page.all("a")]
    return {href[1:] for href in found if href.startswith("#")}


def rows(page: Element) -> list[dict[str, str]]:
    """What is typed in each row of sources."""
    typed = []
    for fieldset in page.all("fieldset"):
        inputs = {each.attributes["name"].rpartition("-")[2]: each for each in fieldset.all("input")}
        typed.append({name: each.attributes.get("value", "") for name, each in inputs.items()})
    return typed


async def test_works_cited_stand_behind_the_text_as_a_bibliography_has_them(alice: Person) -> None:
    thread = await a_thread(by=alice, sources=SOURCES)
    page = parse((await alice.get(thread["url"])).text)
    section = page.one("section", aria_labelledby="works-cited")
    assert section.one("h2", id="works-cited").text == "Works Cited"
    assert [line.text for line in section.all("li")] == [
        "Snow, John. On the Mode of Communication. 2nd ed., John Churchill, 1855. www.example.org/snow. "
        "Accessed 3 November 2026. With a plan.",
        "Anon. Who Paid for the Survey? n.d.",
        "A map.",
    ]
    assert [title.text for title in section.all("cite")] == [source["title"] for source in SOURCES]
    link = section.one("a")
    assert link.attributes == {"href": "https://www.example.org/snow/", "rel": "ugc nofollow noopener"}
    assert section.one("time").attributes["datetime"] == "2026-11-03"
    assert section.parent is page.one("article", class_="opening")


async def test_a_thread_without_sources_has_no_such_section(alice: Person) -> None:
    page = parse((await alice.get((await a_thread(by=alice))["url"])).text)
    assert page.all(id="works-cited") == page.all("nav", aria_label="Contents") == []


async def test_nothing_typed_into_a_source_becomes_markup(alice: Person) -> None:
    evil = "<img src=x onerror=alert(1)>\"'&amp;"
    url = "https://example.org/'onmouseover=alert(1)?a=%3Cscript%3E&b={{7*7}}"
    members = dict.fromkeys(("author", "title", "container", "note"), evil)
    thread = await a_thread(by=alice, sources=[members | {"year": "<b>&</b>", "url": url}])
    for path in (thread["url"], f"{thread['url']}/edit", f"{thread['url']}/revisions"):
        shown = await alice.get(path)
        assert shown.status_code == 200
        page = parse(shown.text)
        assert page.all("img") == page.all("b") == []
        assert all("onmouseover" not in each.attributes for each in page.all())
    section = parse((await alice.get(thread["url"])).text).one(aria_labelledby="works-cited")
    assert section.one("cite").text == evil
    assert section.one("a").attributes["href"] == url


async def test_a_long_text_has_its_contents_before_it(alice: Person) -> None:
    body = f"# One\n\n{LONG}\n\n## One, *again*\n\n### Deeper\n\n# Two & three\n\n## One"
    thread = await a_thread(by=alice, body=body, sources=SOURCES)
    page = parse((await alice.get(thread["url"])).text)
    contents = page.one("nav", aria_label="Contents")
    lines = [each for each in contents.all("ol")[0].children if isinstance(each, Element)]
    assert [line.all("a")[0].text for line in lines] == ["One", "Two & three", "Works Cited"]
    assert [link.text for link in lines[0].all("a")] == ["One", "One, again", "Deeper"]
    assert anchors(page) <= set(marks(page))
    assert len(marks(page)) == len(set(marks(page)))
    heads = [page.one(id=link.attributes["href"][1:]) for link in contents.all("a")]
    assert [head.tag for head in heads] == ["h2", "h3", "h4", "h2", "h3", "h2"]
    await alice.patch(f"/api/v1/threads/{thread['id']}", {"body": "# One\n\n# Two\n\n# Three\n\nShort."})
    assert parse((await alice.get(thread["url"])).text).all("nav", aria_label="Contents") == []


async def test_marks_of_posts_never_clash(alice: Person, bob: Person) -> None:
    """The same footnotes and headings in the opening, in replies, after edits and in previews, on one page."""
    thread = await a_thread(by=alice, body=NOTES)
    first = await a_reply(bob, thread, NOTES)
    await a_reply(bob, thread, f"{NOTES}\n\nOnce more.", parent=first["id"])
    await bob.patch(f"/api/v1/replies/{first['id']}", {"body": NOTES})
    await alice.patch(f"/api/v1/threads/{thread['id']}", {"body": NOTES})
    shown = await alice.get(thread["url"])
    previewed = await press(alice.client, shown, "Preview", body=NOTES)
    for answer, posts in ((shown, 3), (previewed, 4)):
        page = parse(answer.text)
        found = marks(page)
        assert len(set(found)) == len(found)
        assert sum(mark.endswith("-fn-1") for mark in found) == posts
        assert sum(mark.endswith("-h-head") for mark in found) == posts
        assert anchors(page) <= set(found)


async def test_a_form_takes_sources_row_by_row_without_scripts(alice: Person) -> None:
    shown = await alice.get("/new")
    page = parse(shown.text)
    assert "open" not in page.one("details", id="sources").attributes
    assert rows(page) == [dict.fromkeys(("author", "title", "container", "year", "url", "accessed", "note"), "")]
    typed = {"title": "Maps", "body": "Who *drew* them?", "tags": "maps", "category": "general"}
    first = {f"source-0-{name}": value for name, value in SOURCES[0].items()}
    shown = await press(alice.client, shown, "Add another source", **typed, **first)
    assert shown.status_code == 200
    page = parse(shown.text)
    assert "open" in page.one("details", id="sources").attributes
    assert [row["title"] for row in rows(page)] == [SOURCES[0]["title"], ""]
    assert "autofocus" in page.one("input", id="source-1-author").attributes
    assert page.one("textarea", name="body").raw == "Who *drew* them?"
    assert page.one("input", id="tags").attributes["value"] == "maps"
    shown = await press(alice.client, shown, "Add another source", **{"source-1-title": " Gone "})
    shown = await press(alice.client, shown, "Add another source", **{"source-2-title": "A map"})
    shown = await press(alice.client, shown, "Remove source 2", **{"source-3-year": "1956"})
    assert [(row["title"], row["year"]) for row in rows(parse(shown.text))] == [
        (SOURCES[0]["title"], "1855"), ("A map", ""), ("", "1956"), ("", ""),
    ]  # fmt: skip
    shown = await press(alice.client, shown, "Preview")
    assert len(rows(parse(shown.text))) == 4
    answer = await press(alice.client, shown, "Open the thread", **{"source-2-year": " "})
    page = parse((await follow(alice.client, answer)).text)
    assert page.one("h1").text == "Maps"
    assert [title.text for title in page.all("cite")] == [SOURCES[0]["title"], "A map"]
    assert len((await alice.get("/api/v1/threads")).json()["items"]) == 1


async def test_what_is_wrong_with_a_source_is_said_at_its_field(alice: Person) -> None:
    shown = await press(alice.client, await alice.get("/new"), "Add another source")
    shown = await press(alice.client, shown, "Add another source")
    typed = {"title": "Maps", "body": "Who?", "source-0-title": "A map", "source-2-url": "javascript:alert(1)"}
    shown = await press(alice.client, shown, "Open the thread", **typed, **{"source-2-note": "n" * 501})
    assert shown.status_code == 422
    page = parse(shown.text)
    assert {link.text for link in page.one(role="alert").all("a")} == {
        "Source 3, work: must not be empty.",
        "Source 3, address: must begin with http:// or https:// and a host, and have no blanks.",
        "Source 3, note: may have at most 500 characters.",
    }
    for link in page.one(role="alert").all("a"):
        field = page.one("input", id=link.attributes["href"][1:])
        assert field.attributes["aria-invalid"] == "true"
        assert page.one("span", id=field.attributes["aria-describedby"].strip()).text == link.text
    assert "open" in page.one("details", id="sources").attributes
    assert rows(page)[2]["url"] == "javascript:alert(1)"
    answer = await press(
        alice.client, shown, "Open the thread",
        **{"source-2-url": "http://a.example", "source-2-title": "B", "source-2-note": ""},
    )  # fmt: skip
    page = parse((await follow(alice.client, answer)).text)
    assert [title.text for title in page.all("cite")] == ["A map", "B"]


async def test_an_edit_shows_the_sources_and_stores_their_change(alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice, sources=SOURCES)
    shown = await alice.get(f"{thread['url']}/edit")
    page = parse(shown.text)
    assert [row["title"] for row in rows(page)] == [*(source["title"] for source in SOURCES), ""]
    assert rows(page)[0]["accessed"] == "2026-11-03"
    shown = await press(alice.client, shown, "Remove source 1")
    await mona.patch(f"/api/v1/threads/{thread['id']}", {"sources": [{"title": "Hers"}]})
    refused = await press(alice.client, shown, "Save", title="Anew")
    assert refused.status_code == 412
    assert "Hers." in parse(refused.text).one("section", class_="theirs").text
    assert [row["title"] for row in rows(parse(refused.text))] == ["Who Paid for the Survey?", "A map", ""]
    stored = parse((await follow(alice.client, await press(alice.client, refused, "Save"))).text)
    assert [title.text for title in stored.all("cite")] == ["Who Paid for the Survey?", "A map"]
    assert stored.one("h1").text == "Anew"


async def test_a_form_without_rows_leaves_the_sources_alone(alice: Person) -> None:
    thread = await a_thread(by=alice, sources=SOURCES)
    form = {"title": "Anew", "body": "x", "version": "1"}
    assert (await alice.client.post(f"{thread['url']}/edit", data=form)).status_code == 303
    changed = (await alice.get(f"/api/v1/threads/{thread['id']}")).json()
    assert (changed["title"], changed["sources"]) == ("Anew", thread["sources"])


async def test_fifty_sources_fill_a_form_and_a_51st_is_refused(alice: Person) -> None:
    thread = await a_thread(by=alice, sources=[{"title": f"Source {n}"} for n in range(50)])
    shown = await alice.get(f"{thread['url']}/edit")
    page = parse(shown.text)
    assert len(rows(page)) == 50
    assert "Add another source" not in page.text
    assert (await press(alice.client, shown, "Save", title="Anew")).status_code == 303
    form = {"title": "x", "body": "y"} | {f"source-{n}-title": f"Source {n}" for n in range(51)}
    refused = await alice.client.post("/new", data=form)
    assert refused.status_code == 422
    assert "at most 50 are allowed" in parse(refused.text).one(role="alert").text
    assert len(rows(parse(refused.text))) >= 51


@pytest.mark.parametrize("name", ["source--title", "source-a-title", "source-100-title", "source-0-publisher", "do"])
async def test_odd_fields_are_no_sources(alice: Person, name: str) -> None:
    answer = await alice.client.post("/new", data={"title": "x", "body": "y", name: "remove-source-77"})
    assert answer.status_code in (200, 303)
    assert len(rows(parse(answer.text))) == (1 if name == "do" else 0)
