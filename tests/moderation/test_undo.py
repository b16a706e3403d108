"""Undoing a decision: what it was about is as it was, with everything that hung on it."""

import random
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import Session, col

from service.kit.events import EventRow
from service.screening.models import Decision
from tests.build import a_reply, a_thread
from tests.cast import Person, enter
from tests.moderation.doing import Json, a_held, at, check_counters, happened, hold_all, hold_none, rows, step
from tests.moderation.history import History, differences
from tests.moderation.twenty import cast_of, hold_many, race, race_in_batches
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def decisions(app: FastAPI) -> list[Json]:
    """All decisions kept so far, in order."""

    def look(session: Session) -> list[Json]:
        return [row.model_dump() for row in session.execute(select(Decision).order_by(col(Decision.id))).scalars()]

    found: list[Json] = await app.state.database.read(look)
    return found


async def last_event(app: FastAPI) -> int:
    """The entry of the log of the last decision."""
    return int((await decisions(app))[-1]["event_id"] or (await decisions(app))[-1]["step_event_id"])


async def undo(by: Person, event_id: int, status: int = 200) -> Json:
    """Undo what an entry tells of; the answer."""
    answer = await by.post(f"/api/v1/audit/{event_id}/undo")
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def test_an_approval_is_undone_and_its_number_stays(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    await hold_all(ada)
    reply = await a_held("reply", bob, thread)
    before = await rows(app, thread["id"])
    await step(mona, reply, "approve")
    approved = await last_event(app)
    await hold_none(ada)
    answer = await a_reply(charlie, thread, parent=reply["id"])
    await step(mona, answer, "trash")
    done = await undo(mona, approved)
    assert (done["about"], done["action"], done["undone"], done["left"]) == (f"reply:{reply['id']}", "approve", 1, 0)
    now = await rows(app, thread["id"])
    waits = now["replies"][0]
    assert (waits["moderation"], waits["number"], waits["published_at"]) == ("pending", 1, None)
    assert now["thread"]["reply_count"] == before["thread"]["reply_count"] == 0
    assert (await bob.get(at(reply))).json()["moderation"] == "pending"
    assert (await charlie.get(at(reply))).status_code == 404
    assert reply["body"] in (await mona.get(thread["url"])).text
    assert f"reply-{waits['number']}" in (await mona.get("/mod/queue")).text
    (review,) = (await mona.get("/api/v1/reviews?state=open")).json()["items"]
    assert (review["reply_id"], review["action"], review["decided_by"]) == (reply["id"], None, None)
    await jobs()
    for person in (alice, charlie):
        told = (await person.get("/api/v1/notifications")).json()["items"]
        assert not [each for each in told if each["kind"] == "reply" and each.get("reply_id") == reply["id"]]
    again = await undo(mona, approved, 409)
    assert (again["code"], again["undone_by"]) == ("already-undone", "mona")
    told = await happened(app)
    await step(mona, reply, "approve")
    assert (await happened(app))[len(told) :][:1] == ["reply.published"], "it is published for the first time once more"
    found = await rows(app, thread["id"])
    assert [each["number"] for each in found["replies"]] == [1, 2]


async def test_decisions_are_undone_in_any_order(app: FastAPI, alice: Person, bob: Person, mona: Person) -> None:
    """One in the middle is taken out unseen; the last one then restores what was before both."""
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    before = await rows(app, thread["id"])
    entries = []
    for action in ("hide", "trash", "restore", "restore", "spam"):
        await step(mona, reply, action, f"Because of {action}.")
        entries.append(await last_event(app))
    for number in (1, 0, 4, 2, 3):
        was = (await rows(app, thread["id"]))["replies"][0]["moderation"]
        await undo(mona, entries[number])
        is_now = (await rows(app, thread["id"]))["replies"][0]["moderation"]
        assert (was, is_now) == {
            1: ("spam", "spam"), 0: ("spam", "spam"), 4: ("spam", "published"), 2: ("published", "published"),
            3: ("published", "published"),
        }[number], number  # fmt: skip
    after = await check_counters(app, thread["id"])
    for table in (before["thread"], *before["replies"], after["thread"], *after["replies"]):
        table.pop("version")
    assert after == before
    (review,) = (await mona.get("/api/v1/reviews")).json()["items"]
    assert (review["state"], review["action"], review["reason"], review["decided_at"]) == ("decided", None, None, None)


async def test_who_may_undo(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    await step(ada, reply, "hide")
    entry = await last_event(app)
    assert (await bob.post(f"/api/v1/audit/{entry}/undo")).status_code == 403
    assert (await mona.post(f"/api/v1/audit/{entry}/undo")).json()["detail"].startswith("Somebody of a higher rank")
    assert (await mona.post("/api/v1/audit/999999/undo")).status_code == 404
    assert (await ada.post("/api/v1/audit/1/undo")).status_code == 404, "an entry that tells of no decision"
    await undo(ada, entry)

    mine = await a_reply(mona, thread)
    theirs = await a_reply(ada, thread)
    for moderator, post, status in ((mona, theirs, 403), (ada, mine, 200), (mona, mine, 403)):
        answer = await moderator.put(f"{at(post)}/moderation", {"action": "hide" if status == 200 else "trash"})
        assert answer.status_code == (status if moderator is not mona or post is not mine else 200), answer.text
    await bob.delete(at(reply))
    assert (await mona.delete(at(theirs))).status_code == 403


async def test_an_author_who_deleted_their_post_keeps_it_deleted(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await hold_all(ada)
    reply = await a_held("reply", bob, thread, way=("approve",), by=mona)
    entry = await last_event(app)
    assert (await bob.delete(at(reply))).status_code == 204
    assert (await undo(mona, entry, 409))["code"] == "invalid-transition"
    assert [each["action"] for each in await decisions(app) if each["reply_id"]] == ["hold", "approve"]


async def test_closings_archivings_and_pins_are_undone(app: FastAPI, alice: Person, mona: Person, ada: Person) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P30D"})
    path = f"/api/v1/threads/{thread['id']}"
    before = (await rows(app, thread["id"]))["thread"]
    deeds: list[tuple[str, str, Any, str]] = [
        ("put", f"{path}/closure", {"reason": "Enough."}, "close"), ("delete", f"{path}/closure", None, "reopen"),
        ("put", f"{path}/archive", None, "archive"), ("delete", f"{path}/archive", None, "unarchive"),
        ("put", f"{path}/pin", {"everywhere": True}, "pin"), ("put", f"{path}/pin", {}, "pin"),
        ("delete", f"{path}/pin", None, "unpin"),
    ]  # fmt: skip
    entries = []
    for method, where, body, action in deeds:
        answer = await getattr(mona.client, method)(where, **({"json": body} if body is not None else {}))
        assert answer.status_code in (200, 204), answer.text
        assert (await decisions(app))[-1]["action"] == action
        entries.append(await last_event(app))
    for number in (4, 1, 6, 0, 3, 5, 2):
        await undo(ada, entries[number])
        if number == 6:
            assert (await alice.get(path)).json()["pinned"] is True
    after = (await rows(app, thread["id"]))["thread"]
    assert {**after, "version": 0} == {**before, "version": 0}
    await mona.put(f"{path}/closure", {})
    closed = await last_event(app)
    await mona.post(f"{path}/closure/undo")
    assert (await undo(ada, closed, 409))["code"] == "already-undone"

    def told(session: Session) -> list[str]:
        kinds = session.execute(select(col(EventRow.kind)).order_by(col(EventRow.id)))
        return [kind for kind in kinds.scalars() if kind in ("thread.pinned", "thread.unpinned")]

    assert await app.state.database.read(told) == [
        "thread.pinned", "thread.pinned", "thread.unpinned", "thread.pinned", "thread.unpinned",
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
async def test_any_history_is_undone_in_any_order(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, seed: int
) -> None:
    """Sixty deeds by chance with posts, threads and people; `python -m tests.moderation.thousand` plays a thousand."""
    history = History(app, random.Random(seed), (alice, bob, charlie), (mona, ada))
    await history.begin()
    before = await history.everything()
    await history.go_on(60)
    assert differences(before, await history.everything()), "the history went somewhere"
    assert await history.undo_all() >= 15
    assert differences(before, await history.everything()) == []


@pytest.mark.parametrize("together", [False, True])
async def test_of_many_moderators_one_decides_each_post(
    app: FastAPI, browse: Any, alice: Person, bob: Person, charlie: Person, ada: Person, together: bool
) -> None:
    """Six of them, forty posts; `python -m tests.moderation.thousand` has twenty, and five hundred."""
    moderators = [await enter(app, await browse(), name, "moderator") for name in cast_of(6)]
    reviews = await hold_many((alice, bob, charlie), ada, 40)
    await (race_in_batches if together else race)(app, moderators, reviews)
