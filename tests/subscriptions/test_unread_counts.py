"""Which threads' new replies are counted: the SQL of the lists against `policy.effective`, in every combination."""

from itertools import product

import pytest

from service.categories.models import Category
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Database, Session
from service.kit.database.rows import stored_id
from service.subscriptions.models import LEVELS, CategorySubscription, Subscription, TagSubscription
from service.subscriptions.policy import Bearings, effective
from service.subscriptions.queries import unread_in
from service.tags.models import Tag, ThreadTag
from service.threads.models import Thread
from tests.cast import bring_in

pytestmark = pytest.mark.anyio
SOME = (None, *LEVELS)


def one(session: Session, name: str, author: int, me: int, said: tuple[str | None, ...]) -> tuple[int, Bearings]:
    """A thread with one reply by its counters, in a category and with two tags of its own, and what I said of them."""
    own, first, second, on_category = said
    at = now(session)
    category = Category(slug=name, name=name)
    tags = [Tag(name=f"{name}-{place}", slug=f"{name}-{place}") for place in (1, 2)]
    session.add_all([category, *tags])
    session.flush()
    thread = Thread(
        category_id=stored_id(category.id), author_id=author, title="T", slug="t", body="b", body_html="b",
        created_at=at, published_at=at, idle_anchor=at, active_at=at, reply_count=1, last_number=1,
    )  # fmt: skip
    session.add(thread)
    session.flush()
    thread_id, levels = stored_id(thread.id), dict[int, str]()
    for tag, level in zip(tags, (first, second), strict=True):
        session.add(ThreadTag(thread_id=thread_id, tag_id=stored_id(tag.id)))
        if level is not None:
            levels[stored_id(tag.id)] = level
            session.add(TagSubscription(tag_id=stored_id(tag.id), account_id=me, level=level, since=at))
    if own is not None:
        session.add(Subscription(thread_id=thread_id, account_id=me, level=own, reason="chosen", since=at))
    if on_category is not None:
        row = CategorySubscription(category_id=stored_id(category.id), account_id=me, level=on_category, since=at)
        session.add(row)
    session.flush()
    return thread_id, Bearings(own, own and "chosen", author == me, levels, on_category)


async def test_sql_and_policy_agree(database: Database) -> None:
    def work(session: Session) -> tuple[dict[int, int], dict[int, Bearings]]:
        me, other = (bring_in(session, name, "member")[0] for name in ("me", "other"))
        tags = [(None, None), *((level, None) for level in LEVELS), ("watching", "muted"), ("tracking", "normal")]
        cases = list(product(SOME, tags, (None, "watching", "tracking", "muted"), (me, other)))
        made = [
            one(session, f"n{place}", author, me, (own, *pair, on_category))
            for place, (own, pair, on_category, author) in enumerate(cases)
        ]
        expected = dict(made)
        return unread_in(session, Actor(me, "me", "member"), list(expected)), expected

    found, expected = await database.write(work)
    counted = {each for each, bearings in expected.items() if effective(bearings).level in ("watching", "tracking")}
    assert set(found) == counted
    assert set(found.values()) == {1}
    assert 0 < len(counted) < len(expected)
