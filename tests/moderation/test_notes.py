"""Staff notes, and reasons that moderators give often."""

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import set_site
from tests.moderation.doing import at, door, hold_all, step

pytestmark = pytest.mark.anyio
REASONS = "/api/v1/moderation/reasons"


async def test_notes_are_for_moderators_alone(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    await a_reply(bob, thread)
    (review,) = (await mona.get("/api/v1/reviews?state=waiting")).json()["items"]
    for path in (f"/api/v1/reviews/{review['id']}/notes", "/api/v1/accounts/bob/notes"):
        for number in range(3):
            made = await mona.post(path, {"body": f"The {number}. <b>of</b> this kind."})
            assert (made.status_code, made.json()["author"]["username"]) == (201, "mona")
        page = await ada.get(f"{path}?limit=2")
        rest = await ada.get(f"{path}?limit=2&cursor={page.json()['next']}")
        notes = page.json()["items"] + rest.json()["items"]
        assert [note["body"] for note in notes] == [f"The {number}. <b>of</b> this kind." for number in range(3)]
        for somebody in (alice, bob):
            assert (await somebody.get(path)).status_code == 403
            assert (await somebody.post(path, {"body": "x"})).status_code == 403
        assert (await mona.post(path, {"body": " "})).status_code == 422
        assert (await mona.post(path, {"body": "x" * 1001})).status_code == 422
    assert (await mona.get("/api/v1/reviews/999/notes")).status_code == 404
    assert (await mona.post("/api/v1/accounts/nobody/notes", {"body": "x"})).status_code == 404
    for answer in (await mona.get("/api/v1/accounts/mona/notes"), await bob.get("/api/v1/me")):
        assert "of this kind" not in answer.text
    assert (await mona.get("/api/v1/accounts/mona/notes")).status_code == 403, "nobody reads what is noted about them"


async def test_a_canned_reason_is_filled_in_on_use(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    await set_site(ada, name="The <i>Reading</i> Room")
    thread = await a_thread(by=alice, title="On {site} and <maps>")
    made = await mona.post(
        REASONS, {"title": "Off the topic", "body": "{author}: {title} in {category}, {site}. {else}"}
    )
    assert (made.status_code, made.headers["location"]) == (201, f"{REASONS}/{made.json()['id']}")
    canned = made.json()["id"]
    reply = await a_reply(bob, thread)
    hidden = (await mona.put(door(reply), {"action": "hide", "canned": canned, "reason": "And late."})).json()
    filled = "bob: On {site} and <maps> in General, The <i>Reading</i> Room. {else} And late."
    assert hidden["reason"] == filled, "what a title says in braces stays a title's text"
    shown = await bob.get(thread["url"])
    assert "On {site} and &lt;maps&gt; in General, The &lt;i&gt;Reading" in shown.text
    await step(mona, reply, "restore")
    for wrong in ({"canned": 999}, {"canned": canned, "reason": "x" * 480}):
        answer = await mona.put(door(reply), {"action": "hide", **wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert (await bob.get(at(reply))).json()["moderation"] == "published"


async def test_canned_reasons_are_changed_by_version(alice: Person, mona: Person, ada: Person) -> None:
    made = await mona.post(REASONS, {"title": "Names", "body": "Please leave names out."})
    path, tag = made.headers["location"], made.headers["etag"]
    assert (await ada.get(REASONS)).json() == {"items": [made.json()], "next": None}
    assert (await alice.get(REASONS)).status_code == 403
    assert (await alice.post(REASONS, {"title": "x", "body": "y"})).status_code == 403
    changed = await ada.patch(path, {"title": "No names"}, headers={"If-Match": tag})
    assert (changed.json()["title"], changed.json()["body"]) == ("No names", "Please leave names out.")
    assert (await mona.patch(path, {"body": "x"}, headers={"If-Match": tag})).status_code == 412
    assert (await mona.get(path)).headers["etag"] == changed.headers["etag"]
    assert (await mona.delete(path, headers={"If-Match": tag})).status_code == 412
    assert (await mona.delete(path)).status_code == 204
    assert (await mona.get(path)).status_code == 404
    for body in ({"title": "x", "body": "y\nz"}, {"title": "x" * 81, "body": "y"}, {"title": " ", "body": "y"}):
        assert (await mona.post(REASONS, body)).status_code == 422
