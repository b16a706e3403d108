"""What all members see of a thread's screen is kept and shared: whoever reads after whom gets the page that is drawn
for them alone, byte for byte, in a fixed number of statements.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.notifications.queries.visiting import visitor
from service.pages import form_marks, forms, thread_load
from tests.build import a_reply, a_thread, logged
from tests.cast import Person
from tests.web.test_statements import counted

pytestmark = pytest.mark.anyio
Reader = httpx.AsyncClient | Person
NOW = re.compile(r' data-now="[^"]*"')
POSITION = re.compile(r' data-position="[^"]*"')
"""An event that was committed gets its position a moment later on PostgreSQL."""


@pytest.fixture(autouse=True)
def nothing_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of forms and the moments at which they were drawn differ each time; here they do not."""
    monkeypatch.setattr(forms, "new_key", lambda: "key")
    monkeypatch.setattr(form_marks, "moment", lambda asks: "moment")


async def a_full_thread(alice: Person, bob: Person, charlie: Person, mona: Person) -> dict[str, Any]:
    """A thread in which each of them did something, and that has a stub, a waiting reply and another page's parent."""
    thread = await a_thread(by=alice, title="On <shared> screens", tags=["screens"])
    first = await a_reply(bob, thread, "The *first*.")
    under = await a_reply(alice, thread, "Under it.", parent=first["id"])
    await a_reply(charlie, thread, "Deeper.", parent=under["id"])
    gone = await a_reply(bob, thread, "Gone.")
    await a_reply(alice, thread, "Under what is gone.", parent=gone["id"])
    assert (await bob.delete(f"/api/v1/replies/{gone['id']}")).status_code == 204
    for who, post in ((alice, f"replies/{first['id']}"), (bob, f"threads/{thread['id']}")):
        assert (await who.put(f"/api/v1/{post}/reactions/thanks")).status_code == 200
    flag = await bob.post(f"/api/v1/replies/{under['id']}/flags", {"reason": "spam"})
    assert flag.status_code == 201, flag.text
    hidden = await a_reply(charlie, thread, "Hidden.")
    step = await mona.put(f"/api/v1/replies/{hidden['id']}/moderation", {"action": "hide"})
    assert step.status_code == 200, step.text
    assert (await bob.put(f"/api/v1/threads/{thread['id']}/read", {"number": 2})).status_code < 300
    return thread


async def drawn(reader: Reader, path: str) -> str:
    answer = await reader.get(path)
    assert answer.status_code == 200, answer.text
    return NOW.sub("", answer.text)


async def alone(app: FastAPI, reader: Reader, path: str) -> str:
    """The page as it is drawn where nothing is kept."""
    app.state.kept.clear()
    page = await drawn(reader, path)
    app.state.kept.clear()
    return page


