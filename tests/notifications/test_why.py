"""Why somebody was told, or was not: for oneself and for admins, by the doors and on the pages."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.kit.clock import Clock
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox
from tests.pages.reading import parse
from tests.working import Jobs

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    """Letters wait for ten minutes."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, retry_base=0.001,
        mail_delay="PT10M", smtp_url=box.url,
    )  # fmt: skip


async def why(asker: Person, username: str, reply: dict[str, Any]) -> dict[str, Any]:
    answer = await asker.get(f"/api/v1/replies/{reply['id']}/why", params={"username": username})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def channel(found: dict[str, Any], name: str) -> dict[str, Any]:
    (one,) = [each for each in found["channels"] if each["channel"] == name]
    return dict(one)


async def test_of_one_who_was_told_each_channel_is_followed_to_its_end(
    alice: Person, bob: Person, ada: Person, jobs: Jobs, clock: Clock, box: Mailbox
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice))
    assert (await why(ada, "alice", reply))["untold"] == "pending"
    await jobs()
    found = await why(ada, "alice", reply)
    assert (found["told"], found["reason"], found["untold"]) == (True, "opened", None)
    assert "They opened the thread." in found["steps"]
    assert found["considered"]["level"] == "watching"
    assert channel(found, "site")["state"] == "unread"
    waits = channel(found, "mail")
    assert (waits["state"], waits["attempts"]) == ("gathering", 0)
    assert waits["due_at"] > found["decided_at"]

    box.text = "451 not now"
    clock.offset += timedelta(minutes=11)
    await jobs()
    tried = channel(await why(ada, "alice", reply), "mail")
    assert (tried["state"], tried["words"]) == ("waiting", "451 not now")
    box.text = "250 taken as 7"
    clock.offset += timedelta(hours=8)
    await jobs()
    sent = channel(await why(ada, "alice", reply), "mail")
    assert (sent["state"], sent["words"]) == ("sent", "taken as 7")
    assert sent["attempts"] >= 2
    assert sent["message_id"] == box.taken[0]["Message-ID"]


async def test_what_was_not_sent_says_why(
    alice: Person, bob: Person, ada: Person, jobs: Jobs, clock: Clock, box: Mailbox
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice))
    await jobs()
    await alice.post("/api/v1/notifications/read", {"all": True})
    clock.offset += timedelta(minutes=11)
    await jobs()
    found = await why(ada, "alice", reply)
    assert channel(found, "site")["state"] == "read"
    skipped = channel(found, "mail")
    assert (skipped["state"], skipped["words"]) == ("skipped", "read on the site")
    assert box.taken == []


async def test_what_decided_is_kept_as_it_was(alice: Person, bob: Person, ada: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    await alice.patch("/api/v1/me/notification-preferences", {"channels": {"reply": {"mail": False}}})
    await jobs()
    await alice.patch("/api/v1/me/notification-preferences", {"channels": {"reply": {"mail": True}}})
    await alice.put(f"/api/v1/threads/{thread['id']}/subscription", {"level": "muted"})
    found = await why(ada, "alice", reply)
    assert channel(found, "mail")["state"] == "not_wanted"
    assert "mail" not in found["considered"]["channels"]
    assert found["considered"]["level"] == "watching", "she muted it afterwards"


async def test_why_not(alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    await mona.put(f"/api/v1/threads/{thread['id']}/subscription", {"level": "muted"})
    none = {"site": False, "mail": False, "push": False}
    await alice.patch("/api/v1/me/notification-preferences", {"channels": {"reply": none}})
    reply = await a_reply(bob, thread)
    await jobs()
    said = {name: (await why(ada, name, reply))["untold"] for name in ("bob", "charlie", "mona", "alice")}
    assert said == {"bob": "own", "charlie": "level", "mona": "muted", "alice": "choices"}
    await charlie.put(f"/api/v1/threads/{thread['id']}/subscription", {"level": "watching"})
    assert (await why(ada, "charlie", reply))["untold"] == "changed", "it is told what was then"
    hidden = await ada.put(f"/api/v1/replies/{reply['id']}/moderation", {"action": "hide"})
    assert hidden.status_code == 200, hidden.text
    assert (await why(ada, "charlie", reply))["untold"] == "not_shown"


async def test_one_who_may_not_see_the_category_was_not_told_of_it(
    bob: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    await ada.post("/api/v1/categories", {"name": "Staff", "slug": "staff", "visibility": "staff"})
    reply = await a_reply(mona, await a_thread(by=ada, category="staff"), body="What does @bob think?")
    await jobs()
    assert (await why(ada, "bob", reply))["untold"] == "not_allowed"
    answer = await bob.get(f"/api/v1/replies/{reply['id']}/why", params={"username": "bob"})
    assert answer.status_code == 404, "not even that it is there"


async def test_everybody_about_themselves_and_nobody_else(alice: Person, bob: Person, mona: Person, jobs: Jobs) -> None:
    reply = await a_reply(bob, await a_thread(by=alice))
    await jobs()
    (notice,) = (await alice.get("/api/v1/notifications")).json()["items"]
    own = (await alice.get(f"/api/v1/notifications/{notice['id']}/why")).json()
    assert own == await why(alice, "alice", reply) == await why(alice, "Alice", reply), "however it is spelled"
    for other in (bob, mona):
        assert (await other.get(f"/api/v1/notifications/{notice['id']}/why")).status_code == 404
        asked = await other.get(f"/api/v1/replies/{reply['id']}/why", params={"username": "alice"})
        assert asked.status_code == 403


async def test_of_an_opening(alice: Person, bob: Person, ada: Person, jobs: Jobs) -> None:
    await bob.put("/api/v1/categories/general/subscription", {"level": "watching_first"})
    thread = await a_thread(by=alice)
    await jobs()
    found = (await ada.get(f"/api/v1/threads/{thread['id']}/why", params={"username": "bob"})).json()
    assert (found["kind"], found["reason"]) == ("thread", "category")
    assert "Level on the category: watching for new threads." in found["steps"]


async def test_the_pages(alice: Person, bob: Person, ada: Person, jobs: Jobs) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    await jobs()
    inbox = parse((await alice.get("/notifications")).text)
    (link,) = [each for each in inbox.all("a") if each.attributes["href"].endswith("/why")]
    shown = (await alice.get(link.attributes["href"])).text
    assert "alice was told" in shown
    assert "you opened this thread" in shown
    address = f"{BASE_URL}{reply['url']}"
    asked = await ada.get("/admin/why", params={"who": "alice", "post": address})
    assert "alice was told" in asked.text
    asked = await ada.get("/admin/why", params={"who": "bob", "post": address})
    assert "bob was not told" in asked.text
    for wrong in ({"who": "nobody-here", "post": address}, {"who": "bob", "post": f"{BASE_URL}/t/99/x"}):
        answer = await ada.get("/admin/why", params=wrong)
        assert answer.status_code == 404
        assert parse(answer.text).one("input", id="post").attributes["value"] == wrong["post"]
    answer = await ada.get("/admin/why", params={"who": "bob", "post": "elsewhere"})
    assert answer.status_code == 422
    assert (await bob.get("/admin/why")).status_code == 403
