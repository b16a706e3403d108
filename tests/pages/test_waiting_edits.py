"""An edit that waits, on the pages: its author withdraws it, the form begins with it, moderators decide; nobody else
finds a word of it anywhere.
"""

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from service import wiring
from service.settings import Settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import at
from tests.moderation.test_edits import ON, edit
from tests.screening.doing import make
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def test_the_author_reads_changes_and_withdraws_it_and_a_moderator_rewords_it(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await make(ada, **ON)
    await make(ada, **ON, name="No", terms={"lines": ["idiot"]}, verdict="reject", public_reason="Be kind.")
    thread = await a_thread(by=alice, title="On dice", body="Of bone.", tags=["bone"])
    url, reply = thread["url"], await a_reply(bob, thread, "Loaded.")
    form = {"body": "To the <casino>!", "version": str(reply["version"]), "do": "save"}
    stored = await bob.client.post(f"/t/{thread['id']}/replies/1/edit", data=form)
    assert (stored.status_code, stored.headers["location"]) == (303, f"{url}?saved=edit-held#reply-1")
    shown = (await bob.get(f"{url}?saved=edit-held")).text
    assert "Your edit waits for a moderator" in shown
    assert "Thank you. Your edit waits" in shown
    assert "To the &lt;casino&gt;!" in shown
    assert "Loaded." in shown
    assert 'value="withdraw"' in shown
    seen = (await mona.get(url)).text
    assert "An edit of this waits for a moderator" in seen
    assert 'value="withdraw"' not in seen
    assert "To the &lt;casino&gt;!" in (await bob.get(f"/t/{thread['id']}/replies/1/edit")).text
    refused = await bob.client.post(f"/t/{thread['id']}/replies/1/edit", data=form | {"body": "You idiot, at length."})
    assert refused.status_code == 422
    assert "Be kind." in refused.text
    assert "You idiot, at length." in refused.text, "nothing typed is lost"
    gone = await bob.client.post(url, data={"reply": str(reply["id"]), "do": "withdraw"})
    assert (gone.status_code, gone.headers["location"]) == (303, f"{url}?saved=withdraw#reply-1")
    assert "Your edit was withdrawn." in (await bob.get(gone.headers["location"])).text
    assert "waits for a moderator" not in (await bob.get(url)).text
    again = await bob.client.post(url, data={"reply": str(reply["id"]), "do": "withdraw"})
    assert again.status_code == 404

    fields = {"title": "On dice and casinos", "body": "Of bone.", "tags": "bone", "tags_before": "bone", "version": "1"}
    held = await alice.client.post(f"{url}/edit", data=fields | {"title": "On dice and the casino", "do": "save"})
    assert held.headers["location"] == f"{url}?saved=edit-held"
    page = (await alice.get(url)).text
    assert "The new title: On dice and the casino" in page
    assert '<h1 id="title">On dice</h1>' in page
    queue = (await mona.get("/mod/queue")).text
    assert "An edit waits" in queue
    assert "casino" in queue
    begun = (await mona.get(f"{url}/edit")).text
    assert "This is its author’s edit that waits" in begun
    assert 'value="On dice and the casino"' in begun
    reworded = await mona.client.post(f"{url}/edit", data=fields | {"do": "save"})
    assert "saved" not in reworded.headers["location"]
    assert (await alice.get(at(thread))).json()["title"] == "On dice and casinos"
    assert "An edit waits" not in (await mona.get("/mod/queue")).text


@pytest.mark.sqlite_only("who knows of an edit that waits is asked in Python, of the post's row")
async def test_nobody_else_finds_a_word_of_it(
    app: FastAPI,
    client: httpx.AsyncClient,
    settings: Settings,
    alice: Person,
    bob: Person,
    charlie: Person,
    mona: Person,
    ada: Person,
    jobs: Jobs,
) -> None:
    await make(ada, **ON)
    thread = await a_thread(by=bob, title="On dice", body="Of bone.", tags=["bone"])
    reply = await a_reply(bob, thread, "Loaded.")
    await charlie.put(f"{at(thread)}/subscription", {"level": "watching"})
    await alice.post(f"{at(reply)}/flags", {"reason": "other"})
    await edit(bob, reply, "Casino wq17zx, @charlie and @alice.")
    changes = {"title": "Casino wq17zx", "body": "Casino wq17zx.", "tags": ["wq17zx"]}
    assert (await bob.patch(at(thread), changes)).json()["pending_edit"] is True
    await jobs()
    values = {"{thread_id}": thread["id"], "{slug}": thread["slug"], "{reply_id}": reply["id"], "{number}": 1}
    values |= {"{username}": "bob", "{review_id}": 1, "{decision_id}": 1, "{rule_id}": 1, "{name}": "wq17zx"}
    walked = 0
    for router in (*wiring.ROUTERS, *wiring.PAGES):
        for route in router.routes:
            if not (isinstance(route, APIRoute) and "GET" in (route.methods or ())) or "/events" in route.path:
                continue
            path = ("/api/v1" if router in wiring.ROUTERS else "") + route.path
            for name, value in values.items():
                path = path.replace(name, str(value))
            if "{" in path:
                continue
            for reader in (client, charlie.client):
                answer = await reader.get(path)
                walked += answer.status_code == 200
                assert "wq17zx" not in answer.text.replace(path, ""), path
    assert walked > 60, "the walk reads something"
    for query in ("?sort=new", "?author=bob", "?tag=wq17zx", "?tag=bone"):
        assert "Casino" not in (await client.get(f"/api/v1/threads{query}")).text
    letters = [path.read_text() for path in (settings.data_dir / "mail").glob("*.eml")]
    assert letters
    assert not any("wq17zx" in letter for letter in letters)
    assert "wq17zx" in (await bob.get(thread["url"])).text
    assert "wq17zx" in (await mona.get("/mod/queue")).text
