"""What a moderator has planned, the thread's author neither moves, removes nor outlives, where authors may close."""

from datetime import timedelta
from typing import Any

import pytest

from service.kit.clock import Clock
from tests.build import a_thread
from tests.cast import Person
from tests.closing.doing import path, shown

pytestmark = pytest.mark.anyio
IN_TWO_DAYS, IN_A_YEAR = {"after": "P2D"}, {"after": "P365D"}


@pytest.fixture
async def thread(alice: Person, ada: Person) -> dict[str, Any]:
    """A thread of alice's, who may close her own."""
    await ada.patch("/api/v1/site", {"author_may_close": True}, headers={"If-Match": "*"})
    return await a_thread(by=alice)


@pytest.mark.parametrize("kind", ["close", "silent_close"])
async def test_a_moderators_plan_stands(thread: dict[str, Any], alice: Person, mona: Person, kind: str) -> None:
    assert (await mona.put(path(thread, "timers", kind), IN_TWO_DAYS)).status_code == 200
    planned = (await shown(mona, thread))["closes_at"]
    tries = [
        await alice.put(path(thread, "timers", "close"), IN_A_YEAR),
        await alice.delete(path(thread, "timers", "close")),
        await alice.put(path(thread, "timers", "open"), {"after": "P3D"}),
        await alice.put(path(thread, "closing"), {}),
        await alice.put(path(thread, "closing"), {"closes_at": "2090-01-01T00:00:00Z"}),
    ]
    assert [answer.json()["code"] for answer in tries] == ["not-allowed"] * len(tries)
    assert (await shown(mona, thread))["closes_at"] == planned
    assert (await mona.put(path(thread, "timers", "close"), IN_A_YEAR)).status_code == 200, "another moderator may"


async def test_her_own_plan_is_hers(thread: dict[str, Any], alice: Person, clock: Clock) -> None:
    assert (await alice.put(path(thread, "timers", "close"), IN_TWO_DAYS)).status_code == 200
    assert (await alice.put(path(thread, "timers", "close"), IN_A_YEAR)).status_code == 200
    terms = {"close_after_idle": "P30D"}
    assert (await alice.put(path(thread, "closing"), terms)).status_code == 200
    assert (await shown(alice, thread))["closing_rule"]["reason"] == "idle"
    clock.offset += timedelta(days=1)
    assert (await alice.delete(path(thread, "timers", "close"))).status_code == 204


async def test_what_does_not_touch_the_plan_is_still_hers(thread: dict[str, Any], alice: Person, mona: Person) -> None:
    await mona.put(path(thread, "timers", "close"), IN_TWO_DAYS)
    closes_at = (await shown(mona, thread))["closing"]["closes_at"]
    answer = await alice.put(path(thread, "closing"), {"closes_at": closes_at, "close_after_idle": "P1D"})
    assert answer.status_code == 200
    assert (await alice.put(path(thread, "closure"), {"reason": "Enough."})).status_code == 200, "earlier is hers too"
