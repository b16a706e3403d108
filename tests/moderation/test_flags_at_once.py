"""Many flags at one instant: each counts once, the post is hidden once, and nobody gets more than their day's."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, col, select

from service.screening.models import Decision
from tests.build import a_reply, a_thread
from tests.cast import Person, enter
from tests.closing.doing import set_site
from tests.moderation.doing import happened
from tests.moderation.flags import flag, review_of, stored

pytestmark = pytest.mark.anyio


async def test_flags_at_once_count_once_each_and_hide_once(app: FastAPI, browse: Any, alice: Person) -> None:
    post = await a_reply(alice, await a_thread(by=alice))
    readers = [await enter(app, await browse(), f"reader-{number}") for number in range(6)]
    answers = await asyncio.gather(*(flag(reader, post) for reader in readers for _ in range(2)))
    raised = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    flags, review = await stored(app), await review_of(app, post)
    assert {answer.status_code for answer in answers} <= {200, 201, 404}
    # Three weigh 3, and hide it: whoever comes later does not see it any more.
    assert sorted(raised) == [row["id"] for row in flags]
    assert len({row["account_id"] for row in flags}) == len(flags) == 3
    assert (review["flag_count"], review["flag_weight"], review["state"]) == (3, 300, "open")

    def hides(session: Session) -> int:
        return len(session.exec(select(Decision.id).where(col(Decision.action) == "hide")).all())

    assert await app.state.database.read(hides) == 1
    kinds = await happened(app)
    assert (kinds.count("flag.raised"), kinds.count("reply.hidden")) == (3, 1)


async def test_one_person_flags_a_post_once_and_no_more_than_a_days_number_at_once(
    app: FastAPI, alice: Person, bob: Person, ada: Person
) -> None:
    await set_site(ada, flags_per_day=3)
    threads = [await a_thread(by=alice) for _ in range(6)]
    same = await asyncio.gather(*(flag(bob, threads[0]) for _ in range(6)))
    assert sorted(answer.status_code for answer in same) == [200] * 5 + [201]
    assert len({answer.json()["id"] for answer in same}) == 1
    more = await asyncio.gather(*(flag(bob, thread) for thread in threads[1:]))
    assert sorted(answer.status_code for answer in more) == [201, 201, 429, 429, 429]
    assert len(await stored(app)) == 3
