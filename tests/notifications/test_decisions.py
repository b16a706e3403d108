"""What is decided about somebody is told to them: each decision once, by the words it is owed, and by no other name."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.kit.clock import Clock
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import PASSWORD, Person
from tests.closing.doing import set_site
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import letters, words
from tests.moderation.doing import hold_all, hold_none, step
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
Browse = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Mail waits ten minutes, as it does where nobody says otherwise."""
    return load_settings(database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET)


async def told(person: Person) -> list[str]:
    """What a person is told of decisions, oldest first, in its words."""
    items = (await person.get("/api/v1/notifications")).json()["items"]
    return [item["text"] for item in reversed(items) if item["kind"] in ("decision", "flag", "appeal")]


async def undo(app: FastAPI, by: Person, review: Json) -> None:
    """Undo the last decision about a post."""
    log = (await by.get("/api/v1/audit?limit=100")).json()["items"]
    entry = next(row for row in log if row["kind"] == "review.decided" and row["subject"]["id"] == review["id"])
    answer = await by.post(f"/api/v1/audit/{entry['id']}/undo")
    assert answer.status_code == 200, answer.text


async def decision_of(person: Person) -> int:
    """The id of the newest decision that took something from somebody."""
    found = (await person.get("/api/v1/decisions")).json()["items"]
    return int(found[0]["id"])


async def test_every_step_is_told_once_and_what_nobody_saw_vanishes_with_its_undoing(
    alice: Person, bob: Person, mona: Person, ada: Person, jobs: Jobs, clock: Clock, tmp_path: Path, app: FastAPI
) -> None:
    thread = await a_thread(by=alice, title="The amnesty")
    reply = await a_reply(bob, thread)

    async def sent() -> int:
        clock.offset += timedelta(minutes=11)
        await jobs()
        return len([each for each in letters(tmp_path) if each["To"] == bob.email])

    hidden = await step(mona, reply, "hide", "Names do not belong here.")
    await jobs()
    await jobs()
    assert await told(bob) == ["Your reply in “The amnesty” was hidden"]
    await undo(app, mona, hidden)
    await jobs()
    assert (await told(bob), await sent()) == ([], 0)

    await step(mona, reply, "hide")
    await jobs()
    await step(mona, reply, "restore")
    await jobs()
    assert (await told(bob), await sent()) == ([], 0)

    hidden = await step(mona, reply, "hide")
    await jobs()
    assert await sent() == 1
    await undo(app, mona, hidden)
    await jobs()
    again = ["Your reply in “The amnesty” was hidden", "A decision about your reply in “The amnesty” was taken back"]
    assert (await told(bob), await sent()) == (again, 2)

    await step(mona, reply, "spam")
    await jobs()
    await sent()
    await step(mona, reply, "restore")
    await jobs()
    assert [each.rpartition("” ")[2] for each in (await told(bob))[2:]] == ["was marked as spam", "is shown again"]
    for person in (alice, ada, mona):
        assert await told(person) == []
    await hold_all(ada)
    held = await a_reply(bob, thread, body="Another text, which waits for a moderator")
    await hold_none(ada)
    await jobs()
    assert len(await told(bob)) == 4
    await step(mona, held, "approve")
    own = await a_reply(mona, thread)
    await step(mona, own, "hide")
    gone = await a_reply(bob, thread, body="Something else entirely, soon regretted")
    assert (await bob.delete(f"/api/v1/replies/{gone['id']}")).status_code == 204
    await jobs()
    assert (await told(bob))[4:] == ["Your reply in “The amnesty” was approved, and is shown"]
    assert await told(mona) == []


async def test_the_letter_and_the_statement_say_what_article_17_asks_for_and_name_nobody(
    alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, jobs: Jobs, clock: Clock, tmp_path: Path
) -> None:
    await set_site(ada, contact="The ombud, ombud@forum.example")
    thread = await a_thread(by=alice, title="A <b>bold</b> title")
    reply = await a_reply(bob, thread, body="He lives at *Number 12*.")
    flagged = await charlie.post(f"/api/v1/replies/{reply['id']}/flags", {"reason": "abusive", "note": "My neighbour"})
    assert flagged.status_code == 201, flagged.text
    await step(mona, reply, "hide", "No addresses of private people, please.")
    await jobs()
    clock.offset += timedelta(minutes=11)
    await jobs()
    (letter,) = [each for each in letters(tmp_path) if each["To"] == bob.email]
    assert letter["Subject"] == "Your reply in “A <b>bold</b> title” was hidden"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    said = " ".join(words(letter).split())
    for owed in (
        "> He lives at Number 12.", "No addresses of private people, please.",
        "You and moderators still see it; nobody else does, anywhere.",
        "It lasts until a moderator decides otherwise.",
        "It was found not to be compatible with the terms on which this site is used.",
        "Readers of this site had flagged it.", "A moderator decided it, and no machine.",
        "You can appeal until", "Beside that you can turn to: The ombud, ombud@forum.example",
    ):  # fmt: skip
        assert owed in said, (owed, said)
    decision = await decision_of(bob)
    assert f"{BASE_URL}/decisions/{decision}" in said
    assert "A &lt;b&gt;bold&lt;/b&gt; title" in words(letter, "html")
    statement = (await bob.get(f"/api/v1/decisions/{decision}")).json()
    assert (statement["flagged"], statement["decided_automatically"], statement["ground"]) == (True, False, "terms")
    assert (statement["in_force"], statement["can_appeal"], statement["decided_by"]) == (True, True, None)
    assert statement["evidence"] is statement["state_after"] is None
    page = await bob.get(f"/decisions/{decision}")
    for text in (words(letter), words(letter, "html"), str(statement), page.text):
        assert "mona" not in text
        assert "charlie" not in text.replace(charlie.email, "")
        assert "neighbour" not in text
    inside = (await mona.get(f"/api/v1/decisions/{decision}")).json()
    assert (inside["decided_by"], inside["state_before"], inside["can_appeal"]) == ("mona", "published", False)
    for stranger in (alice, charlie):
        assert (await stranger.get(f"/api/v1/decisions/{decision}")).status_code == 404
        assert (await stranger.get(f"/decisions/{decision}")).status_code == 404
    assert (await alice.client.get("/api/v1/decisions/999")).status_code == 404
    assert await told(charlie) == [
        "Your flag of a reply in “A <b>bold</b> title” was upheld: something was done about it"
    ]
    (notice,) = [row for row in (await charlie.get("/api/v1/notifications")).json()["items"] if row["kind"] == "flag"]
    assert (notice["decision"], notice["thread"], notice["url"]) == (None, None, "/notifications")


