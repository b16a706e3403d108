"""`GET /audit`: entries for those who may see them, found by what they say; addresses kept for as long as is said."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from service.kit.chain import read_chain
from service.kit.clock import Clock
from service.kit.database import Database, Session
from service.kit.events import EventRow
from service.kit.queue import enqueue
from tests.build import a_reply, a_thread, logged
from tests.cast import Person
from tests.working import Jobs

pytestmark = pytest.mark.anyio
AUDIT = "/api/v1/audit"


async def test_an_entry_says_who_did_what_and_why(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(by=bob, thread=thread)
    step = {"action": "hide", "reason": "Please leave names out."}
    assert (await mona.put(f"/api/v1/replies/{reply['id']}/moderation", step)).status_code == 200
    assert (await bob.get(AUDIT)).status_code == 403
    (found,) = (await mona.get(f"{AUDIT}?kind=review.decided")).json()["items"]
    assert found["actor"] == {"id": mona.id, "username": "mona", "role": "moderator"}
    assert found["decision"]["reason"] == step["reason"]
    assert (found["decision"]["state_before"], found["decision"]["state_after"]) == ("published", "hidden")
    assert len(found["hash"]) == len(found["address"]) == 64
    about_bob = (await mona.get(f"{AUDIT}?account=bob")).json()["items"]
    assert [item["id"] for item in about_bob] == [found["id"]]
    in_thread = (await mona.get(f"{AUDIT}?thread={thread['id']}")).json()["items"]
    assert {"thread.opened", "reply.posted", "reply.hidden", "review.decided"} == {item["kind"] for item in in_thread}
    same = (await mona.get(f"{AUDIT}?address={found['address']}&actor=mona")).json()["items"]
    assert {item["actor"]["username"] for item in same} == {"mona"}
    assert (await mona.get(f"{AUDIT}?actor=nobody-here")).status_code == 404
    assert (await mona.get(f"{AUDIT}?kind=Nothing%20like%20it")).status_code == 422
    first = (await mona.get(f"{AUDIT}?limit=2")).json()
    rest = (await mona.get(f"{AUDIT}?limit=100&cursor={first['next']}")).json()
    positions = [item["position"] for item in first["items"] + rest["items"]]
    assert positions == sorted(positions, reverse=True)
    assert len(set(positions)) == len(positions)


async def test_a_setting_is_logged_with_what_it_was_and_what_it_is_but_no_text(mona: Person, ada: Person) -> None:
    tag = (await ada.get("/api/v1/site")).headers["etag"]
    changed = {"name": "The Reading Room", "max_depth": 3, "registration": "closed", "hold_first_posts": 0}
    assert (await ada.patch("/api/v1/site", changed, headers={"If-Match": tag})).status_code == 200
    terms = {"description": "Where we meet", "closing": {"close_after_age": "P14D"}}
    assert (await ada.patch("/api/v1/categories/general", terms)).status_code == 200
    category, site = (await mona.get(f"{AUDIT}?actor=ada&limit=2")).json()["items"]
    assert site["data"]["changes"] == {"max_depth": [5, 3], "registration": ["open", "closed"]}
    assert category["data"]["changes"] == {"close_after_age": [None, 14 * 86_400_000_000]}
    assert "Reading" not in (await mona.get("/mod/log")).text.partition("<main")[2]


def addresses(session: Session) -> list[bool]:
    """Which entries have an address, in the order of the log."""
    kept = select(col(EventRow.address_hash)).order_by(col(EventRow.position))
    return [found is not None for found in session.scalars(kept)]


async def test_addresses_go_when_the_site_says_so_and_the_chain_stays_whole(
    ada: Person, alice: Person, database: Database, clock: Clock, jobs: Jobs
) -> None:
    tag = (await ada.get("/api/v1/site")).headers["etag"]
    await ada.patch("/api/v1/site", {"address_kept": "P10D"}, headers={"If-Match": tag})
    await a_thread(by=alice)
    clock.offset += timedelta(days=9)
    await a_thread(by=alice, title="The third")
    await database.write(enqueue, "audit.forget_addresses", {})
    await jobs()
    await logged(database)
    assert await database.read(addresses) == [True, True, True]
    clock.offset += timedelta(days=2)
    await database.write(enqueue, "audit.forget_addresses", {})
    await jobs()
    assert await database.read(addresses) == [False, False, True]
    assert (await database.read(read_chain)).broken_at is None
