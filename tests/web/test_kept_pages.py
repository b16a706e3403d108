"""Pages that are kept are what they would be if they were drawn now, whatever happened, and nobody's but a guest's."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from service.app import create_app
from service.kit import events
from service.kit.clock import Clock, utc_text
from service.kit.kept import MOST_MISSED
from service.settings import Settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL
from tests.working import Jobs

pytestmark = pytest.mark.anyio
STEPS = 40
MOVES = ("approve", "hide", "reject", "spam", "trash", "restore")


class History:
    """What a few people do to a few threads, at random but alike for each seed."""

    def __init__(self, seed: int, cast: dict[str, Person], clock: Clock, jobs: Jobs) -> None:
        self.chance = random.Random(seed)
        self.cast, self.clock, self.jobs = cast, clock, jobs
        self.threads: list[int] = []
        self.replies: list[int] = []
        self.done = 0
        self.is_hidden = False

    async def step(self) -> str:
        """One deed, which may be refused; says which."""
        name, deed = self.chance.choice(list(self.deeds().items()))
        if name != "hide a category" and self.is_hidden and self.chance.random() < 0.5:
            name, deed = "show the category", lambda: self.show("public")
        answer = await deed()
        self.done += answer is not None and answer.is_success
        if answer is not None and answer.status_code == 201 and name in ("open", "reply", "reply in the same"):
            (self.threads if name == "open" else self.replies).append(answer.json()["id"])
        return name

    def deeds(self) -> dict[str, Callable[[], Awaitable[httpx.Response | None]]]:
        """All there are."""
        chance, by = self.chance, self.cast
        thread, reply = chance.choice(self.threads), chance.choice(self.replies or [1])
        at, of = f"/api/v1/threads/{thread}", f"/api/v1/replies/{reply}"
        who = by[chance.choice(("alice", "bob"))]
        soon = utc_text(self.clock.now() + timedelta(minutes=chance.randint(1, 40)))
        word = f"word{chance.randrange(10**9)}"
        free, site = {"If-Match": "*"}, "/api/v1/site"
        return {
            "open": lambda: who.post("/api/v1/threads", {"title": word, "body": word, "tags": [chance.choice("xyz")]}),
            "reply": lambda: who.post(f"{at}/replies", {"body": word}),
            "reply in the same": lambda: who.post(f"/api/v1/threads/{self.threads[0]}/replies", {"body": word}),
            "edit": lambda: who.patch(of, {"body": word}, headers=free),
            "retitle": lambda: by["mona"].patch(at, {"title": word, "body": word}, headers=free),
            "delete": lambda: who.delete(of),
            "moderate a reply": lambda: by["mona"].put(f"{of}/moderation", {"action": chance.choice(MOVES)}),
            "moderate a thread": lambda: by["mona"].put(f"{at}/moderation", {"action": chance.choice(MOVES)}),
            "react": lambda: who.put(f"{of}/reactions/like"),
            "react to a thread": lambda: who.put(f"{at}/reactions/thanks"),
            "unreact": lambda: who.delete(f"{of}/reactions/like"),
            "pin": lambda: by["mona"].put(f"{at}/pin", {"everywhere": chance.random() < 0.5, "until": soon}),
            "close": lambda: by["mona"].post(f"{at}/close", {"reason": word}),
            "reopen": lambda: by["mona"].post(f"{at}/reopen"),
            "close later": lambda: by["mona"].put(f"{at}/closing", {"closes_at": soon}),
            "close when silent": lambda: by["mona"].put(f"{at}/closing", {"close_after_idle": "PT20M"}),
            "archive": lambda: by["mona"].put(f"{at}/archive"),
            "unarchive": lambda: by["mona"].delete(f"{at}/archive"),
            "close all": lambda: by["ada"].patch(site, {"closing": {"close_after_age": "PT30M"}}, headers=free),
            "close none": lambda: by["ada"].patch(site, {"closing": {"close_after_age": None}}, headers=free),
            "hold": lambda: by["ada"].patch(site, {"hold_first_posts": chance.choice((0, 0, 3))}, headers=free),
            "rename the site": lambda: by["ada"].patch(site, {"name": word}, headers=free),
            "rename somebody": lambda: who.patch("/api/v1/me", {"display_name": word}),
            "describe": lambda: by["ada"].patch("/api/v1/categories/general", {"description": word}, headers=free),
            "hide a category": lambda: self.show("members"),
            "wait": self.wait,
            "sweep": self.sweep,
        }  # fmt: skip

    async def show(self, visibility: str) -> httpx.Response:
        """Let guests see the category, or not."""
        self.is_hidden = visibility != "public"
        free = {"If-Match": "*"}
        return await self.cast["ada"].patch("/api/v1/categories/general", {"visibility": visibility}, headers=free)

    async def wait(self) -> None:
        """Let time pass."""
        self.clock.offset += timedelta(minutes=self.chance.randint(1, 25))

    async def sweep(self) -> None:
        """Let the worker do what is due."""
        await self.jobs()

    def addresses(self) -> list[str]:
        """Everything that is kept."""
        pages = ["/", "/?before=none", "/c/general", "/tags", "/tags/x", "/tags/x?sort=new", "/feed.atom",
                 "/c/general/feed.atom", "/api/v1/threads", "/api/v1/threads?state=open"]  # fmt: skip
        for thread in self.threads:
            pages += [f"/t/{thread}/word", f"/api/v1/threads/{thread}", f"/api/v1/threads/{thread}/replies"]
        junk = f"utm_source={self.chance.randrange(9)}&fbclid=%FF&q"
        return [*pages, f"/t/{self.threads[0]}/feed.atom", f"/?{junk}", f"/t/{self.threads[0]}/word?{junk}&page=1"]


async def told(app: FastAPI) -> None:
    """What was committed has its position, and the process has heard of it."""
    await app.state.database.write(events.sequence)
    await app.state.follower.look()


async def drawn(client: httpx.AsyncClient, url: str) -> tuple[int, bytes, str]:
    """What matters of an answer, wherever the thread's title takes it."""
    answer = await client.get(url, follow_redirects=True)
    return answer.status_code, answer.content, answer.headers.get("location", "")


