"""Quotes: who is quoted is told so, once, and the page begins a quotation for whoever wants one."""

from typing import Any

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.notifications.telling import edit, mute, told
from tests.pages.reading import parse
from tests.working import Jobs

pytestmark = pytest.mark.anyio


def quote(thread: dict[str, Any], number: int, words: str = "The numbers hide the families.") -> str:
    place = f"#reply-{number}" if number else ""
    return f"> [somebody wrote]({thread['url']}{place}):\n>\n> {words}\n\nIndeed."


async def test_the_quoted_are_told_and_once(alice: Person, bob: Person, charlie: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(bob, thread)
    await mute(bob, thread, "normal")
    await mute(alice, thread, "normal")
    await jobs()
    await a_reply(charlie, thread, body=quote(thread, 1) + "\n\n" + quote(thread, 1))
    await a_reply(charlie, thread, body=quote(thread, 0))
    await a_reply(charlie, thread, body=quote(thread, 1), parent=first["id"])
    await a_reply(charlie, thread, body=quote(thread, 1) + " @bob")
    await jobs()
    assert await told(bob) == [("reply", "quoted"), ("reply", "answered"), ("reply", "mentioned")]
    assert await told(alice) == [("reply", "quoted")]
    (notice, *_) = (await bob.get("/api/v1/notifications")).json()["items"][::-1]
    assert (notice["text"], notice["why"]) == ("charlie quoted you in “What the amnesty left out”", "you are quoted")


async def test_only_a_blockquote_with_a_link_into_this_thread_quotes(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs
) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice, title="Another")
    await a_reply(bob, thread)
    await a_reply(bob, other)
    for each in (thread, other):
        await mute(bob, each, "normal")
    for body in (
        f"See [this]({thread['url']}#reply-1).",
        "> The numbers hide the families.",
        quote(other, 1),
        quote(thread, 9),
        f"> `[x]({thread['url']}#reply-1)`",
    ):
        await a_reply(charlie, thread, body=body)
    await a_reply(bob, thread, body=quote(thread, 1))
    await jobs()
    assert await told(bob) == []


async def test_an_edit_tells_whom_it_quotes_first_and_a_quote_taken_back_is_forgotten(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    await mute(bob, thread, "normal")
    reply = await a_reply(charlie, thread, body="Nothing yet.")
    await jobs()
    assert await told(bob) == []
    await edit(charlie, reply, quote(thread, 1))
    await edit(charlie, reply, quote(thread, 1) + " And more.")
    await jobs()
    assert await told(bob) == [("reply", "quoted")]
    await edit(charlie, reply, "Nothing again.")
    later = await a_reply(charlie, thread, body=quote(thread, 1))
    await edit(charlie, later, "Taken back before anybody was told.")
    await jobs()
    assert await told(bob) == [("reply", "quoted")]


async def test_who_muted_the_thread_is_not_told(alice: Person, bob: Person, charlie: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    await mute(bob, thread)
    await a_reply(charlie, thread, body=quote(thread, 1))
    await jobs()
    assert await told(bob) == []


async def test_the_form_begins_with_the_quotation_and_posting_it_quotes(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread, body="One line.\n\n> older words\n\nAnd *another*.")
    await mute(bob, thread, "normal")
    page = parse((await charlie.client.get(thread["url"])).text)
    (link,) = [a for a in page.all("a") if a.text == "Quote"]
    shown = parse((await charlie.client.get(f"{thread['url']}{link.attributes['href']}")).text)
    text = shown.one("textarea", id="body").raw
    assert text.lstrip("\n") == (
        f"> [bob wrote in #1]({thread['url']}#reply-1):\n>\n> One line.\n>\n> > older words\n>\n> And *another*.\n\n"
    )
    await a_reply(charlie, thread, body=text + "Well said.")
    await jobs()
    assert await told(bob) == [("reply", "quoted")]


@pytest.mark.parametrize("number", [2, 3, 99])
async def test_what_is_not_there_to_be_quoted_leaves_the_form_empty(
    alice: Person, bob: Person, mona: Person, number: int
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    gone = await a_reply(bob, thread)
    await mona.delete(f"/api/v1/replies/{gone['id']}")
    shown = await alice.client.get(f"{thread['url']}?quote={number}")
    assert shown.status_code == 200
    assert parse(shown.text).one("textarea", id="body").raw.strip() == ""


async def test_a_name_cannot_break_out_of_the_link(alice: Person, bob: Person, charlie: Person) -> None:
    changed = await bob.patch("/api/v1/me", {"display_name": "](http://x.test) @mona **B**"})
    assert changed.status_code == 200, changed.text
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    shown = parse((await charlie.client.get(f"{thread['url']}?quote=1")).text)
    posted = await a_reply(charlie, thread, body=shown.one("textarea", id="body").raw + "Yes.")
    html = parse(posted["body_html"])
    assert [a.attributes["href"] for a in html.all("a")] == [f"{thread['url']}#reply-1"]
    assert html.all("strong") == []
