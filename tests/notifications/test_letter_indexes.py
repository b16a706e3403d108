"""Letters are kept for good, so what is asked of them again and again is answered by an index."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session

from service.background.queries import letters_underway
from service.notifications.queries.moderators import asked_last
from tests.cast import Person
from tests.notifications.test_fan_out import overheard

pytestmark = pytest.mark.anyio


def plan_of(session: Session, ask: Callable[[], Any]) -> str:
    """How SQLite answers the statement that is asked."""
    with overheard(session) as said:
        ask()
    statement, parameters = said[-1]
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.sqlite_only("PostgreSQL chooses among indexes by statistics, and a test's table has none")
async def test_an_index_knows_what_is_under_way_and_what_moderators_were_sent(app: FastAPI, mona: Person) -> None:
    underway = await app.state.database.read(lambda session: plan_of(session, lambda: letters_underway(session)))
    assert "letter_underway" in underway
    asked = await app.state.database.read(lambda session: plan_of(session, lambda: asked_last(session, [mona.id])))
    assert "letter_reviews" in asked
