"""A program elsewhere is asked about posts while they wait: its answers, its silences, and what it learns."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qs

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from service.kit.clock import Clock, now
from service.kit.database import Session
from service.kit.queue import enqueue
from service.kit.webhooks import new_secret
from service.moderation.operations.asking import ASK
from service.screening.models import Decision, Rule
from service.screening.operations import keep
from service.settings import Settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.kit.outside import Heard, answering
from tests.moderation.doing import Json, hold_all, step
from tests.working import Jobs

pytestmark = pytest.mark.anyio
SECRET = new_secret()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The program of these tests listens on this machine."""
    return settings.model_copy(update={"outbound_allow": [ip_network("127.0.0.0/8")]})


def saying(body: str) -> bytes:
    """An answer with this body."""
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def ask(session: Session, reply_id: int, thread_id: int, **terms: Any) -> int:
    """The rule that asks, the record of the hold, and the job, as posting leaves them."""
    rule = Rule(
        name="The neighbours’ list", kind="external", terms=terms, verdict="hold", secret=SECRET, enabled=True,
        changed_at=now(session),
    )  # fmt: skip
    session.add(rule)
    session.flush()
    held = Decision(
        action="hold", subject=f"reply:{reply_id}", thread_id=thread_id, reply_id=reply_id, automated=True,
        rule_id=rule.id, rule_version=1, state_after="pending", decided_at=now(session),
    )  # fmt: skip
    keep(session, held)
    asked = {"rule": rule.id, "rule_version": 1, "thread": thread_id, "reply": reply_id, "version": 1}
    enqueue(session, ASK, asked)
    return rule.id or 0


async def asking(app: FastAPI, jobs: Jobs, heard: Heard, reply: Json, **terms: Any) -> int:
    """Ask about a reply that waits, and run what follows."""
    url = f"http://127.0.0.1:{heard.port}/check"
    rule_id = await app.state.database.write(ask, reply["id"], reply["thread_id"], **{"url": url} | terms)
    await jobs()
    return int(rule_id)


async def held(alice: Person, bob: Person, ada: Person) -> Json:
    """A reply that waits."""
    thread = await a_thread(by=alice)
    await hold_all(ada)
    return await a_reply(by=bob, thread=thread, body="Buy *maps* at example.com")


async def state(reply: Json, by: Person) -> str:
    """How the reply stands."""
    return str((await by.get(f"/api/v1/replies/{reply['id']}")).json()["moderation"])


def records(session: Session) -> list[tuple[str, bool, int | None, Any]]:
    """Every decision: what, whether no person took it, by which rule, with which inputs."""
    rows = session.exec(select(Decision).order_by(col(Decision.id))).all()
    return [(row.action, row.automated, row.rule_id, row.evidence.get("inputs")) for row in rows]


ANSWERS = {"pass": "published", "hold": "pending", "reject": "rejected", "spam": "spam"}


@pytest.mark.parametrize("result", ANSWERS)
async def test_an_answer_is_followed_and_kept_with_its_labels(
    app: FastAPI, jobs: Jobs, alice: Person, bob: Person, mona: Person, ada: Person, result: str
) -> None:
    reply = await held(alice, bob, ada)
    async with answering(saying(json.dumps({"result": result, "labels": ["links", "\x00no", 7]}))) as heard:
        rule_id = await asking(app, jobs, heard, reply)
    assert await state(reply, mona) == ANSWERS[result]
    told = "pending" if result == "spam" else ANSWERS[result]
    assert await state(reply, bob) == told, "its author is not told that a program took it for spam"
    found = await app.state.database.read(records)
    assert found[-1][1:] == (True, rule_id, {"result": result, "labels": ["links"]})
    asked = json.loads(heard.bodies[0])["post"]
    assert (asked["body"], asked["author"]["username"]) == ("Buy *maps* at example.com", "bob")
    assert asked["author"]["mail_domain"] == "example.org"
    head = dict(line.split(": ", 1) for line in heard.heads[0].splitlines()[1:] if ": " in line)
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + heard.bodies[0]
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert head["webhook-signature"] == f"v1,{expected}"


