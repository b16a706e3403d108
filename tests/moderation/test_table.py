"""Every state × every step × everybody, through the door: exactly what the table of the states says, or nothing.

The expectations are written out here from the definition of the states (REQUIREMENTS 4.0), not taken from the code.
"""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlmodel import Session, col

from service.kit.events import EventRow
from tests.build import a_thread
from tests.cast import Person, enter
from tests.moderation.doing import WAYS, Json, a_held, at, check_counters, door, happened, hold_all, rows, thread_of
from tools.reference.moderation import outcome_of

pytestmark = pytest.mark.anyio

ACTIONS = ("approve", "hide", "reject", "spam", "trash", "restore", "dismiss")
BECOMES: dict[tuple[str, str], str] = {
    ("pending", "approve"): "published",
    ("pending", "reject"): "rejected",
    ("pending", "spam"): "spam",
    ("pending", "trash"): "trashed",
    ("published", "hide"): "hidden",
    ("published", "spam"): "spam",
    ("published", "trash"): "trashed",
    ("hidden", "restore"): "published",
    ("hidden", "trash"): "trashed",
    ("rejected", "restore"): "pending",
    ("spam, never shown", "restore"): "pending",
    ("spam, once shown", "restore"): "published",
    ("trashed, never shown", "restore"): "pending",
    ("trashed, once shown", "restore"): "published",
    ("trashed, once hidden", "restore"): "hidden",
}
"""Every step there is. Whatever is not here is 409."""

HAPPENS = {
    "pending": "held",
    "hidden": "hidden",
    "rejected": "rejected",
    "spam": "spammed",
    "trashed": "trashed",
}
"""What is told of a post that ends in a state; one that ends published was published first now, or restored."""

SEEN_BY_ALL = ("published",)
SEEN_BY_AUTHOR = ("published", "pending", "hidden", "rejected")
WRITER = {"name": "A moderator's script", "scopes": ["read", "write"]}


async def everybody(
    app: FastAPI, browse: Any, client: httpx.AsyncClient, bob: Person, charlie: Person, mona: Person
) -> dict[str, tuple[httpx.AsyncClient, Json]]:
    """Who must not moderate: their client and headers. The script is a moderator's, without the scope `moderate`."""
    stopped = [await enter(app, await browse(), name) for name in ("suspended", "silenced")]
    for one in stopped:
        body = {"reason": "You were warned.", "silence": one.username == "silenced"}
        assert (await mona.put(f"/api/v1/accounts/{one.username}/suspension", body)).status_code == 200
    token = (await mona.post("/api/v1/tokens", WRITER)).json()["token"]
    return {
        "guest": (client, {}),
        "stranger": (charlie.client, {}),
        "author": (bob.client, {}),
        "script": (client, {"Authorization": f"Bearer {token}"}),
        "suspended": (stopped[0].client, {}),
        "silenced": (stopped[1].client, {}),
    }


def refusal(who: str, state: str) -> int:
    """What somebody who does not moderate meets: 404 for what they may not see, then 401, then 403."""
    if state not in (SEEN_BY_AUTHOR if who == "author" else SEEN_BY_ALL):
        return 404
    return 401 if who == "guest" else 403


