"""What becomes of a blog's posts and comments: seen at the door, as readers and programs see it."""

from typing import Any

import httpx
import pytest

from tests.cast import Person
from tests.pages.reading import parse
from tests.transfer.conftest import Bring
from tests.transfer.exports import blog, comment, post

pytestmark = pytest.mark.anyio


async def threads_of(client: httpx.AsyncClient | Person) -> dict[str, dict[str, Any]]:
    """Every thread that a reader finds, by title."""
    items = (await client.get("/api/v1/threads?limit=100")).json()["items"]
    return {item["title"]: (await client.get(f"/api/v1/threads/{item['id']}")).json() for item in items}


async def replies_of(client: httpx.AsyncClient | Person, thread: dict[str, Any]) -> list[dict[str, Any]]:
    """A thread's replies."""
    found: list[dict[str, Any]] = (await client.get(f"/api/v1/threads/{thread['id']}/replies?limit=100")).json()[
        "items"
    ]
    return found


async def test_a_post_becomes_a_thread_with_its_date_name_category_and_tags(
    bring: Bring, client: httpx.AsyncClient
) -> None:
    terms = [("category", "maps", "Maps & plans"), ("post_tag", "paris", "Paris"), ("category", "views", "Views")]
    await bring(blog(post(7, "One.\n\nTwo.", title="What a map &amp; a <em>plan</em> leave out", terms=terms)))
    thread = (await threads_of(client))["What a map & a plan leave out"]
    assert thread["author"] == {"username": None, "display_name": "Inês Duarte"}
    assert thread["created_at"] == "2012-11-05T03:12:44Z"
    assert (thread["category"], thread["tags"]) == ("maps", ["Paris", "Views"])
    assert thread["body"] == "One.\n\nTwo."
    assert thread["body_html"] == "<p>One.</p>\n<p>Two.</p>\n"
    category = (await client.get("/api/v1/categories/maps")).json()
    assert (category["name"], category["description"]) == ("Maps & plans", "What is drawn, and what is not.")


async def test_comments_become_replies_in_their_tree_numbered_by_date(bring: Bring, client: httpx.AsyncClient) -> None:
    file = blog(
        post(
            1, "x",
            comment(13, "The child.", parent=12, at="2012-11-08 10:00:00"),
            comment(12, "The parent.", at="2012-11-06 10:00:00", author=""),
            comment(14, "Before its parent, says its date.", parent=12, at="2012-11-01 10:00:00"),
            comment(15, "Of nobody.", parent=999, at="2012-11-07 10:00:00"),
        )
    )  # fmt: skip
    report = await bring(file)
    thread = (await threads_of(client))["Post 1"]
    replies = await replies_of(client, thread)
    assert [(reply["number"], reply["body"], reply["depth"]) for reply in replies] == [
        (1, "The parent.", 0), (2, "Before its parent, says its date.", 1), (3, "Of nobody.", 0), (4, "The child.", 1),
    ]  # fmt: skip
    assert replies[1]["parent"] == replies[3]["parent"] == replies[0]["id"]
    assert replies[0]["author"] == {"username": None, "display_name": "Anonymous"}
    assert replies[1]["created_at"] == "2012-11-01T10:00:00Z"
    assert (thread["reply_count"], thread["last_reply_at"]) == (4, "2012-11-08T10:00:00Z")
    assert [(each.id, each.problem) for each in report.problems] == [(15, "it answers comment 999, which is not here")]


async def test_deep_answers_stand_on_the_deepest_level_that_the_site_has(
    bring: Bring, client: httpx.AsyncClient
) -> None:
    chain = [comment(number, f"Level {number}.", parent=number - 1 if number > 1 else 0) for number in range(1, 9)]
    await bring(blog(post(1, "x", *reversed(chain))))
    replies = await replies_of(client, (await threads_of(client))["Post 1"])
    assert [reply["depth"] for reply in replies] == [0, 1, 2, 3, 4, 4, 4, 4]
    assert {reply["parent"] for reply in replies[4:]} == {replies[3]["id"]}


