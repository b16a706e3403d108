"""Appeals: one for each decision, within 14 days, decided by another moderator; reversed undoes the decision."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.kit.clock import Clock, now
from service.kit.database import Session
from service.notifications.policy.statement_links import statement_link
from service.screening.models import Decision
from service.screening.operations import keep
from tests.build import a_reply, a_thread
from tests.cast import Person, enter
from tests.conftest import SECRET
from tests.moderation.doing import happened, step
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
Browse = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def miles(app: FastAPI, browse: Browse) -> Person:
    """A second moderator."""
    return await enter(app, await browse(), "miles", "moderator")


async def a_hidden_reply(alice: Person, bob: Person, mona: Person) -> tuple[Json, int, int]:
    """Bob's reply, hidden by mona; the review's id and the decision's."""
    reply = await a_reply(bob, await a_thread(by=alice, title="The amnesty"))
    review = await step(mona, reply, "hide", "Names do not belong here.")
    found = (await bob.get("/api/v1/decisions")).json()["items"]
    return reply, review["id"], found[0]["id"]


async def decide(by: Person, appeal: int, outcome: str, **more: Any) -> httpx.Response:
    """Decide about an appeal as it was made."""
    return await by.put(f"/api/v1/appeals/{appeal}/decision", {"outcome": outcome, "version": 1} | more)


async def test_another_moderator_grants_an_appeal_and_the_post_is_back(
    alice: Person, bob: Person, mona: Person, miles: Person, jobs: Jobs, app: FastAPI
) -> None:
    reply, review, decision = await a_hidden_reply(alice, bob, mona)
    door = f"/api/v1/decisions/{decision}/appeal"
    for person, wanted in ((alice, 404), (miles, 403), (mona, 403)):
        assert (await person.post(door, {"reason": "No."})).status_code == wanted
        assert (await person.post(f"/api/v1/reviews/{review}/appeal", {"reason": "No."})).status_code == wanted
    assert (await bob.post(door, {"reason": " "})).status_code == 422
    made = await bob.post(f"/api/v1/reviews/{review}/appeal", {"reason": "It is the name of the *author*."})
    assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/decisions/{decision}")
    appeal = made.json()["appeal"]["id"]
    again = await bob.post(door, {"reason": "Once more."})
    assert (again.status_code, again.json()["code"], again.json()["appeal"]) == (409, "appeal-exists", appeal)
    for person in (alice, bob):
        assert (await person.get("/api/v1/appeals")).status_code == 403
        assert (await decide(person, appeal, "reversed")).status_code == 403
    assert (await decide(mona, appeal, "upheld")).status_code == 403
    (waiting,) = (await miles.get("/api/v1/appeals?state=open")).json()["items"]
    assert (waiting["body"], waiting["decision"]["decided_by"]) == ("It is the name of the *author*.", "mona")
    granted = await decide(miles, appeal, "reversed", reason="You are right.")
    assert (granted.status_code, granted.json()["state"], granted.json()["same_person"]) == (200, "reversed", False)
    assert (await alice.get(f"/api/v1/replies/{reply['id']}")).json()["moderation"] == "published"
    stale = await decide(miles, appeal, "upheld")
    assert (stale.status_code, stale.json()["code"], stale.json()["decided_by"]) == (409, "stale-decision", "miles")
    await jobs()
    told = [row["text"] for row in (await bob.get("/api/v1/notifications")).json()["items"]]
    outcome = "Your appeal against a decision about your reply in “The amnesty” was granted: the decision is taken back"
    assert told == [outcome]
    page = await bob.get(f"/decisions/{decision}")
    assert page.status_code == 200
    assert all(words in page.text for words in ("was granted", "You are right.", "It is the name of the *author*."))
    assert not any(name in page.text for name in ("mona", "miles"))
    kinds = await happened(app)
    assert [kind for kind in kinds if kind.startswith("appeal") or kind == "review.undone"] == [
        "appeal.made", "review.undone", "appeal.decided",
    ]  # fmt: skip


async def test_an_appeal_that_fails_changes_nothing_and_one_that_is_too_late_is_refused(
    alice: Person, bob: Person, mona: Person, miles: Person, clock: Clock, jobs: Jobs
) -> None:
    reply, _, decision = await a_hidden_reply(alice, bob, mona)
    _, _, later = await a_hidden_reply(alice, bob, mona)
    made = await bob.post(f"/api/v1/decisions/{decision}/appeal", {"reason": "Why?"})
    upheld = await decide(miles, made.json()["appeal"]["id"], "upheld", reason="It names a neighbour.")
    assert upheld.json()["state"] == "upheld"
    assert (await alice.get(f"/api/v1/replies/{reply['id']}")).status_code == 404
    await jobs()
    assert "the decision stands" in (await bob.get("/api/v1/notifications?limit=1")).json()["items"][0]["text"]
    clock.offset += timedelta(days=14)
    late = await bob.post(f"/api/v1/decisions/{later}/appeal", {"reason": "Why?"})
    assert (late.status_code, late.json()["code"]) == (409, "appeal-too-late")
    assert (await bob.get(f"/api/v1/decisions/{later}")).json()["can_appeal"] is False


