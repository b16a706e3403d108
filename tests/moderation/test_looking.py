"""Looking through reviews: by list, category, flag, rule, author and age; answered by indexes, for reviews are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import Session, col

from service.kit.actor import SYSTEM
from service.kit.clock import Clock
from service.moderation.models import Review
from service.moderation.queries import Sought, list_reviews
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, hold_all, hold_none
from tests.moderation.flags import flagged
from tests.notifications.test_letter_indexes import plan_of

pytestmark = pytest.mark.anyio


async def found(by: Person, query: str) -> list[Json]:
    """The replies of the reviews that are found."""
    answer = await by.get(f"/api/v1/reviews?{query}")
    assert answer.status_code == 200, answer.text
    return [each["reply_id"] for each in answer.json()["items"]]


async def test_reviews_are_found_by_what_they_are(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, clock: Clock
) -> None:
    await ada.post("/api/v1/categories", {"name": "Letters", "slug": "letters"})
    general, letters = await a_thread(by=mona), await a_thread(by=mona, category="letters")
    public = await a_reply(bob, general, "Everybody reads this.")
    await flagged(alice, public, "abusive")
    await flagged(charlie, public, "spam")
    await hold_all(ada)
    clock.offset += timedelta(days=2)
    first = await a_reply(bob, general, "The first.")
    second = await a_reply(alice, letters, "The second.")
    await hold_none(ada)
    for query, wanted in (
        ("state=open", [public, first, second]), ("state=waiting", [first, second]), ("state=flagged", [public]),
        ("state=decided", []), ("state=open&category=letters", [second]), ("reason=abusive", [public]),
        ("state=flagged&reason=off-topic", []), ("state=open&author=bob", [public, first]), ("author=Alice", [second]),
        (f"state=open&opened_before={datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}", [public]),
        ("state=open&rule=7", []),
    ):  # fmt: skip
        assert await found(mona, query) == [post["id"] for post in wanted], query

    def blame(session: Session) -> None:
        session.execute(update(Review).where(col(Review.reply_id) == second["id"]).values(rule_id=7))

    await app.state.database.write(blame)
    assert await found(mona, "rule=7") == await found(mona, "rule=7&state=waiting&author=alice") == [second["id"]]
    page = await mona.get("/api/v1/reviews?state=open&author=bob&limit=1")
    assert await found(mona, f"author=bob&state=open&cursor={page.json()['next']}") == [first["id"]]
    assert "author=bob" in page.headers["link"]
    for wrong, status in (("author=nobody", 404), ("category=none", 404), ("reason=x", 422), ("rule=x", 422)):
        assert (await mona.get(f"/api/v1/reviews?{wrong}")).status_code == status


@pytest.mark.sqlite_only("PostgreSQL chooses among indexes by statistics: tests/size asks it, on large tables")
async def test_indexes_know_the_order_of_reviews(app: FastAPI) -> None:
    for sought, index in (
        (Sought(), "review_by_age"), (Sought(state="decided"), "review_by_age"), (Sought(state="open"), "review_open"),
        (Sought(state="waiting"), "review_open"), (Sought(state="flagged"), "review_flagged"),
        (Sought(rule_id=7), "review_of_rule"), (Sought(author_id=7), "reply_by_"),
        (Sought(state="open", reason="spam"), "flag_of_post"),
    ):  # fmt: skip

        def plan(session: Session, sought: Sought = sought) -> str:
            return plan_of(session, lambda: list_reviews(session, SYSTEM, sought, None, 20))

        said = await app.state.database.read(plan)
        assert index in said, (sought, said)