@pytest.mark.parametrize(("fails", "left"), [("open", "published"), ("closed", "pending")])
async def test_without_an_answer_the_rule_says_what_follows(
    app: FastAPI, jobs: Jobs, clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person, fails: str, left: str
) -> None:
    reply = await held(alice, bob, ada)
    async with answering(saying('{"result": "perhaps"}')) as heard:
        await asking(app, jobs, heard, reply, fails=fails)
        for _ in range(3):
            clock.offset += timedelta(minutes=1)
            await jobs()
    assert len(heard.bodies) == 3, "it is asked three times"
    assert len({json.loads(body)["post"]["id"] for body in heard.bodies}) == 1
    assert await state(reply, mona) == left
    inputs = (await app.state.database.read(records))[-1][3]
    assert "pass, hold, reject or spam" in inputs["failed"]


async def test_a_program_that_fails_again_and_again_is_left_in_peace(
    app: FastAPI, jobs: Jobs, clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    first = await held(alice, bob, ada)
    second = await a_reply(by=bob, thread={"id": first["thread_id"]}, body="Another one")

    def about_another(session: Session, rule_id: int, reply_id: int) -> None:
        asked = {"rule": rule_id, "rule_version": 1, "thread": first["thread_id"], "reply": reply_id, "version": 1}
        enqueue(session, ASK, asked)

    async with answering(b"HTTP/1.1 500 Sorry\r\nContent-Length: 0\r\n\r\n") as heard:
        rule_id = await asking(app, jobs, heard, first, fails="open")
        for _ in range(2):
            clock.offset += timedelta(minutes=1)
            await jobs()
        await app.state.database.write(about_another, rule_id, second["id"])
        for _ in range(3):
            clock.offset += timedelta(minutes=1)
            await jobs()
        assert len(heard.bodies) == 5, "after the fifth failure nobody asks"
    assert await state(first, mona) == await state(second, mona) == "published"


async def test_what_a_person_decides_first_stands_and_is_told_to_the_program(
    app: FastAPI, jobs: Jobs, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    reply = await held(alice, bob, ada)
    async with answering(saying('{"result": "hold"}')) as heard:
        await asking(app, jobs, heard, reply)
        await step(mona, reply, "spam")
        await jobs()
    told = json.loads(heard.bodies[-1])
    assert (told["type"], told["result"]) == ("post.decided", "spam")
    other = await a_reply(by=bob, thread={"id": reply["thread_id"]}, body="Decided at once")
    await step(mona, other, "reject")
    async with answering(saying('{"result": "pass"}')) as later:
        await asking(app, jobs, later, other)
    assert (later.bodies, await state(other, mona)) == ([], "rejected")


async def test_a_service_that_speaks_as_akismet_does_is_asked_in_its_way(
    app: FastAPI, jobs: Jobs, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    reply = await held(alice, bob, ada)
    async with answering(saying("true")) as heard:
        await asking(app, jobs, heard, reply, protocol="akismet")
        assert await state(reply, mona) == "spam"
        await step(mona, reply, "restore")
        await step(mona, reply, "approve")
        await jobs()
    form = parse_qs(heard.bodies[0].decode())
    assert (form["comment_content"], form["api_key"]) == (["Buy *maps* at example.com"], [SECRET])
    assert heard.heads[-1].startswith("POST /submit-ham ")


async def test_a_rule_that_asks_holds_a_new_post_until_the_answer(
    app: FastAPI, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    async with answering(saying('{"result": "pass"}')) as heard:
        rule = {
            "name": "The neighbours", "kind": "external", "terms": {"url": f"http://127.0.0.1:{heard.port}/check"},
            "enabled": True, "confirm": True, "public_reason": "Somebody looks at it first.",
        }  # fmt: skip
        made = await mona.post("/api/v1/moderation/rules", rule)
        assert made.status_code == 201, made.text
        assert made.json()["secret"].startswith("whsec_")
        listed = (await mona.get("/api/v1/moderation/rules?limit=100")).json()["items"]
        assert not any(each["secret"] for each in listed), "it is shown once"
        reply = await a_reply(by=bob, thread=thread)
        opened = await a_thread(by=bob, title="Another matter")
        assert reply["moderation"] == opened["moderation"] == "pending"
        await jobs()
    assert {json.loads(body)["post"]["kind"] for body in heard.bodies} == {"reply", "thread"}
    assert await state(reply, mona) == "published"
    assert (await mona.get(f"/api/v1/threads/{opened['id']}")).json()["moderation"] == "published"
