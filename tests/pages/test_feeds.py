"""Feeds, as a feed reader meets them: valid, with whole addresses, validators, and only what a guest may see."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.engine import Engine

from service.kit.actor import SYSTEM
from service.kit.clock import Clock
from service.kit.database import Session
from service.pages.feed_views import MOST_TEXT
from service.pages.feeds import REPLIES, THREADS
from service.screening.policy import Action
from service.threads.operations import moderate_thread
from service.threads.queries import lock_thread
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL
from tests.pages.atom_rules import Entry, links, moment, read, said

pytestmark = pytest.mark.anyio

HOSTILE = [
    "]]> & <script>alert(1)</script>",
    "<![CDATA[ </title><entry>",
    "&lt;b&gt; &amp;amp; &#0; &nbsp;",
    "🎉👩‍👩‍👧 emoji and \u200dZWJ",
    "עברית and العربية \u200f mixed",
    "a \ufffe non-character \U0001ffff",
    "“quotes” 'and' \"others\"",
]


async def entries(reader: httpx.AsyncClient, path: str) -> list[Entry]:
    """The feed's entries, after every rule of the format was asked."""
    answer = await reader.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return read(answer.content)[1]


async def titles(reader: httpx.AsyncClient, path: str) -> list[str]:
    """Their titles."""
    return [entry.title for entry in await entries(reader, path)]


async def test_the_sites_feed_has_the_newest_threads_whole(
    alice: Person, bob: Person, client: httpx.AsyncClient
) -> None:
    first = await a_thread(by=alice, title="First", body="A [link](/t/1) and *words*[^1].\n\n[^1]: Note.", tags=["C++"])
    await a_thread(by=bob, title="Second")
    await a_reply(by=bob, thread=first)
    answer = await client.get("/feed.atom")
    feed, (newest, oldest) = read(answer.content)
    assert (said(feed, "title"), said(feed, "id")) == ("Parley", f"{BASE_URL}/feed.atom")
    assert (links(feed, "self"), links(feed, "alternate")) == ([f"{BASE_URL}/feed.atom"], [f"{BASE_URL}/"])
    assert [newest.title, oldest.title] == ["Second", "First"], "by age: a reply moves nothing"
    assert (oldest.author, said(oldest.element, "author/uri")) == ("alice", f"{BASE_URL}/u/alice")
    assert (oldest.url, oldest.id) == (f"{BASE_URL}{first['url']}", f"{BASE_URL}/api/v1/threads/{first['id']}")
    assert f'<a href="{BASE_URL}/t/1"' in oldest.html
    assert "<em>words</em>" in oldest.html
    assert f'href="{BASE_URL}{first["url"]}#' in oldest.html, "footnotes lead to the page"
    assert oldest.categories == {f"{BASE_URL}/c/": "general", f"{BASE_URL}/tags/": "c-plus-plus"}
    assert links(oldest.element, "replies") == [f"{BASE_URL}/t/{first['id']}/feed.atom"]
    assert oldest.published == oldest.updated == moment(first["created_at"]).replace(microsecond=0)
    assert moment(said(feed, "updated")) == newest.updated


async def test_an_empty_site_has_a_valid_feed(client: httpx.AsyncClient) -> None:
    assert await entries(client, "/feed.atom") == []
    assert await entries(client, "/c/general/feed.atom") == []
    for path in ("/t/1/feed.atom", "/tags/nothing/feed.atom", "/c/nothing/feed.atom"):
        assert (await client.get(path)).status_code == 404


async def test_a_threads_feed_has_its_latest_replies_and_the_opening(
    alice: Person, bob: Person, client: httpx.AsyncClient
) -> None:
    thread = await a_thread(by=alice, title="On maps")
    first = await a_reply(by=bob, thread=thread, body="See [above](#reply-1).")
    second = await a_reply(by=alice, thread=thread, parent=first["id"])
    gone = await a_reply(by=bob, thread=thread, body="Gone tomorrow")
    assert (await bob.delete(f"/api/v1/replies/{gone['id']}")).status_code == 204
    answer = await client.get(f"/t/{thread['id']}/feed.atom")
    feed, found = read(answer.content)
    assert said(feed, "title") == "On maps"
    assert [entry.title for entry in found] == ["Reply 2 to “On maps”", "Reply 1 to “On maps”", "On maps"]
    assert [entry.url for entry in found] == [f"{BASE_URL}{each['url']}" for each in (second, first, thread)]
    ids = [f"{BASE_URL}/api/v1/{kind}" for kind in (f"replies/{second['id']}", f"replies/{first['id']}", "threads/1")]
    assert [entry.id for entry in found] == ids
    answers = [each.attrib["ref"] for each in feed.iter("{http://purl.org/syndication/thread/1.0}in-reply-to")]
    assert answers == ids[1:], "each names what it answers"
    assert f'href="{BASE_URL}{thread["url"]}#reply-1"' in found[1].html
    assert "Gone tomorrow" not in answer.text


