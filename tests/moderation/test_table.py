"""Every state × every step × everybody, through the door: exactly what the table of the states says, or nothing.

The expectations are written out here from the definition of the states (REQUIREMENTS 4.0), not taken from the code.
"""

import httpx
import pytest
from fastapi import FastAPI

from tests.build import a_thread
from tests.cast import Person
from tests.moderation.doing import WAYS, Json, a_held, at, check_counters, door, happened, hold_all, rows, thread_of

pytestmark = pytest.mark.anyio

ACTIONS = ("approve", "hide", "reject", "spam", "trash", "restore")
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
    client: httpx.AsyncClient, bob: Person, charlie: Person, mona: Person
) -> dict[str, tuple[httpx.AsyncClient, Json]]:
    """Who must not moderate: their client and headers. The script is a moderator's, without the scope `moderate`."""
    token = (await mona.post("/api/v1/tokens", WRITER)).json()["token"]
    return {
        "guest": (client, {}),
        "stranger": (charlie.client, {}),
        "author": (bob.client, {}),
        "script": (client, {"Authorization": f"Bearer {token}"}),
    }


def refusal(who: str, state: str) -> int:
    """What somebody who does not moderate meets: 404 for what they may not see, then 401, then 403."""
    if state not in (SEEN_BY_AUTHOR if who == "author" else SEEN_BY_ALL):
        return 404
    return 401 if who == "guest" else 403


@pytest.mark.parametrize("kind", ["reply", "thread"])
@pytest.mark.parametrize("state", WAYS)
async def test_every_step_of_everybody(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person,
    kind: str, state: str,
) -> None:  # fmt: skip
    thread = await a_thread(by=alice)
    await hold_all(ada)
    others = await everybody(client, bob, charlie, mona)
    for number, action in enumerate(ACTIONS):
        post = await a_held(kind, bob, thread, way=WAYS[state], by=mona)
        thread_id = thread_of(post)
        before, told = await rows(app, thread_id), await happened(app)
        for who, (browser, headers) in others.items():
            answer = await browser.put(door(post), json={"action": action}, headers=headers)
            assert answer.status_code == refusal(who, state), (action, who, answer.text)
        assert (await rows(app, thread_id), await happened(app)) == (before, told), "a refusal changes nothing"

        moderator = (mona, ada)[number % 2]
        answer = await moderator.put(door(post), {"action": action, "reason": "As agreed."})
        after = BECOMES.get((state, action))
        if after is None:
            assert (answer.status_code, answer.json()["code"]) == (409, "invalid-transition"), action
            assert (await rows(app, thread_id), await happened(app)) == (before, told)
            continue
        assert (answer.status_code, answer.json()["moderation"]) == (200, after), (action, answer.text)
        first = after == "published" and state == "pending"
        event = HAPPENS.get(after, "published" if first else "restored")
        assert (await happened(app))[len(told) :] == [f"{kind}.{event}", "review.decided"], action
        now = await check_counters(app, thread_id)
        changed = now["thread"] if kind == "thread" else next(one for one in now["replies"] if one["id"] == post["id"])
        assert changed["moderation"] == after
        if kind == "reply":
            ever = after == "published" or "once" in state or state in ("published", "hidden")
            assert (changed["number"] is not None) == ever


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


@pytest.mark.parametrize(
    "body", [{}, {"action": "purge"}, {"action": "approve", "reason": "x" * 501}, {"do": "hide"}]
)
async def test_a_decision_that_is_none_is_422(alice: Person, mona: Person, body: Json) -> None:
    thread = await a_thread(by=alice)
    assert (await mona.put(door(thread), body)).status_code == 422
    assert (await alice.put(door(thread), body)).status_code == 403, "allowed comes before valid"
