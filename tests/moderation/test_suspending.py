"""Suspension and silence: they hold at once, for everything that is open, and are over at their instant."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.accounts.models import Account
from service.accounts.policy import SILENCE, SUSPENSION
from service.kit.clock import Clock, utc_text
from service.kit.events import sequence
from tests.build import a_reply, a_thread
from tests.cast import PASSWORD, Person
from tests.pages.reading import follow, parse, press

pytestmark = pytest.mark.anyio


async def stop(by: Person, whom: str, **more: Any) -> httpx.Response:
    """Suspend or silence somebody."""
    return await by.put(f"/api/v1/accounts/{whom}/suspension", {"reason": "Insults.", **more})


async def standing(app: FastAPI, person: Person) -> Any:
    return await app.state.database.read(lambda session: session.get(Account, person.id).standing)


async def test_who_is_suspended_reads_as_a_guest_who_is_told_why(
    app: FastAPI, clock: Clock, mona: Person, bob: Person, alice: Person, client: httpx.AsyncClient
) -> None:
    thread = await a_thread(by=alice)
    token = (await bob.post("/api/v1/tokens", {"name": "T", "scopes": ["read", "write"]})).json()["token"]
    until = utc_text(clock.now() + timedelta(days=3))
    made = await stop(mona, "bob", until=until, note="The third time.")
    assert made.json() == {
        "id": 1, "username": "bob", "silence": False, "since": made.json()["since"], "until": until,
        "reason": "Insults.", "note": "The third time.", "by": "mona", "lifted_at": None, "lifted_by": None,
        "in_force": True,
    }  # fmt: skip
    again = await stop(mona, "BOB", until=until, note="The third time.")
    assert again.json() == made.json()
    program = {"Authorization": f"Bearer {token}"}
    credentials: tuple[dict[str, str], ...] = ({}, program)
    for headers in credentials:
        asked: tuple[tuple[str, str, Any], ...] = (
            ("GET", "/me", None), ("GET", "/notifications", None), ("PATCH", "/me", {"display_name": "B"}),
            ("POST", f"/threads/{thread['id']}/replies", {"body": "Still here."}), ("POST", "/threads", {}),
            ("PUT", f"/threads/{thread['id']}/draft", {"body": "Kept?"}), ("GET", "/reviews", None),
        )  # fmt: skip
        for method, path, body in asked:
            answer = await bob.client.request(method, f"/api/v1{path}", json=body, headers=headers)
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (403, "suspended"), path
            assert (problem["until"], problem["reason"]) == (until, "Insults.")
        assert (await bob.get(f"/api/v1/threads/{thread['id']}", headers=headers)).json()["can_reply"] is False
    page = parse((await bob.get(f"/t/{thread['id']}/x", follow_redirects=True)).text)
    assert "Your account is suspended until" in page.one(id="suspended").text
    assert "Insults." in page.one(id="suspended").text
    assert not page.all("a", href="/notifications")
    assert not page.all("form", id="reply-form")
    wrong = await client.post("/api/v1/sessions", json={"login": "bob", "password": "not his password"})
    nobody = await client.post("/api/v1/sessions", json={"login": "nobody", "password": "not his password"})
    assert [each.json()["title"] for each in (wrong, nobody)] == [nobody.json()["title"]] * 2
    right = await client.post("/api/v1/sessions", json={"login": "bob", "password": PASSWORD})
    assert (right.status_code, right.json()["code"], right.json()["until"]) == (403, "suspended", until)
    assert "set-cookie" not in right.headers
    form = await press(client, await client.get("/sign-in"), "Sign in", login="bob", password=PASSWORD)
    assert "Insults." in parse(form.text).one("div", class_="refusal").text
    clock.offset += (
        timedelta(days=3) - timedelta(seconds=2) - (clock.now() - datetime.fromisoformat(made.json()["since"]))
    )
    assert (await bob.get("/api/v1/me")).status_code == 403
    clock.offset += timedelta(seconds=4)
    assert (await bob.get("/api/v1/me")).status_code == 200
    assert (await bob.get("/api/v1/me", headers=program)).status_code == 200
    history = (await mona.get("/api/v1/accounts/bob/suspensions")).json()["items"]
    assert [each["in_force"] for each in history] == [False]


async def test_who_is_silenced_reads_and_does_not_write(mona: Person, bob: Person, alice: Person) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(by=bob, thread=thread)
    own = await a_reply(by=bob, thread=thread)
    await bob.put(f"/api/v1/threads/{thread['id']}/draft", {"body": "What I had begun."})
    assert (await stop(mona, "bob", silence=True)).json()["silence"] is True
    post, here = f"/threads/{thread['id']}", f"/api/v1/threads/{thread['id']}"
    for method, path, body in (
        ("POST", f"{post}/replies", {"body": "I"}), ("POST", "/threads", {"title": "I", "body": "I"}),
        ("PATCH", f"/replies/{reply['id']}", {"body": "I"}), ("PUT", f"{post}/reactions/like", None),
        ("POST", f"{post}/flags", {"reason": "spam"}), ("POST", f"{post}/replies", {}),
    ):  # fmt: skip
        answer = await bob.client.request(method, f"/api/v1{path}", json=body)
        assert (answer.status_code, answer.json()["code"], answer.json()["until"]) == (403, "silenced", None), path
    assert (await bob.get(here)).json()["cannot_reply_code"] == "silenced"
    assert (await bob.delete(f"/api/v1/replies/{own['id']}")).status_code == 204
    assert (await bob.put(f"{here}/subscription", {"level": "watching"})).status_code == 200
    assert (await bob.put(f"{here}/draft", {"body": "What I go on with."})).status_code == 200
    page = parse((await bob.get(f"/t/{thread['id']}/x", follow_redirects=True)).text)
    assert "You are silenced, without an end. The reason: Insults." in page.one(id="silenced").text
    assert page.one("textarea", id="kept").raw == "What I go on with."
    assert not page.all("textarea", name="body")
    assert "React" not in page.text
    assert "You are silenced" in (await bob.get("/settings")).text
    assert (await mona.delete("/api/v1/accounts/bob/suspension")).status_code == 204
    assert (await mona.delete("/api/v1/accounts/bob/suspension")).status_code == 204
    assert (await bob.post(f"{here}/replies", {"body": "Back."})).status_code == 201


async def test_nobody_acts_on_an_equal_or_a_higher_one(
    ada: Person, mona: Person, bob: Person, alice: Person, client: httpx.AsyncClient
) -> None:
    await ada.put("/api/v1/categories/general/moderators/bob")
    for by, whom, status in (
        (bob, "alice", 403), (alice, "bob", 403), (mona, "ada", 403), (mona, "mona", 403), (ada, "ada", 403),
        (mona, "bob", 200), (ada, "mona", 200), (ada, "nobody", 404),
    ):  # fmt: skip
        answer = await stop(by, whom)
        assert answer.status_code == status, (by.username, whom, answer.text)
        lifted = await by.delete(f"/api/v1/accounts/{whom}/suspension")
        assert lifted.status_code == (204 if status == 200 else status)
    assert (await client.put("/api/v1/accounts/bob/suspension", json={"reason": "x"})).status_code == 401
    assert (await bob.get("/api/v1/accounts/alice/suspensions")).status_code == 403
    past = await stop(mona, "bob", until="2001-01-01T00:00:00Z")
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "/until")
    assert (await mona.put("/api/v1/accounts/bob/suspension", {"reason": " "})).status_code == 422


async def test_each_step_is_logged_and_undone_in_any_order(
    app: FastAPI, ada: Person, mona: Person, bob: Person
) -> None:
    await stop(mona, "bob", until="2099-01-01T00:00:00Z")
    await stop(mona, "bob", silence=True, reason="Noise.")
    await stop(mona, "bob", reason="More insults.")
    before = await standing(app, bob)
    assert {kind: said["reason"] for kind, said in before.items()} == {SUSPENSION: "More insults.", SILENCE: "Noise."}
    await mona.delete("/api/v1/accounts/bob/suspension?silence=false")
    await app.state.database.write(sequence)  # on PostgreSQL the log follows the commit
    log = [
        each
        for each in (await ada.get("/api/v1/audit?limit=50")).json()["items"]
        if each["kind"].startswith("account.")
    ]
    steps = [each for each in log if each["kind"] in ("account.suspended", "account.silenced", "account.restored")]
    assert [each["kind"][8:] for each in reversed(steps)] == ["suspended", "silenced", "suspended", "restored"]
    assert (await mona.post(f"/api/v1/audit/{steps[0]['id']}/undo")).status_code == 200
    assert await standing(app, bob) == before
    for step in (steps[3], steps[1], steps[2]):
        assert (await mona.post(f"/api/v1/audit/{step['id']}/undo")).status_code == 200
    assert await standing(app, bob) is None
    assert (await bob.get("/api/v1/me")).status_code == 200
    history = (await mona.get("/api/v1/accounts/bob/suspensions")).json()["items"]
    assert [each["in_force"] for each in history] == [False] * 3


async def test_open_streams_of_the_suspended_end(app: FastAPI, mona: Person, bob: Person, alice: Person) -> None:
    thread = await a_thread(by=alice)
    live, stream = app.state.live, f"/api/v1/threads/{thread['id']}/events"
    listening = asyncio.create_task(bob.get(stream, headers={"Accept": "text/event-stream"}))
    async with asyncio.timeout(60):
        while not live.streams:
            await asyncio.sleep(0.02)
        await stop(mona, "bob")
        assert (await listening).status_code == 200  # it has ended
    assert not live.streams


async def test_the_form_on_a_persons_page(mona: Person, bob: Person, ada: Person, alice: Person) -> None:
    def panel(shown: httpx.Response) -> Any:
        return parse(shown.text).one("details", id="suspending")

    refused = await press(mona.client, await mona.get("/u/bob"), "Silence or suspend", reason="")
    assert (refused.status_code, "The reason must not be empty." in panel(refused).text) == (422, True)
    said = {"reason": "Noise.", "note": "Was warned."}
    done = await follow(mona.client, await press(mona.client, refused, "Silence or suspend", **said))
    assert "They may read, and not write" in panel(done).text
    assert "Silenced on" in panel(done).text
    assert "Note: Was warned." in panel(done).text
    chosen = panel(done).one("select", name="span").one("option", selected="")
    assert chosen.attributes["value"] == "3"  # the second in a row
    ended = await follow(mona.client, await press(mona.client, done, "End it now"))
    assert "ended on" in panel(ended).text
    await press(mona.client, ended, "Silence or suspend", kind="suspension", span="ever", reason="Noise.")
    assert (await bob.get("/api/v1/me")).json()["until"] is None
    assert "Their role is not below yours." in panel(await mona.get("/u/ada")).text
    assert not parse((await alice.get("/u/bob")).text).all("details", id="suspending")