async def test_a_deleted_reply_with_answers_leaves_no_entry(
    alice: Person, bob: Person, client: httpx.AsyncClient
) -> None:
    thread = await a_thread(by=alice)
    parent = await a_reply(by=bob, thread=thread, body="What I should not have said.")
    await a_reply(by=alice, thread=thread, parent=parent["id"])
    await bob.delete(f"/api/v1/replies/{parent['id']}")
    answer = await client.get(f"/t/{thread['id']}/feed.atom")
    assert len(read(answer.content)[1]) == 2
    assert "should not have said" not in answer.text


async def test_feeds_end(alice: Person, bob: Person, client: httpx.AsyncClient) -> None:
    for number in range(THREADS + 2):
        thread = await a_thread(by=alice, title=f"T{number}")
    for _ in range(REPLIES + 2):
        await a_reply(by=bob, thread=thread)
    found = await titles(client, "/feed.atom")
    assert (len(found), found[0], found[-1]) == (THREADS, f"T{THREADS + 1}", "T2")
    found = await titles(client, f"/t/{thread['id']}/feed.atom")
    assert (len(found), found[0], found[-1]) == (50, f"Reply {REPLIES + 2} to “{found[-1]}”", thread["title"])


async def test_a_feed_of_long_texts_has_fewer_of_them(
    app: FastAPI, alice: Person, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_TEXT >= 1_000_000
    monkeypatch.setattr("service.pages.feed_views.MOST_TEXT", 5_000)
    for number, length in enumerate((100, 2_000, 2_000, 20_000)):
        await a_thread(by=alice, title=f"T{number}", body="word " * (length // 5))
    assert await titles(client, "/feed.atom") == ["T3"], "the first in any case"
    await a_thread(by=alice, title="T4")
    assert await titles(client, "/feed.atom") == ["T4"]
    monkeypatch.setattr("service.pages.feed_views.MOST_TEXT", 24_000)
    app.state.kept.clear()
    assert await titles(client, "/feed.atom") == ["T4", "T3", "T2"]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_stay_words(alice: Person, ada: Person, client: httpx.AsyncClient, text: str) -> None:
    await ada.post("/api/v1/categories", {"name": f"x {text}"[:60], "slug": "odd", "description": text})
    await alice.patch("/api/v1/me", {"display_name": f"a {text}"[:60]})
    thread = await a_thread(by=alice, title=text, body=f"Body {text}\n\n<script>alert(2)</script>", category="odd")
    await a_reply(by=alice, thread=thread, body=text)
    shown = text.replace("\ufffe", "\ufffd")
    for path in ("/feed.atom", "/c/odd/feed.atom"):
        (entry,) = await entries(client, path)
        assert (entry.title, entry.author) == (shown, f"a {shown}")
        assert "&lt;script&gt;" in entry.html
    found = await entries(client, f"/t/{thread['id']}/feed.atom")
    assert [entry.title for entry in found] == [f"Reply 1 to “{shown}”", shown]


async def test_control_characters_that_an_old_row_holds_do_not_break_it(
    app: FastAPI, alice: Person, client: httpx.AsyncClient
) -> None:
    thread = await a_thread(by=alice)

    def spoil(session: Session) -> None:
        row = lock_thread(session, SYSTEM, thread["id"]).thread
        row.title, row.body_html = "a\x0bb\x1fc\ufffe", "<p>a\x08b\uffff</p>"
        session.add(row)

    await app.state.database.write(spoil)
    (entry,) = await entries(client, "/feed.atom")
    assert entry.title == "a\ufffdb\ufffdc\ufffd"
    assert "a\ufffdb\ufffd" in entry.html


async def hidden_things(ada: Person, alice: Person, mona: Person, app: FastAPI) -> list[dict[str, Any]]:
    """Threads that a guest must not find: among members, among staff, deleted, hidden, held."""
    for name in ("members", "staff"):
        await ada.post("/api/v1/categories", {"name": name, "visibility": name})
    found = [
        await a_thread(by=alice, title="HIDDEN among members", category="members", tags=["both", "inner"]),
        await a_thread(by=ada, title="HIDDEN among staff", category="staff", tags=["both", "inner"]),
        await a_thread(by=alice, title="HIDDEN in the trash", tags=["both", "inner"]),
        await a_thread(by=alice, title="HIDDEN by a moderator", tags=["both", "inner"]),
    ]
    await mona.delete(f"/api/v1/threads/{found[2]['id']}")
    await moderate(app, mona, found[3]["id"], "hide")
    site = await ada.get("/api/v1/site")
    await ada.patch("/api/v1/site", {"hold_first_posts": 100}, headers={"If-Match": site.headers["etag"]})
    return [*found, await a_thread(by=alice, title="HIDDEN for a look", tags=["both", "inner"])]


async def moderate(app: FastAPI, mona: Person, thread_id: int, action: Action) -> None:
    """One step of a thread's moderation."""
    actor = replace(SYSTEM, account_id=mona.id, username="mona", role="moderator")
    await app.state.database.write(
        lambda session: moderate_thread(session, actor, lock_thread(session, actor, thread_id), action)
    )


async def test_what_a_guest_may_not_see_is_in_no_feed_whoever_asks(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    seen = await a_thread(by=alice, title="Seen", tags=["both"])
    hidden = await hidden_things(ada, alice, mona, app)
    held = await a_reply(by=bob, thread=seen, body="HIDDEN reply")
    assert held["moderation"] == "pending"
    for reader in (client, alice.client, bob.client, mona.client, ada.client):
        for path in ("/feed.atom", "/c/general/feed.atom", "/tags/both/feed.atom", f"/t/{seen['id']}/feed.atom"):
            answer = await reader.get(path)
            assert [entry.title for entry in read(answer.content)[1]] == ["Seen"], path
            assert "HIDDEN" not in answer.text
            assert "private" not in answer.headers["cache-control"]
        for path in ("/c/members/feed.atom", "/c/staff/feed.atom", "/tags/inner/feed.atom"):
            assert (await reader.get(path)).status_code == 404, path
        for each in hidden:
            assert (await reader.get(f"/t/{each['id']}/feed.atom")).status_code == 404, each["title"]


async def test_a_closed_thread_says_so(alice: Person, mona: Person, client: httpx.AsyncClient, clock: Clock) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P3D"})
    state, path = f"{BASE_URL}/problems/thread-closed", f"/t/{thread['id']}/feed.atom"
    assert state not in (await entries(client, path))[0].categories
    before = await client.get(path)
    clock.offset += timedelta(days=4)
    assert (await entries(client, path))[0].categories[state] == "closed"
    assert (await entries(client, "/feed.atom"))[0].categories[state] == "closed"
    after = await client.get(path, headers={"If-Modified-Since": before.headers["last-modified"]})
    feed, _ = read(after.content)
    assert moment(said(feed, "updated")) == moment(thread["closes_at"]).replace(microsecond=0), "closing changes it"
    assert (await client.get(state)).status_code == 200, "the scheme is a page that explains it"
    await mona.put(f"/api/v1/threads/{thread['id']}/archive")
    assert (await entries(client, path))[0].categories[state] == "archived"


@pytest.mark.parametrize("path", ["/feed.atom", "/c/general/feed.atom", "/tags/maps/feed.atom", "/t/1/feed.atom"])
async def test_both_validators_save_the_second_reading(
    alice: Person, bob: Person, client: httpx.AsyncClient, clock: Clock, path: str
) -> None:
    thread = await a_thread(by=alice, tags=["maps"])
    first = await client.get(path)
    tag, date = first.headers["etag"], first.headers["last-modified"]
    strong = tag.removeprefix("W/")
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": date}, {"If-None-Match": f'"x", {strong}'}):
        again = await client.get(path, headers=headers)
        assert (again.status_code, again.content) == (304, b""), headers
        assert (again.headers["etag"], again.headers["last-modified"]) == (tag, date)
        assert again.headers["cache-control"] == "public, no-cache"
    both = await client.get(path, headers={"If-None-Match": '"other"', "If-Modified-Since": date})
    assert both.status_code == 200, "the date counts only where no tag is named"
    clock.offset += timedelta(seconds=5)
    await alice.patch(f"/api/v1/threads/{thread['id']}", {"title": "Anew"})
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": date}):
        changed = await client.get(path, headers=headers)
        assert changed.status_code == 200
        assert read(changed.content)[1][0].title == "Anew"
        assert changed.headers["etag"] != tag


async def test_taking_the_newest_away_is_a_change(
    alice: Person, mona: Person, client: httpx.AsyncClient, clock: Clock
) -> None:
    await a_thread(by=alice, title="Old")
    clock.offset += timedelta(seconds=5)
    newest = await a_thread(by=alice, title="New")
    date = (await client.get("/feed.atom")).headers["last-modified"]
    await mona.delete(f"/api/v1/threads/{newest['id']}")
    again = await client.get("/feed.atom", headers={"If-Modified-Since": date})
    assert again.status_code == 200, "its date is older now, which must not pass for unchanged"
    assert [entry.title for entry in read(again.content)[1]] == ["Old"]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SELECTs that ran, from tables that a feed reads; the queue and the events' sequencer have others."""
    said: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if re.search(r"\bFROM (site|category|thread|reply|tag|account)\b", statement):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_a_feed_costs_the_same_few_queries_however_long(
    alice: Person, bob: Person, client: httpx.AsyncClient
) -> None:
    thread = await a_thread(by=alice, tags=["maps"])
    paths = ("/feed.atom", "/c/general/feed.atom", "/tags/maps/feed.atom", f"/t/{thread['id']}/feed.atom")
    costs = []
    for _ in range(2):
        for path in paths:
            with counted() as said:
                assert (await client.get(path)).status_code == 200
            costs.append(len(said))
        for _ in range(10):
            await a_reply(by=bob, thread=await a_thread(by=alice, tags=["maps", "roads"]))
            await a_reply(by=bob, thread=thread)
    assert costs[:4] == costs[4:], said
    assert max(costs) <= 4, said