async def test_nobody_switches_it_off_on_the_site_but_mail_they_may(
    alice: Person, bob: Person, mona: Person, jobs: Jobs, clock: Clock, tmp_path: Path, app: FastAPI
) -> None:
    preferences = "/api/v1/me/notification-preferences"
    refused = await bob.patch(preferences, {"channels": {"decision": {"site": False}}})
    assert refused.status_code == 422
    chosen = await bob.patch(preferences, {"channels": {"decision": {"mail": False}}})
    assert chosen.json()["channels"]["decision"] == {"site": True, "mail": False, "push": False}
    reply = await a_reply(bob, await a_thread(by=alice))
    await step(mona, reply, "hide")
    await jobs()
    clock.offset += timedelta(minutes=11)
    await jobs()
    assert [each for each in letters(tmp_path) if each["To"] == bob.email] == []
    (notice,) = (await bob.get("/api/v1/notifications")).json()["items"]
    why = (await bob.get(f"/api/v1/notifications/{notice['id']}/why")).json()
    assert (why["why"], why["channels"][1]["state"]) == ("The reason they are given: it is about you.", "not_wanted")
    assert "nobody can switch that off" in " ".join(why["steps"])
    read = await bob.put(f"/api/v1/threads/{reply['thread_id']}/read", {"number": 1})
    assert (read.status_code, len(await told(bob))) == (200, 1)
    assert (await bob.get("/api/v1/notifications?unread=true")).json()["items"] != []


async def test_who_is_suspended_reads_it_by_a_link_that_needs_no_signing_in(
    bob: Person, charlie: Person, mona: Person, jobs: Jobs, clock: Clock, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    """By mail, also for who wants none; and where they try to sign in. An appeal that is granted ends it."""
    await bob.patch("/api/v1/me/notification-preferences", {"mail": False})
    until = (clock.now() + timedelta(days=7)).isoformat()
    wish = {"until": until, "reason": "Threats.", "silence": False}
    suspended = await mona.put("/api/v1/accounts/bob/suspension", wish)
    assert suspended.status_code == 200, suspended.text
    silenced = await mona.put("/api/v1/accounts/charlie/suspension", {"reason": "Shouting.", "silence": True})
    assert silenced.status_code == 200, silenced.text
    await jobs()
    assert await told(charlie) == ["You may not write for now"]
    quiet = await decision_of(charlie)
    assert (await charlie.post(f"/api/v1/decisions/{quiet}/appeal", {"reason": "I whispered."})).status_code == 201
    clock.offset += timedelta(minutes=11)
    await jobs()
    (letter,) = [each for each in letters(tmp_path) if each["To"] == bob.email]
    said = " ".join(words(letter).split())
    assert letter["Subject"] == "Your account is suspended"
    for owed in (
        "Threats.",
        "You may not sign in",
        "It ends by itself: ",
        "You can appeal until",
        "needs no signing in",
    ):
        assert owed in said
    path = next(word for word in said.split() if "/statement/" in word).removeprefix(BASE_URL)
    page = await client.get(path)
    assert (page.status_code, "Threats." in page.text, "mona" in page.text) == (200, True, False)
    assert (await bob.get("/api/v1/decisions")).status_code == 403
    refused = await client.post("/sign-in", data={"login": "bob", "password": PASSWORD})
    assert (refused.status_code, "/statement/" in refused.text) == (403, True)
    assert "/statement/" not in (await client.post("/sign-in", data={"login": "bob", "password": "a" * 12})).text
    assert (await client.post(path, data={"reason": "It was a quotation."})).status_code == 303
    waiting = (await mona.get("/api/v1/appeals")).json()["items"]
    (appeal,) = [row for row in waiting if row["decision"]["action"] == "suspend"]
    granted = await mona.put(f"/api/v1/appeals/{appeal['id']}/decision", {"outcome": "reversed", "version": 1})
    assert (granted.status_code, granted.json()["same_person"]) == (200, True)
    await jobs()
    assert (await bob.get("/api/v1/decisions")).status_code == 200
    outcome = "Your appeal against a restriction of your account was granted: the decision is taken back"
    assert (await told(bob))[-1] == outcome