async def test_comments_in_a_circle_are_brought_and_reported(bring: Bring, client: httpx.AsyncClient) -> None:
    report = await bring(blog(post(1, "x", comment(1, parent=3), comment(2, parent=1), comment(3, parent=2))))
    replies = await replies_of(client, (await threads_of(client))["Post 1"])
    assert sorted(reply["depth"] for reply in replies) == [0, 1, 2]
    assert [each.problem for each in report.problems] == ["it answers, by way of others, itself"]


async def test_each_state_of_a_comment_is_the_state_of_its_reply(
    bring: Bring, client: httpx.AsyncClient, mona: Person
) -> None:
    states = {"1": "shown", "0": "waiting", "spam": "spam", "trash": "binned", "post-trashed": "binned too"}
    comments = [comment(number, text, status=status) for number, (status, text) in enumerate(states.items(), 1)]
    comments += [
        comment(9, "under the waiting one", parent=2),
        comment(10, "under the shown one", parent=1, status="0"),
    ]
    report = await bring(blog(post(1, "x", *comments)))
    found = {state: tally.imported for state, tally in report.comments.items()}
    assert found == {"published": 2, "pending": 2, "spam": 1, "trashed": 2}
    thread = (await threads_of(client))["Post 1"]
    public = await replies_of(client, thread)
    assert [(reply["number"], reply["body"], reply["depth"]) for reply in public] == [
        (1, "shown", 0), (2, "under the waiting one", 0),
    ]  # fmt: skip
    assert thread["reply_count"] == 2
    page = parse((await client.get(thread["url"])).text)
    assert "2 thoughts on" in page.text
    assert not {"spam", "binned"} & set(page.one("main").text.split())
    staff = parse((await mona.get(thread["url"])).text).text
    assert "under the shown one" in staff
    assert "binned" not in staff


async def test_pingbacks_are_counted_apart_and_never_thoughts(bring: Bring, client: httpx.AsyncClient) -> None:
    pings = [comment(1, "[…] a map […]", kind="pingback"), comment(2, "x", kind="trackback"), comment(3, "A thought.")]
    report = await bring(blog(post(1, "x", *pings)))
    assert (report.pingbacks, report.trackbacks, report.comments["published"].imported) == (1, 1, 1)
    page = parse((await client.get((await threads_of(client))["Post 1"]["url"])).text)
    assert "One thought on" in page.text


async def test_a_post_that_was_closed_is_closed_since_its_last_comment(bring: Bring, client: httpx.AsyncClient) -> None:
    late = comment(1, at="2012-12-24 18:00:00")
    await bring(blog(post(1, "x", late, open=False), post(2, "y", open=False), post(3, "z")))
    threads = await threads_of(client)
    assert [threads[f"Post {n}"]["state"] for n in (1, 2, 3)] == ["closed", "closed", "open"]
    assert threads["Post 1"]["close_reason"] == "manual"
    assert threads["Post 1"]["closed_at"] == "2012-12-24T18:00:00Z"
    assert threads["Post 2"]["closed_at"] == "2012-11-05T03:12:44Z"
    page = parse((await client.get(threads["Post 1"]["url"])).text)
    assert "Comments are closed." in page.text
    assert "Comments were closed on the blog that this was imported from." in page.text


async def test_what_nobody_could_read_is_not_brought(bring: Bring, client: httpx.AsyncClient, mona: Person) -> None:
    hidden = [
        post(number, "x", comment(number), status=status)
        for number, status in enumerate(("draft", "pending", "future", "trash", "auto-draft", "inherit"), 1)
    ]
    report = await bring(
        blog(*hidden, post(7, "x", password="enter"), post(8, "For the staff.", status="private"), post(9, kind="page"),
             post(10, kind="attachment"), post(11, kind="nav_menu_item"))
    )  # fmt: skip
    assert report.passed_over == dict.fromkeys(
        ("draft", "pending", "future", "trash", "auto-draft", "inherit", "protected by a password"), 1
    )
    assert report.comments_passed_over == 6
    assert report.others == {"attachment": 1, "nav_menu_item": 1}
    assert list(await threads_of(client)) == ["Post 9"]
    assert (await threads_of(mona))["Post 8"]["category"] == "imported-private"