async def afresh(app: FastAPI, client: httpx.AsyncClient, url: str) -> tuple[int, bytes, str]:
    """The same with nothing kept."""
    app.state.kept.room, room = 0, app.state.kept.room
    try:
        return await drawn(client, url)
    finally:
        app.state.kept.room = room


@pytest.fixture
async def elsewhere(settings: Settings, clock: Clock) -> AsyncIterator[FastAPI]:
    """Another process on the same database."""
    made = create_app(settings, clock=clock, worker=False)
    async with made.router.lifespan_context(made):
        yield made


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_kept_page_is_what_would_be_drawn_now(
    app: FastAPI, elsewhere: FastAPI, client: httpx.AsyncClient, jobs: Jobs, clock: Clock, alice: Person, bob: Person,
    mona: Person, ada: Person, seed: int,
) -> None:  # fmt: skip
    """In the process that was written to at once; in another one when it has heard of it."""
    history = History(seed, {"alice": alice, "bob": bob, "mona": mona, "ada": ada}, clock, jobs)
    history.threads = [(await a_thread(by=alice, title=f"T{number}", tags=["x"]))["id"] for number in range(2)]
    history.replies = [(await a_reply(bob, {"id": history.threads[0]}))["id"]]
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(elsewhere), base_url=BASE_URL)
        )
        for number in range(STEPS):
            did = await history.step()
            urls = history.chance.sample(history.addresses(), 6)
            await told(app)
            here = [await drawn(client, url) for url in urls]
            fresh = [await afresh(app, client, url) for url in urls]
            assert [url for url, a, b in zip(urls, here, fresh, strict=True) if a != b] == [], (number, did)
            await elsewhere.state.follower.look()
            there = [await drawn(other, url) for url in urls]
            assert [url for url, a, b in zip(urls, there, fresh, strict=True) if a != b] == [], (
                number,
                did,
                "elsewhere",
            )
    counts = app.state.kept.counts
    assert history.done > STEPS / 3
    assert min(counts.hits, counts.dropped, elsewhere.state.kept.counts.hits) > 20, counts


