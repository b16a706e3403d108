"""Whom news concern, below the doors: every reason in one statement, chunk by chunk, on both databases."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from service.categories.models import Category
from service.kit.clock import now
from service.kit.database import Database, Session
from service.kit.database.rows import stored_id
from service.replies.models import Reply
from service.subscriptions.models import Mention
from service.subscriptions.policy import Bearings
from service.subscriptions.queries import News, Reader, audience
from service.threads.models import Thread
from tests.subscriptions.test_audience import fill, follow

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Scene:
    """A thread by the third of six people (the last two moderate and administer), and a reply in it."""

    thread_id: int
    reply_id: int
    people: list[int]


def scene(session: Session, visibility: str = "public") -> Scene:
    thread_id, people = fill(session, visibility)
    at = now(session)
    reply = Reply(thread_id=thread_id, number=1, author_id=people[0], body="b", body_html="b", created_at=at)
    session.add(reply)
    session.flush()
    return Scene(thread_id, stored_id(reply.id), people)


def mention(session: Session, at: Scene, account_id: int, *, event: int = 1, opening: bool = False) -> None:
    reply_id = None if opening else at.reply_id
    row = Mention(
        thread_id=at.thread_id, reply_id=reply_id, account_id=account_id, event_id=event, created_at=now(session)
    )  # fmt: skip
    session.add(row)
    session.flush()


def walk(session: Session, at: Scene, news: News, limit: int) -> list[Reader]:
    """The whole audience, asked for in chunks of `limit`."""
    thread = session.get_one(Thread, at.thread_id)
    category = session.get_one(Category, thread.category_id)
    found: list[Reader] = []
    after = 0
    while chunk := audience(session, thread, category, news, after, limit):
        assert len(chunk) <= limit
        found += chunk
        after = chunk[-1].account_id
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_everybody_once_in_order_with_every_reason(database: Database, limit: int) -> None:
    def work(session: Session) -> tuple[list[Reader], list[int]]:
        at = scene(session)
        people = at.people
        follow(session, at.thread_id, people[0], "watching", "replied")
        follow(session, at.thread_id, people[1], "normal")
        follow(session, at.thread_id, people[3], "muted")
        for account_id in (people[0], people[1], people[3], people[5]):
            mention(session, at, account_id)
        mention(session, at, people[4], opening=True)
        session.execute(update(Mention).where(col(Mention.account_id) == people[5]).values(quoted=True))
        news = News(watching=True, answered=people[0], reply=at.reply_id)
        return walk(session, at, news, limit), people

    found, people = await database.write(work)
    assert found == [
        Reader(people[0], Bearings("watching", "replied"), answered=True, mentioned=True),
        Reader(people[1], Bearings("normal", "chosen"), mentioned=True),
        Reader(people[2], Bearings(is_author=True)),
        Reader(people[3], Bearings("muted", "chosen"), mentioned=True),
        Reader(people[5], Bearings(), mentioned=True, quoted=True),
    ]


async def test_an_edit_reaches_the_mentioned_alone(database: Database) -> None:
    def work(session: Session) -> tuple[dict[str, list[int]], list[int]]:
        at = scene(session)
        people = at.people
        follow(session, at.thread_id, people[0], "watching")
        mention(session, at, people[0], event=1)
        mention(session, at, people[1], event=2)
        mention(session, at, people[3], event=2, opening=True)
        mention(session, at, people[4], event=3, opening=True)
        kinds = {
            "opening": News(watching=True, first=True, opening=True),
            "first": News(mentioned_by=1),
            "second": News(mentioned_by=2),
        }
        kinds["none"] = News(mentioned_by=9)
        return {name: [one.account_id for one in walk(session, at, news, 2)] for name, news in kinds.items()}, people

    found, people = await database.write(work)
    assert found == {
        "opening": [people[3], people[4]],
        "first": [people[0]],
        "second": [people[1], people[3]],
        "none": [],
    }


@pytest.mark.parametrize(("visibility", "expected"), [("members", [0, 1, 2, 3, 4, 5]), ("staff", [4, 5])])
async def test_nobody_who_may_not_see_the_category_for_whatever_reason(
    database: Database, visibility: str, expected: list[int]
) -> None:
    def work(session: Session) -> tuple[list[Reader], list[int]]:
        at = scene(session, visibility)
        for account_id in (at.people[1], at.people[3], at.people[4], at.people[5]):
            mention(session, at, account_id)
        news = News(watching=True, answered=at.people[0], reply=at.reply_id)
        return walk(session, at, news, 2), at.people

    found, people = await database.write(work)
    assert [one.account_id for one in found] == [people[place] for place in expected]


async def test_a_mention_is_there_once(database: Database) -> None:
    """A reply mentions a person once, and so does an opening: the table itself sees to it."""

    def again(opening: bool) -> Any:
        def work(session: Session) -> None:
            at = scene(session)
            mention(session, at, at.people[1], opening=opening)
            mention(session, at, at.people[1], opening=not opening)
            mention(session, at, at.people[1], opening=opening, event=2)

        return work

    for opening in (True, False):
        with pytest.raises(Exception, match=r"(?i)unique"):
            await database.write(again(opening))
