"""Category moderators: moderators in the categories that an admin gave them, and members everywhere else."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.accounts.models import Account
from service.kit.events import sequence
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import follow, press

pytestmark = pytest.mark.anyio
LIST = "/api/v1/categories"


async def in_charge(ada: Person, person: Person, *slugs: str, visibility: str = "public") -> None:
    """Make these categories, where `person` moderates from now on."""
    for slug in slugs:
        assert (await ada.post(LIST, {"name": slug.title(), "slug": slug, "visibility": visibility})).status_code == 201
        assert (await ada.put(f"{LIST}/{slug}/moderators/{person.username}")).status_code == 200


async def moderated(app: FastAPI, person: Person) -> Any:
    return await app.state.database.read(lambda session: session.get(Account, person.id).moderated)


async def test_admins_say_who_moderates_a_category(
    app: FastAPI, ada: Person, mona: Person, bob: Person, alice: Person, client: httpx.AsyncClient
) -> None:
    await in_charge(ada, bob, "letters", "essays")
    again = await ada.put(f"{LIST}/letters/moderators/BOB")
    listed = await bob.get(f"{LIST}/letters/moderators")
    assert listed.json() == {"items": [again.json()], "next": None}
    assert (again.json()["username"], again.json()["display_name"]) == ("bob", "bob")
    assert await moderated(app, bob) == [2, 3]
    path = f"{LIST}/letters/moderators"
    asked = [(client, 401), (alice.client, 403), (bob.client, 200), (mona.client, 200), (ada.client, 200)]
    assert [(await one.get(path)).status_code for one, _ in asked] == [status for _, status in asked]
    for wrong in (f"{LIST}/nowhere/moderators/bob", f"{path}/nobody"):
        assert [(await ada.put(wrong)).status_code, (await ada.delete(wrong)).status_code] == [404, 404]
    assert [(await mona.put(f"{path}/alice")).status_code, (await bob.delete(f"{path}/bob")).status_code] == [403, 403]
    await app.state.database.write(sequence)  # on PostgreSQL the log follows the commit
    log = (await ada.get("/api/v1/audit?kind=category.changed&limit=1")).json()["items"][0]
    assert (log["data"]["change"], log["data"]["account_id"]) == ("moderator_added", bob.id)
    assert (await ada.delete(f"{path}/bob")).status_code == 204
    assert (await ada.delete(f"{path}/bob")).status_code == 204
    assert await moderated(app, bob) == [3]
    assert (await ada.delete(f"{LIST}/essays")).status_code == 204
    assert await moderated(app, bob) is None


async def test_they_moderate_there_and_nowhere_else(
    ada: Person, mona: Person, bob: Person, alice: Person, charlie: Person
) -> None:
    await in_charge(ada, bob, "letters")
    await ada.patch("/api/v1/site", {"hold_first_posts": 100}, headers={"If-Match": "*"})
    here = await a_thread(by=alice, title="Here", category="letters")
    there = await a_thread(by=alice, title="There", category="general")
    for thread in (here, there):
        await mona.put(f"/api/v1/threads/{thread['id']}/moderation", {"action": "approve"})
    theirs = [await a_reply(by=charlie, thread=thread, body=f"In {thread['title']}") for thread in (here, there)]
    waiting = (await bob.get("/api/v1/reviews?state=open")).json()["items"]
    assert [each["reply_id"] for each in waiting] == [theirs[0]["id"]]
    reviews = {each["reply_id"]: each for each in (await mona.get("/api/v1/reviews?state=open")).json()["items"]}
    other = reviews[theirs[1]["id"]]["id"]
    assert (await bob.get(f"/api/v1/reviews/{other}")).status_code == 404
    decide = await bob.put(f"/api/v1/reviews/{other}/decision", {"action": "approve", "version": 1})
    assert decide.status_code == 404
    approved = await bob.put(f"/api/v1/reviews/{waiting[0]['id']}/decision", {"action": "approve", "version": 1})
    assert (approved.status_code, approved.json()["moderation"]) == (200, "published")
    page = (await bob.get(f"/t/{here['id']}/here")).text
    assert "Review queue" in page
    assert 'value="hide"' in page
    assert 'value="hide"' not in (await bob.get(f"/t/{there['id']}/there")).text
    deeds: list[tuple[str, str, Any]] = [
        ("PUT", "closure", {}), ("DELETE", "closure", None), ("PUT", "archive", None), ("DELETE", "archive", None),
        ("PUT", "timers/archive", {"after": "P2D"}), ("DELETE", "timers/archive", None),
        ("PUT", "closing", {"close_after_age": "off"}), ("PUT", "moderation", {"action": "hide"}),
        ("PUT", "moderation", {"action": "restore"}), ("PATCH", "", {"title": "Edited"}),
    ]  # fmt: skip
    for method, path, body in deeds:
        answers = [
            (await bob.client.request(method, f"/api/v1/threads/{each['id']}/{path}".rstrip("/"), json=body))
            for each in (here, there)
        ]
        assert [answers[0].status_code // 100, answers[1].status_code] == [2, 403], (path, answers[0].text)
    asked = {"thread_ids": [here["id"], there["id"]], "by": "P1D"}
    await mona.put(f"/api/v1/threads/{here['id']}/closing", {"close_after_age": "P1D"})
    many = (await bob.post("/api/v1/closings/extensions", asked)).json()["items"]
    assert [each["code"] for each in many] == [None, "not-allowed"]
    assert [each["thread"]["id"] for each in (await bob.get("/api/v1/closings")).json()["items"]] == [here["id"]]
    late = await a_thread(by=alice, category="letters")
    await mona.put(f"/api/v1/threads/{late['id']}/moderation", {"action": "approve"})
    await mona.put(f"/api/v1/threads/{late['id']}/closure", {})
    assert (await bob.post(f"/api/v1/threads/{late['id']}/replies", {"body": "All the same."})).status_code == 201
    assert (await charlie.post(f"/api/v1/threads/{late['id']}/replies", {"body": "Me too."})).status_code == 409


async def test_they_see_a_staff_category_that_they_moderate_until_they_do_no_more(
    app: FastAPI, ada: Person, mona: Person, bob: Person, alice: Person
) -> None:
    await in_charge(ada, bob, "backroom", visibility="staff")
    thread = await a_thread(by=mona, title="Among ourselves", category="backroom")
    for path in ("/c/backroom", "/", f"/t/{thread['id']}/x", "/api/v1/threads"):
        assert "Among ourselves" in (await bob.get(path, follow_redirects=True)).text, path
        assert "Among ourselves" not in (await alice.get(path, follow_redirects=True)).text
    token = (await bob.post("/api/v1/tokens", {"name": "T", "scopes": ["read", "moderate"]})).json()["token"]
    program = {"Authorization": f"Bearer {token}"}
    bob.client.cookies.clear()
    assert (await bob.get("/api/v1/reviews", headers=program)).status_code == 200
    await ada.delete(f"{LIST}/backroom/moderators/bob")
    assert (await bob.get("/api/v1/reviews", headers=program)).status_code == 403
    assert (await bob.get(f"/api/v1/threads/{thread['id']}", headers=program)).status_code == 404


async def test_the_form_on_the_page_of_admins(ada: Person, bob: Person) -> None:
    refused = await press(ada.client, await ada.get("/admin"), "Add the moderator", username="nobody")
    assert (refused.status_code, "there is nobody of this name" in refused.text) == (422, True)
    added = await follow(ada.client, await press(ada.client, refused, "Add the moderator", username="bob"))
    assert "They moderate this category from now on." in added.text
    assert (await bob.get("/mod/queue")).status_code == 200
    removed = "Remove bob from the moderators of General"
    assert "They moderate it no more." in (await follow(ada.client, await press(ada.client, added, removed))).text
    assert (await bob.get("/mod/queue")).status_code == 403