async def test_a_write_is_seen_at_once_and_in_other_processes_within_a_second(
    app: FastAPI, elsewhere: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person
) -> None:
    thread = await a_thread(by=alice)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(elsewhere), base_url=BASE_URL) as other:
        for number in range(3):
            for guest in (client, client, other, other):
                assert f"thought {number}" not in (await guest.get(thread["url"])).text
            await a_reply(bob, thread, f"thought {number}")
            assert f"thought {number}" in (await client.get(thread["url"])).text, "acknowledged, so it is there"
            async with asyncio.timeout(30):  # the bound is a second; a busy machine may take its time
                while f"thought {number}" not in (await other.get(thread["url"])).text:
                    await asyncio.sleep(0.01)
    assert app.state.kept.counts.hits
    assert elsewhere.state.kept.counts.hits


async def test_who_has_it_is_told_so_without_a_drawing(app: FastAPI, client: httpx.AsyncClient, alice: Person) -> None:
    url = (await a_thread(by=alice, body="word " * 400))["url"]
    await told(app)
    first = await client.get(url)
    assert "content-encoding" in first.headers
    before = app.state.kept.counts.kept
    for said in (first.headers["etag"], f'"other", {first.headers["etag"]}', "*"):
        for known in (False, True):
            if not known:
                app.state.kept.clear()
            answer = await client.get(url, headers={"If-None-Match": said})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == first.headers["etag"]
            assert "content-security-policy" in answer.headers
    assert app.state.kept.counts.kept == before + 3
    again = await client.get(url, headers={"If-None-Match": '"other"'})
    plain = await client.get(url, headers={"Accept-Encoding": "identity"})
    assert again.content == plain.content == first.content
    assert (again.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
    assert "accept-encoding" in again.headers["vary"].lower()
    kept, made = (await client.get(url)).headers, first.headers
    for headers in (kept, made):
        for name in ("content-length", "x-request-id", "content-encoding"):
            headers.pop(name, None)
    assert dict(kept) == dict(made)
    assert int((await client.head(url)).headers["content-length"]) > 0


async def test_nothing_of_one_person_reaches_another(
    app: FastAPI, client: httpx.AsyncClient, browse: Callable[..., Any], alice: Person, mona: Person
) -> None:
    """Who is signed in, by cookie or by token, is neither answered from what is kept nor kept for others."""
    thread = await a_thread(by=alice)
    token = (await alice.post("/api/v1/tokens", {"name": "t", "scopes": ["read", "write"]})).json()["token"]
    await told(app)
    strange = await browse(cookies={"theme": "dark", "other": "parley"})
    for path in ("/", thread["url"], "/c/general", f"/api/v1/threads/{thread['id']}"):
        app.state.kept.clear()
        for turn in range(2):
            signed_in = [(await each.get(path)).text for each in (alice, mona)]
            signed_in.append((await client.get(path, headers={"Authorization": f"Bearer {token}"})).text)
            kept = app.state.kept.get((unquote(urlsplit(path).path), ""))
            assert (kept is None) is (turn == 0), "nothing but a guest's"
            guests = {(await each.get(path)).text for each in (client, strange, client)}
            assert len(guests) == 1
            assert not guests & set(signed_in), "everybody sees what they may do"
            for name in ("alice", "mona"):
                assert f'data-reader="{name}"' not in min(guests)
    assert (await client.get("/", headers={"Authorization": "Bearer nobody"})).status_code == 401


async def test_a_session_is_known_however_its_cookie_is_spelled(
    app: FastAPI, client: httpx.AsyncClient, alice: Person
) -> None:
    """Spaces around a cookie's name belong to no name: such a page is one person's as well."""
    thread, secret = await a_thread(by=alice), alice.client.cookies["parley"]
    await told(app)
    for cookie in (f"parley ={secret}", f"a=b;\tparley\t= {secret}", f'x; parley\u00a0="{secret}"'):
        for path in ("/", "/tags", thread["url"], "/api/v1/threads", f"/api/v1/threads/{thread['id']}", "/feed.atom"):
            app.state.kept.clear()
            mine = await client.get(path, headers={b"cookie": cookie.encode("latin-1")})
            assert mine.status_code == 200
            assert [key for key in app.state.kept._entries if key[0] != "screen"] == [], (cookie, path)
            assert (mine.content == (await client.get(path)).content) is (path == "/feed.atom"), (cookie, path)


async def test_time_alone_ends_what_shows_a_state(
    app: FastAPI, client: httpx.AsyncClient, clock: Clock, alice: Person, mona: Person
) -> None:
    """A closing by law is no event, and neither is the end of a pin: whatever tells of one knows when it comes."""
    closing = await a_thread(by=alice, title="It closes", tags=["x"])
    soon, later = (clock.now().replace(microsecond=0) + timedelta(days=days) for days in (20, 30))
    at = f"/api/v1/threads/{closing['id']}"
    assert (await mona.put(f"{at}/closing", {"closes_at": utc_text(soon)})).is_success
    pinned = f"/api/v1/threads/{(await a_thread(by=alice, title='It is pinned'))['id']}"
    assert (await mona.put(f"{pinned}/pin", {"everywhere": True, "until": utc_text(later)})).is_success
    await told(app)
    cases = [(path, soon) for path in ("/", "/tags/x", "/feed.atom", "/c/general/feed.atom", "/tags/x/feed.atom",
                                       f"/t/{closing['id']}/feed.atom", "/api/v1/threads", at)]  # fmt: skip
    for path, until in (*cases, (pinned, later)):
        assert (await client.get(path)).status_code == 200
        assert app.state.kept._entries[path, ""].terms.until == until, path


async def test_only_what_a_door_reads_makes_an_answer_of_its_own(
    app: FastAPI, client: httpx.AsyncClient, alice: Person
) -> None:
    """What else stands in an address shares the answer without it, and is nowhere in it; where somebody asks for no
    keeping, it is drawn and not kept; and a flood of addresses takes away nothing that people read.
    """
    thread = await a_thread(by=alice, body="word " * 400, tags=["x"])
    at = f"/api/v1/threads/{thread['id']}"
    await told(app)
    kept, urls = (
        app.state.kept,
        (thread["url"], "/", "/c/general", "/tags", "/tags/x", "/feed.atom", at, f"{at}/replies"),
    )
    for url in urls:
        plain = await client.get(url)
        count, hits = len(kept), kept.counts.hits
        for junk in (
            "?u=1",
            "?utm_source=zebra&utm_medium=zebra",
            "?%70=zebra",
            "?zebra",
            "?&=&",
            "?PAGE=2",
            "?\u00e9=%ff",
        ):
            shared = await client.get(url + junk)
            assert (shared.content, "zebra" in shared.text) == (plain.content, False), (url, junk)
        assert (len(kept), kept.counts.hits) == (count, hits + 7), url
        before = set(kept._entries)
        for alone in ("no-store", "max-age=0, No-Store"):
            anew = await client.get(f"{url}?before=&cursor=", headers={"Cache-Control": alone})
            assert (anew.status_code, set(kept._entries), kept.counts.hits) == (200, before, hits + 7), url
    for one, other in (("?page=1&u=2&saved=b", "?saved=b&%70age=1"), ("?page=2&page=1", "?x&page=2&page=1")):
        await client.get(thread["url"] + one)
        hits = kept.counts.hits
        assert (await client.get(thread["url"] + other)).status_code == 200
        assert kept.counts.hits == hits + 1, other
    assert (await client.get(thread["url"] + "?page=2")).status_code == 404
    moved = await client.get(f"/t/{thread['id']}/other?utm_source=zebra")
    assert (moved.status_code, (await client.get(f"/t/{thread['id']}")).status_code) == (301, 301)
    kept.room = kept.size + 100_000
    for number in range(40):
        assert (await client.get(f"{thread['url']}?saved={number}")).status_code == 200
    assert kept.counts.evicted > 10
    misses = kept.counts.misses
    for url in urls:
        await client.get(url)
    assert kept.counts.misses == misses, "what was read before the flood is there after it"


async def test_what_is_asked_takes_no_more_memory_than_there_is_room(
    app: FastAPI, client: httpx.AsyncClient, alice: Person
) -> None:
    """A long address counts; and of a drawing that does not end it is not noted for ever what it misses."""
    kept, thread = app.state.kept, await a_thread(by=alice)
    await told(app)
    for size in (10, 60_000):
        before = kept.size
        assert (
            await client.get(f"/api/v1/threads?author={size}&cursor=" + "&cursor=" * (size // 8))
        ).status_code == 200
        assert kept.size - before > size
    with kept.offer() as offer:
        for position in range(2 * MOST_MISSED):
            kept.changed([("reply.posted", thread["id"])], position)
        assert len(offer.missed) <= MOST_MISSED + 1
        assert offer not in kept._offers