async def test_who_decided_may_only_where_nobody_else_may_and_undoing_ends_an_appeal(
    alice: Person, bob: Person, mona: Person, app: FastAPI, browse: Browse, jobs: Jobs
) -> None:
    _, _, decision = await a_hidden_reply(alice, bob, mona)
    made = await bob.post(f"/api/v1/decisions/{decision}/appeal", {"reason": "Why?"})
    page = await mona.get("/mod/appeals")
    assert "Nobody else here may decide" in page.text
    done = await decide(mona, made.json()["appeal"]["id"], "upheld")
    assert (done.status_code, done.json()["same_person"]) == (200, True)

    reply, _, decision = await a_hidden_reply(alice, bob, mona)
    made = await bob.post(f"/api/v1/decisions/{decision}/appeal", {"reason": "Why?"})
    miles = await enter(app, await browse(), "miles", "moderator")
    assert (await decide(mona, made.json()["appeal"]["id"], "reversed")).status_code == 403
    log = (await mona.get("/api/v1/audit?limit=100")).json()["items"]
    entry = next(row for row in log if row["kind"] == "review.decided")
    assert (await mona.post(f"/api/v1/audit/{entry['id']}/undo")).status_code == 200
    await jobs()
    found = (await bob.get(f"/api/v1/decisions/{decision}")).json()
    assert (found["appeal"]["state"], found["in_force"], found["undone_at"] is None) == ("reversed", False, False)
    assert (await miles.get("/api/v1/appeals?state=open")).json()["items"] == []
    assert (await alice.get(f"/api/v1/replies/{reply['id']}")).json()["moderation"] == "published"
    texts = [row["text"] for row in (await bob.get("/api/v1/notifications")).json()["items"]]
    assert sum("was granted" in text for text in texts) == 1
    assert not any("was taken back" in text for text in texts)


async def test_of_two_who_decide_at_once_one_does_and_of_two_appeals_one_is_made(
    alice: Person, bob: Person, mona: Person, miles: Person, ada: Person, app: FastAPI
) -> None:
    _, _, decision = await a_hidden_reply(alice, bob, mona)
    door = f"/api/v1/decisions/{decision}/appeal"
    answers = await asyncio.gather(*(bob.post(door, {"reason": f"Why, {turn}?"}) for turn in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    (appeal,) = (await ada.get("/api/v1/appeals")).json()["items"]
    both = await asyncio.gather(decide(miles, appeal["id"], "reversed"), decide(ada, appeal["id"], "upheld"))
    assert sorted(answer.status_code for answer in both) == [200, 409]
    assert (await happened(app)).count("appeal.decided") == 1


async def test_a_letters_link_opens_the_statement_without_signing_in_and_no_other_link_does(
    alice: Person, bob: Person, mona: Person, client: httpx.AsyncClient, app: FastAPI, clock: Clock
) -> None:
    _, _, decision = await a_hidden_reply(alice, bob, mona)
    path = statement_link(SECRET, bob.id, decision, clock.now())
    events = len(await happened(app))
    page = await client.get(path)
    assert (page.status_code, "was hidden" in page.text, page.headers["cache-control"]) == (200, True, "no-store")
    assert "mona" not in page.text
    assert len(await happened(app)) == events
    other = statement_link("another secret", bob.id, decision, clock.now())
    forged = (
        path[:-1] + ("A" if path[-1] != "A" else "B"), path.replace(f"/{bob.id}.", f"/{alice.id}."),
        path.replace(f".{decision}.", f".{decision + 1}."), other,
        statement_link(SECRET, alice.id, decision, clock.now()), "/statement/x",
    )  # fmt: skip
    for wrong in forged:
        assert (await client.get(wrong)).status_code == 404
        assert (await client.post(wrong, data={"reason": "Why?"})).status_code == 404
    refused = await client.post(path, data={"reason": ""})
    assert (refused.status_code, "The appeal was not sent" in refused.text) == (422, True)
    sent = await client.post(path, data={"reason": "Why?"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}?appealed=true#appeal")
    assert "Your appeal was sent" in (await client.get(f"{path}?appealed=true")).text
    assert (await bob.get(f"/api/v1/decisions/{decision}")).json()["appeal"]["body"] == "Why?"
    assert (await client.get(f"/api/v1/decisions/{decision}")).status_code == 401
    clock.offset += timedelta(days=180)
    assert (await client.get(path)).status_code == 404


async def test_what_a_rule_took_for_spam_looks_to_its_author_like_nothing_was_decided(
    alice: Person, bob: Person, mona: Person, app: FastAPI, jobs: Jobs
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice))

    def decided(session: Session, action: str) -> int:
        row = Decision(
            action=action, subject=f"reply:{reply['id']}", thread_id=reply["thread_id"], reply_id=reply["id"],
            category_id=1, account_id=bob.id, state_before="", state_after=action, automated=True, rule_id=9,
            rule_version=1, decided_at=now(session), evidence={"span": "pills"},
        )  # fmt: skip
        return int(keep(session, row).id or 0)

    spam = await app.state.database.write(decided, "spam")
    rejected = await app.state.database.write(decided, "reject")
    await jobs()
    assert (await bob.get("/api/v1/notifications")).json()["items"] == []
    assert (await bob.get(f"/api/v1/decisions/{spam}")).status_code == 404
    assert (await bob.post(f"/api/v1/decisions/{spam}/appeal", {"reason": "Why?"})).status_code == 404
    assert (await mona.get(f"/api/v1/decisions/{spam}")).json()["evidence"] == {"span": "pills"}
    seen = (await bob.get(f"/api/v1/decisions/{rejected}")).json()
    assert (seen["decided_automatically"], seen["rule"]["id"], seen["evidence"]) == (True, 9, None)
    assert [row["id"] for row in (await bob.get("/api/v1/decisions")).json()["items"]] == [rejected]
    assert (await bob.post(f"/api/v1/decisions/{rejected}/appeal", {"reason": "Why?"})).status_code == 201
