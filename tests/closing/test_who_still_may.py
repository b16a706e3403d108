"""Who may post in a closed thread, and what a closing ends besides: as the site says."""

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import Json, close, set_site, shown, try_reply

pytestmark = pytest.mark.anyio
MODERATOR, ADMIN = "moderator", "admin"


@pytest.mark.parametrize(
    ("roles", "welcome"),
    [([MODERATOR, ADMIN], {"mona", "ada"}), ([ADMIN], {"ada"}), ([MODERATOR], {"mona"}), ([], set[str]())],
)
async def test_the_site_says_who_posts_in_a_closed_thread(
    alice: Person, bob: Person, mona: Person, ada: Person, roles: list[str], welcome: set[str]
) -> None:
    assert (await set_site(ada, closed_reply_roles=roles))["closed_reply_roles"] == roles
    thread = await a_thread(by=alice)
    await close(mona, thread)
    for by in (alice, bob, mona, ada):
        may = by.username in welcome
        seen = await shown(by, thread)
        assert (seen["can_reply"], seen["cannot_reply_code"]) == (may, None if may else "thread-closed")
        page = (await by.get(thread["url"])).text
        assert ("Post anyway" in page) == may
        status, answer = await try_reply(by, thread)
        assert status == (201 if may else 409), answer
        assert not may or answer["posted_while_closed"]


@pytest.mark.parametrize("also", [[], ["edits"], ["reactions"], ["reactions", "edits"]])
async def test_a_closing_also_ends_what_the_site_says_but_not_for_moderators(
    alice: Person, bob: Person, mona: Person, ada: Person, also: list[str]
) -> None:
    assert (await set_site(ada, close_also=also))["close_also"] == also
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    assert await tried(alice, bob, thread, reply, "First words.") == {"edits": {200}, "reactions": {200}}
    await close(mona, thread)
    ended = {what: {409 if what in also else 200} for what in ("edits", "reactions")}
    assert await tried(alice, bob, thread, reply, "Other words.") == ended
    shown_to_bob = (await bob.get(thread["url"])).text
    assert (f"/replies/{reply['number']}/edit" in shown_to_bob) == ("edits" not in also)
    assert (await bob.get(f"/t/{thread['id']}/replies/1/edit")).status_code == (409 if "edits" in also else 200)
    assert await tried(mona, mona, thread, reply, "A moderator's words.") == {"edits": {200}, "reactions": {200}}
    assert (await bob.delete(f"/api/v1/replies/{reply['id']}")).status_code == 204, "deleting is no edit"


async def tried(author: Person, answerer: Person, thread: Json, reply: Json, words: str) -> dict[str, set[int]]:
    """The answers to edits of the thread and the reply by their writers, and to a reaction of each to the other's."""
    post, answer = f"/api/v1/threads/{thread['id']}", f"/api/v1/replies/{reply['id']}"
    edits = [await author.patch(post, {"body": words}), await answerer.patch(answer, {"body": words})]
    reactions = [await author.put(f"{answer}/reactions/thanks"), await answerer.put(f"{post}/reactions/agree")]
    for each in (*edits, *reactions):
        assert each.status_code != 409 or each.json()["code"] == "thread-closed"
    return {"edits": {each.status_code for each in edits}, "reactions": {each.status_code for each in reactions}}


async def test_the_settings_keep_their_rules(alice: Person, ada: Person) -> None:
    site = (await ada.get("/api/v1/site")).json()
    named = (site["close_grace"], site["closed_reply_roles"], site["close_also"])
    assert named == ("PT0S", [MODERATOR, ADMIN], [])
    wrong: list[Json] = [
        {"close_grace": "P1DT1S"}, {"close_grace": "-PT1S"}, {"close_grace": 5}, {"close_grace": "off"},
        {"closed_reply_roles": ["member"]}, {"closed_reply_roles": [ADMIN, ADMIN]}, {"closed_reply_roles": "admin"},
        {"close_also": ["votes"]}, {"close_also": ["edits", "edits"]}, {"close_also": None},
    ]  # fmt: skip
    for changes in wrong:
        refused = await ada.patch("/api/v1/site", changes, headers={"If-Match": "*"})
        assert refused.status_code == 422, changes
        ((name, _),) = changes.items()
        assert refused.json()["errors"][0]["pointer"].startswith(f"/{name}")
    assert (await set_site(ada, close_grace="P1D"))["close_grace"] == "P1D"
