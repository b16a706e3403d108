"""Rules about newcomers: sites that several of them link to, and the small computation of their forms."""

import hashlib

import pytest
from sqlmodel import select

from service.kit.clock import Clock
from service.kit.database import Database, Session
from service.kit.queue import enqueue
from service.screening.jobs import FORGET_HOSTS
from service.screening.models import PostedHost
from service.screening.operations.hosts import KEPT
from tests.build import a_thread
from tests.cast import Person
from tests.pages.reading import parse, press
from tests.screening.doing import make
from tests.working import Jobs

pytestmark = pytest.mark.anyio
ON = {"enabled": True, "confirm": True}


async def state(by: Person, thread_id: int, body: str) -> str:
    """How a reply of theirs begins."""
    answer = await by.post(f"/api/v1/threads/{thread_id}/replies", {"body": body})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["moderation"])


def noted(session: Session) -> list[str]:
    """The hosts that are noted."""
    return sorted(session.exec(select(PostedHost.host)).all())


async def test_the_third_new_account_that_links_to_a_site_waits(
    database: Database, clock: Clock, jobs: Jobs, alice: Person, bob: Person, charlie: Person, mona: Person
) -> None:
    thread = (await a_thread(by=mona))["id"]
    assert await state(alice, thread, "See https://unasked.example/") == "published"
    assert await database.read(noted) == [], "without the rule nothing is noted"
    await make(mona, name="Shared sites", kind="shared_host", terms={}, verdict="hold", **ON)
    assert await state(alice, thread, "Look: https://maps.example/a and https://maps.example/b") == "published"
    assert await state(bob, thread, "Maps: https://www.maps.example/") == "published"
    assert await state(charlie, thread, "Or https://other.example/ here.") == "published"
    assert await state(charlie, thread, "I like https://maps.example/ too.") == "pending"
    assert await state(mona, thread, "Moderators may: https://maps.example/") == "published"
    assert await database.read(noted) == ["maps.example"] * 3 + ["other.example"]
    clock.offset += KEPT
    await database.write(enqueue, FORGET_HOSTS, {})
    await jobs()
    assert await database.read(noted) == []


def proof_of(key: str, bits: int) -> str:
    """The first counter that proves so many bits."""
    counter = 0
    while int.from_bytes(hashlib.sha256(f"{key}:{counter}".encode()).digest(), "big") >> (256 - bits):
        counter += 1
    return str(counter)


async def test_a_form_without_its_computation_waits_and_a_proof_serves_for_one(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    assert not parse((await bob.get(thread["url"])).text).all("input", name="proof")
    await make(mona, name="Proofs", kind="unproven", terms={"bits": 10}, verdict="hold", **ON)
    shown = await bob.get(thread["url"])
    form = parse(shown.text).one("section", id="reply-form")
    assert form.one("input", name="proof").attributes["data-bits"] == "10"
    proof = proof_of(form.all("input", name="idempotency_key")[-1].attributes["value"], 10)
    posted = await press(bob.client, shown, "Post reply", body="Typed in a browser.", proof=proof)
    assert "#reply-1" in posted.headers["location"]
    for words, given in (("Without.", ""), ("With another form’s.", proof)):
        shown = await bob.get(thread["url"])
        answer = await press(bob.client, shown, "Post reply", body=words, proof=given)
        assert "#waiting-" in answer.headers["location"], words
    programs = await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "By a program."})
    assert programs.json()["moderation"] == "published", "who sends no form is not asked"