@pytest.mark.parametrize("kind", ["reply", "thread"])
@pytest.mark.parametrize("state", WAYS)
async def test_every_step_of_everybody(
    app: FastAPI, browse: Any, client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person, mona: Person,
    ada: Person, kind: str, state: str,
) -> None:  # fmt: skip
    """What a moderator of the category, of the site, and an admin may take, each takes, and it is undone."""
    thread = await a_thread(by=alice)
    await hold_all(ada)
    others = await everybody(app, browse, client, bob, charlie, mona)
    cara = await enter(app, await browse(), "cara")
    assert (await ada.put("/api/v1/categories/general/moderators/cara")).status_code in (200, 201, 204)
    post = await a_held(kind, bob, thread, way=WAYS[state], by=mona)
    thread_id = thread_of(post)
    for action in ACTIONS:
        before, told = await rows(app, thread_id), await happened(app)
        for who, (browser, headers) in others.items():
            answer = await browser.put(door(post), json={"action": action}, headers=headers)
            assert answer.status_code == refusal(who, state), (action, who, answer.text)
        assert (await rows(app, thread_id), await happened(app)) == (before, told), "a refusal changes nothing"

        for moderator in (cara, mona, ada):
            told = await happened(app)
            answer = await moderator.put(door(post), {"action": action, "reason": "As agreed."})
            after = BECOMES.get((state, action))
            assert after == outcome_of(state, action), "the printed table says so too"
            if after is None:
                assert (answer.status_code, answer.json()["code"]) == (409, "invalid-transition"), action
                assert (await rows(app, thread_id), await happened(app)) == (before, told)
                continue
            assert (answer.status_code, answer.json()["moderation"]) == (200, after), (action, answer.text)
            first = after == "published" and state == "pending"
            event = HAPPENS.get(after, "published" if first else "restored")
            assert (await happened(app))[len(told) :] == [f"{kind}.{event}", "review.decided"], action
            found = await check_counters(app, thread_id) if state != "pending" else await rows(app, thread_id)
            changed = state_of(found, post)
            assert changed["moderation"] == after
            if kind == "reply" and (after == "published" or "once" in state or state in ("published", "hidden")):
                assert changed["number"] is not None
            entry = await last_entry(app)
            assert (await moderator.post(f"/api/v1/audit/{entry}/undo")).status_code == 200
            assert same_but_given(await rows(app, thread_id), before), (action, "undone")


def state_of(found: Json, post: Json) -> Json:
    """The post's row."""
    if "title" in post:
        thread: Json = found["thread"]
        return thread
    return next(one for one in found["replies"] if one["id"] == post["id"])


def same_but_given(after: Json, before: Json) -> bool:
    """Whether the rows are as they were, but for versions and for numbers, which stay once they are given."""
    given = ("version", "number", "last_number")

    def plain(found: Json) -> list[Json]:
        every = [found["thread"], *found["replies"]]
        return [{name: value for name, value in row.items() if name not in given} for row in every]

    return plain(after) == plain(before)


async def last_entry(app: FastAPI) -> int:
    """The log's entry of the last decision."""

    def look(session: Session) -> int:
        kinds = col(EventRow.kind) == "review.decided"
        return int(session.execute(select(func.max(EventRow.id)).where(kinds)).scalar_one())

    entry: int = await app.state.database.read(look)
    return entry


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("pending", 204), ("published", 204), ("hidden", 204), ("rejected", 409), ("spam, never shown", 404),
        ("spam, once shown", 404), ("trashed, never shown", 404), ("trashed, once shown", 404),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["reply", "thread"])
async def test_authors_delete_what_they_see_and_what_was_not_refused(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person, kind: str, state: str, status: int
) -> None:
    thread = await a_thread(by=alice)
    await hold_all(ada)
    post = await a_held(kind, bob, thread, way=WAYS[state], by=mona)
    told = await happened(app)
    assert (await bob.delete(at(post))).status_code == status
    decided = ["review.decided"] if state == "pending" else []
    assert (await happened(app))[len(told) :] == ([f"{kind}.trashed", *decided] if status == 204 else [])
    await check_counters(app, thread_of(post))


async def test_nothing_becomes_visible_in_an_archived_thread(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await hold_all(ada)
    post = await a_held("reply", bob, thread)
    other = await a_held("reply", bob, thread, way=("approve",), by=mona)
    await mona.put(f"/api/v1/threads/{thread['id']}/archive")
    refused = await mona.put(door(post), {"action": "approve"})
    assert (refused.status_code, refused.json()["code"]) == (409, "thread-closed")
    assert (await mona.put(door(other), {"action": "hide"})).status_code == 200, "what hurts can still be hidden"


@pytest.mark.parametrize("body", [{}, {"action": "purge"}, {"action": "approve", "reason": "x" * 501}, {"do": "hide"}])
async def test_a_decision_that_is_none_is_422(alice: Person, mona: Person, body: Json) -> None:
    thread = await a_thread(by=alice)
    assert (await mona.put(door(thread), body)).status_code == 422
    assert (await alice.put(door(thread), body)).status_code == 403, "allowed comes before valid"