async def test_whoever_reads_after_whom_gets_the_page_drawn_for_them(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person, mona: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    thread = await a_full_thread(alice, bob, charlie, mona)
    await logged(app.state.database)
    app.state.kept.is_followed = lambda: True  # nobody else writes
    readers: dict[str, Reader] = {"alice": alice, "bob": bob, "charlie": charlie, "guest": client, "mona": mona}
    names = ("alice", "bob", "guest", "mona")
    for path in (thread["url"], f"{thread['url']}?react=3", f"{thread['url']}?reply_to=1"):
        pages = {name: await alone(app, reader, path) for name, reader in readers.items()}
        assert len(set(pages.values())) == len(pages)
        for order in permutations(names):
            app.state.kept.clear()
            assert [name for name in order if await drawn(readers[name], path) != pages[name]] == [], order
        hits = app.state.kept.counts.hits
        assert await drawn(alice, path) == pages["alice"]
        assert app.state.kept.counts.hits == hits + 1, "the screen that others had drawn was taken"

        with monkeypatch.context() as patched:
            patched.setattr(thread_load, "visitor", lambda *asked: replace(visitor(*asked), otherwise=True))
            for name in ("alice", "bob"):
                assert await drawn(readers[name], path) == pages[name], "as where everything is asked of each reply"


async def test_every_form_has_a_key_of_its_own(
    app: FastAPI, alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    thread = await a_thread(by=alice)
    await a_reply(alice, thread)
    await logged(app.state.database)
    app.state.kept.is_followed = lambda: True  # nobody else writes
    keys = [re.findall(r'name="idempotency_key" value="([^"]+)"', await drawn(charlie, thread["url"])) for _ in "abc"]
    assert [len(each) for each in keys] == [len(keys[0])] * 3
    assert len({key for each in keys for key in each}) == 3 * len(keys[0]) > 0


async def test_a_member_reads_at_once_what_anybody_has_done(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person
) -> None:
    thread = await a_full_thread(alice, bob, charlie, mona)
    for who, method, path, body in (
        (bob, "POST", f"/api/v1/threads/{thread['id']}/replies", {"body": "One more."}),
        (alice, "PATCH", f"/api/v1/threads/{thread['id']}", {"title": "On other screens"}),
        (charlie, "PUT", "/api/v1/replies/1/reactions/like", None),
        (bob, "PATCH", "/api/v1/replies/1", {"body": "Edited."}),
        (charlie, "PUT", f"/api/v1/threads/{thread['id']}/subscription", {"level": "muted"}),
        (mona, "PUT", f"/api/v1/threads/{thread['id']}/closure", {"reason": "Enough."}),
    ):
        await logged(app.state.database)
        url = str((await bob.get(f"/api/v1/threads/{thread['id']}")).json()["url"])
        before = [await drawn(reader, url) for reader in (alice, bob, charlie)]
        answer = await who.client.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
        url = str((await bob.get(f"/api/v1/threads/{thread['id']}")).json()["url"])
        after = [await drawn(reader, url) for reader in (alice, bob, charlie)]
        assert after != before
        await logged(app.state.database)
        fresh = [await alone(app, reader, url) for reader in (alice, bob, charlie)]
        assert [POSITION.sub("", page) for page in after] == [POSITION.sub("", page) for page in fresh]


async def test_a_category_that_is_hidden_hides_what_is_kept(
    app: FastAPI, ada: Person, alice: Person, bob: Person
) -> None:
    thread = await a_thread(by=alice)
    await logged(app.state.database)
    for _ in range(2):
        assert (await bob.get(thread["url"])).status_code == 200
    category = (await ada.get("/api/v1/categories")).json()["items"][0]
    changed = await ada.patch(f"/api/v1/categories/{category['slug']}", {"visibility": "staff"})
    assert changed.status_code == 200, changed.text
    assert (await bob.get(thread["url"])).status_code == 404


async def test_a_page_takes_a_fixed_number_of_statements(
    app: FastAPI, dialect: str, client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    short, long = await a_thread(by=alice, title="Short"), await a_thread(by=alice, title="Long")
    await a_reply(alice, short, parent=(await a_reply(bob, short))["id"])
    parent: dict[str, Any] | None = None
    for number in range(60):
        more = {"parent": parent["id"]} if parent else {}
        parent = await a_reply(bob if number % 2 else alice, long, **more)
        parent = parent if parent["depth"] < 4 else None
    await logged(app.state.database)
    app.state.kept.is_followed = lambda: True  # nobody else writes
    clock = 1 if dialect == "postgresql" else 0  # who asks for nothing beside it asks for the database's clock alone
    # Without those that look how far the log is: two for a guest, one for the member who finds nothing kept.
    expected = {"guest": 2 + clock, "member, first": 4, "member": 2, "moderator": 8}
    for url in (short["url"], long["url"]):
        assert await counts(app, {"guest": client, "member": bob, "moderator": mona}, url) == expected


async def counts(app: FastAPI, readers: dict[str, Reader], url: str) -> dict[str, int]:
    """How many statements each page takes: the least of three, because others run beside."""
    found: dict[str, int] = {}
    clear: Callable[[], None] = app.state.kept.clear
    for name in ("guest", "member, first", "member", "moderator"):
        for _ in range(3):
            if name != "member":
                clear()
            with counted() as seen:
                await drawn(readers[name.partition(",")[0]], url)
            found[name] = min(len(seen), found.get(name, 99))
    return found