async def test_titles_and_tags_that_do_not_fit_are_fitted_and_reported(bring: Bring, client: httpx.AsyncClient) -> None:
    many = [("post_tag", f"t{n}", f"Tag {n}") for n in range(7)] + [
        ("post_tag", "long", "a tag of more than thirty letters")
    ]
    report = await bring(
        blog(post(1, "The first words of it, and more.", title=""), post(2, "", title=" "),
             post(3, title="word " * 60, terms=many), post(4, "", title="Nothing in it"))
    )  # fmt: skip
    threads = await threads_of(client)
    long = next(title for title in threads if title.startswith("word"))
    assert set(threads) == {"The first words of it, and more.", "Untitled", long, "Nothing in it"}
    assert len(long) <= 200
    assert long.endswith("…")
    assert len(threads[long]["tags"]) == 5
    left = "left out: Tag 5, Tag 6, a tag of more than thirty letters"
    assert left in [each.done for each in report.problems if each.id == 3]
    assert (await client.get(threads["Nothing in it"]["url"])).status_code == 200


async def test_dates_that_say_nothing_are_replaced_by_the_next_best(bring: Bring, client: httpx.AsyncClient) -> None:
    never = "0000-00-00 00:00:00"
    report = await bring(blog(post(1, "x", comment(1, at=never), at=never), post(2, "x", at=never, local=never)))
    threads = await threads_of(client)
    assert list(threads) == ["Post 1"]
    assert threads["Post 1"]["created_at"] == "2012-11-04T22:12:44Z"
    assert (await replies_of(client, threads["Post 1"]))[0]["created_at"] == "2012-11-04T22:12:44Z"
    assert report.passed_over == {"without a date": 1}


async def test_a_text_is_read_as_the_blog_showed_it_and_its_links_lead_there(
    bring: Bring, client: httpx.AsyncClient
) -> None:
    words = '<h1>Part</h1>\nOne\ntwo <a href="../other/">there</a>'
    text = words + '\n\n[caption width="3"]<img src="/m.png" alt="A map"> Paris[/caption]'
    await bring(blog(post(1, text)))
    shown = (await threads_of(client))["Post 1"]["body_html"]
    assert '<h2 id="post-1-h-part">Part</h2>' in shown
    assert "<p>One<br>two <a href=" in shown
    assert 'href="https://blog.example.org/other/"' in shown
    assert '<figure><a href="https://blog.example.org/m.png" rel="ugc nofollow noopener">A map</a>' in shown
    assert "<figcaption>Paris</figcaption>" in shown


async def test_what_only_wordpress_can_fill_is_reported(bring: Bring) -> None:
    text = '<!-- wp:latest-posts {"order":"asc"} /-->\n<!-- wp:more /-->[gallery ids="1"] [[playlist]]'
    report = await bring(blog(post(1, text)))
    assert [each.done for each in report.problems] == ["left out: gallery, latest-posts"]


async def test_no_script_comes_with_an_import(bring: Bring, client: httpx.AsyncClient) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    terms = [("category", "bad", bad), ("post_tag", "t", bad[:25])]
    await bring(blog(post(1, bad, comment(1, bad, author=bad), title=bad, creator=bad, terms=terms)))
    for thread in (await threads_of(client)).values():
        for path in (thread["url"], "/", f"/c/{thread['category']}", f"/t/{thread['id']}/feed.atom"):
            text = (await client.get(path)).text
            assert "<script>alert" not in text
            assert "<img" not in text
