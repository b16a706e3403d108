"""Edits that wait, when much happens at one instant: what is shown, what waits and what was decided agree."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import Session, col

from service.replies.models import Reply
from service.screening.models import Decision, HeldEdit
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, at
from tests.moderation.test_edits import NEW, ON, decide, edit, text_of, texts, waiting
from tests.screening.doing import make

pytestmark = pytest.mark.anyio


async def check_agreement(app: FastAPI, mona: Person) -> None:
    """A post's row knows of the edit that waits, one for each post, and its review is open; others' are not."""

    def look(session: Session) -> tuple[list[Any], list[Any]]:
        edits = session.scalars(select(col(HeldEdit.reply_id)).order_by(col(HeldEdit.reply_id))).all()
        marked = session.scalars(select(col(Reply.id)).where(col(Reply.edit_waits)).order_by(col(Reply.id))).all()
        return list(edits), list(marked)

    edits, marked = await app.state.database.read(look)
    assert edits == marked
    assert sorted(each["reply_id"] for each in await waiting(mona)) == edits


async def test_edits_decisions_and_deletions_at_one_instant(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await make(ada, **ON)
    thread = await a_thread(by=alice)
    one = await a_reply(bob, thread, "One.")

    bodies = [f"Casino {number}." for number in range(6)]
    answers = await asyncio.gather(*(bob.patch(at(one), {"body": body}) for body in bodies))
    assert Counter(each.status_code for each in answers) == {200: 6}
    assert (await bob.get(f"{at(one)}/pending-edit")).json()["body"] in bodies, "the last of them waits, whole"
    await check_agreement(app, mona)

    review = (await waiting(mona))[0]
    door, looked = f"/api/v1/reviews/{review['id']}/decision", {"version": review["version"]}
    acts = ["approve", "reject", "approve", "spam"]
    decided = await asyncio.gather(
        *((ada, mona)[place % 2].put(door, looked | {"action": act}) for place, act in enumerate(acts))
    )
    assert Counter(each.status_code for each in decided) == {200: 1, 409: 3}, "one decides"
    two = await a_reply(bob, thread, "Two.")
    await bob.patch(at(two), {"body": "Casino for two."})
    review = (await waiting(mona))[0]
    door, looked = f"/api/v1/reviews/{review['id']}/decision", {"version": review["version"]}
    late = [(await mona.put(door, looked | {"action": action})).status_code for action in ("reject", "spam", "hide")]
    assert late == [200, 409, 409], "who looked at the edit does not decide about the post"
    done = next(act for act, answer in zip(acts, decided, strict=True) if answer.status_code == 200)
    assert len(await texts(alice, one)) == (2 if done == "approve" else 1)
    await check_agreement(app, mona)

    for number in range(4):
        reply = await a_reply(bob, thread, f"Number {number}.")
        await edit(bob, reply, f"Casino {number}.")
        review = next(each for each in await waiting(mona) if each["reply_id"] == reply["id"])
        body = {"action": "approve", "version": review["version"]}
        approving = mona.put(f"/api/v1/reviews/{review['id']}/decision", body)
        deeds = (
            partial(bob.patch, at(reply), {"body": f"Another casino {number}."}),
            partial(bob.patch, at(reply), {"body": "Nothing of that kind."}),
            partial(bob.delete, at(reply)),
            partial(bob.delete, f"{at(reply)}/pending-edit"),
        )
        approved, answer = await asyncio.gather(approving, deeds[number]())
        assert (approved.status_code, answer.status_code) in (
            (200, 200),
            (200, 204),
            (200, 404),
            (409, 200),
            (409, 204),
        )
        if approved.status_code == 409:
            assert approved.json()["code"] in ("stale-decision", "invalid-transition")
            shown = (await bob.get(f"{at(reply)}/revisions")).text
            assert f'"Casino {number}."' not in shown, "nobody approves what they did not read"
        await check_agreement(app, mona)


async def test_an_edit_is_held_once_for_one_key_and_the_version_guards_it(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await make(ada, **ON)
    reply = await a_reply(bob, await a_thread(by=alice), "One.")
    key = {"Idempotency-Key": "once"}
    answers = await asyncio.gather(*(bob.patch(at(reply), {"body": NEW}, headers=key) for _ in range(3)))
    assert {each.status_code for each in answers} == {200}
    assert len({each.text for each in answers}) == 1
    assert sum("idempotent-replayed" in each.headers for each in answers) == 2
    tag = answers[0].headers["etag"]
    assert (await bob.patch(at(reply), {"body": "A casino."}, headers={"If-Match": tag})).status_code == 200
    await decide(mona, "approve")
    stale = await bob.patch(at(reply), {"body": "A casino again."}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "edit-conflict")
    assert await text_of(bob, reply) == ("A casino.", False)

    def look(session: Session) -> list[Json]:
        query = select(col(Decision.action)).where(col(Decision.subject) == f"edit:reply:{reply['id']}")
        return list(session.scalars(query.order_by(col(Decision.id))))

    assert await app.state.database.read(look) == ["hold", "approve"]
