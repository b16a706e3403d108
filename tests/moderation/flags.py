"""What the tests of flags do again and again."""

from typing import Any

import httpx
from fastapi import FastAPI
from sqlmodel import Session, col, select, update

from service.accounts.models import Account
from service.moderation.models import Flag, Review
from service.threads.models import Thread
from tests.cast import Person
from tests.moderation.doing import at

Json = dict[str, Any]


async def flag(by: Person, post: Json, reason: str = "spam", **more: Any) -> httpx.Response:
    """Flag a post."""
    return await by.post(f"{at(post)}/flags", {"reason": reason, **more})


async def flagged(by: Person, post: Json, reason: str = "spam", **more: Any) -> Json:
    """Flag a post, which has to work for the first time."""
    answer = await flag(by, post, reason, **more)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def stored(app: FastAPI) -> list[Json]:
    """All flags, in the order in which they were raised."""

    def look(session: Session) -> list[Json]:
        return [row.model_dump() for row in session.exec(select(Flag).order_by(col(Flag.id)))]

    found: list[Json] = await app.state.database.read(look)
    return found


async def outcomes(app: FastAPI) -> list[str | None]:
    """What became of all flags."""
    return [row["outcome"] for row in await stored(app)]


async def review_of(app: FastAPI, post: Json) -> Json:
    """The stored review of a post."""
    reply_id = post["id"] if "number" in post else None
    thread_id = post["thread_id"] if reply_id else post["id"]

    def look(session: Session) -> Json:
        query = select(Review).where(Review.thread_id == thread_id, Review.reply_id == reply_id)
        return session.exec(query).one().model_dump()

    found: Json = await app.state.database.read(look)
    return found


async def category_of(app: FastAPI, thread: Json) -> int:
    """The id of a thread's category."""

    def look(session: Session) -> int:
        return session.get_one(Thread, thread["id"]).category_id

    found: int = await app.state.database.read(look)
    return found


async def set_account(app: FastAPI, person: Person, **columns: Any) -> None:
    """Set columns of somebody's account."""

    def work(session: Session) -> None:
        session.execute(update(Account).where(col(Account.id) == person.id).values(**columns))

    await app.state.database.write(work)
