"""What the tests of moderation do again and again: bring a post into a state, take steps, and count afresh."""

from typing import Any, Final

from fastapi import FastAPI
from sqlalchemy import func, select
from sqlmodel import Session, col

from service.kit.events import EventRow
from service.replies.models import Reply
from service.threads.models import Thread
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import set_site

Json = dict[str, Any]
WAYS: Final[dict[str, tuple[str, ...]]] = {
    "pending": (),
    "published": ("approve",),
    "hidden": ("approve", "hide"),
    "rejected": ("reject",),
    "spam, never shown": ("spam",),
    "spam, once shown": ("approve", "spam"),
    "trashed, never shown": ("trash",),
    "trashed, once shown": ("approve", "trash"),
    "trashed, once hidden": ("approve", "hide", "trash"),
}
"""The steps that bring a held post into every state there is, with where it came from."""


async def hold_all(ada: Person) -> None:
    """From now on every post of a member waits."""
    await set_site(ada, hold_first_posts=100)


async def hold_none(ada: Person) -> None:
    """From now on no post waits."""
    await set_site(ada, hold_first_posts=0)


def door(post: Json) -> str:
    """Where a post is moderated."""
    kind = "replies" if "number" in post else "threads"
    return f"/api/v1/{kind}/{post['id']}/moderation"


def at(post: Json) -> str:
    """The post's address in the API."""
    return door(post).removesuffix("/moderation")


def thread_of(post: Json) -> int:
    """The id of the thread that a post is, or stands in."""
    return int(post["thread_id"] if "thread_id" in post else post["id"])


async def step(by: Person, post: Json, action: str, reason: str = "") -> Json:
    """Take a step that has to work; the review."""
    answer = await by.put(door(post), {"action": action, "reason": reason})
    assert answer.status_code == 200, (action, answer.text)
    review: Json = answer.json()
    return review


async def a_held(
    kind: str, author: Person, thread: Json, *, way: tuple[str, ...] = (), by: Person | None = None
) -> Json:
    """A post of the author's, held and then brought along a way; a reply stands in `thread`."""
    post = await (a_reply(author, thread) if kind == "reply" else a_thread(by=author))
    assert post["moderation"] == "pending"
    for action in way:
        assert by is not None
        await step(by, post, action)
    return post


async def rows(app: FastAPI, thread_id: int) -> Json:
    """Everything stored of a thread and its replies."""

    def look(session: Session) -> Json:
        thread = session.execute(select(Thread).where(col(Thread.id) == thread_id)).scalar_one()
        replies = session.execute(select(Reply).where(col(Reply.thread_id) == thread_id).order_by(col(Reply.id)))
        return {"thread": thread.model_dump(), "replies": [reply.model_dump() for reply in replies.scalars()]}

    found: Json = await app.state.database.read(look)
    return found


async def happened(app: FastAPI) -> list[str]:
    """The kinds of all events so far, in order."""

    def look(session: Session) -> list[str]:
        return list(session.execute(select(col(EventRow.kind)).order_by(col(EventRow.id))).scalars())

    kinds: list[str] = await app.state.database.read(look)
    return kinds


async def count_of(app: FastAPI, model: Any) -> int:
    """How many rows a table has."""
    return int(
        await app.state.database.read(lambda session: session.execute(select(func.count(model.id))).scalar_one())
    )


def recount(found: Json) -> Json:
    """What a thread and its replies must know of each other, counted from the replies alone."""
    thread, replies = found["thread"], found["replies"]
    shown = [reply for reply in replies if reply["moderation"] == "published"]
    heard = [reply["created_at"] for reply in shown if reply["is_heard"]]
    children: dict[int, list[Json]] = {}
    for reply in replies:
        children.setdefault(reply["parent_id"], []).append(reply)

    def stands(reply: Json) -> bool:
        """Published, or a stub: it has a number and something under it stands."""
        return reply["moderation"] == "published" or (reply["number"] is not None and below(reply) > 0)

    def below(reply: Json) -> int:
        return sum(stands(child) for child in children.get(reply["id"], ()))

    return {
        "reply_count": len(shown),
        "last_reply_at": max((reply["created_at"] for reply in shown), default=None),
        "idle_anchor": max(heard, default=thread["published_at"]),
        "child_counts": {reply["id"]: below(reply) for reply in replies},
    }


def kept(found: Json) -> Json:
    """The same as `recount`, as it is stored."""
    thread = found["thread"]
    return {
        "reply_count": thread["reply_count"],
        "last_reply_at": thread["last_reply_at"],
        "idle_anchor": thread["idle_anchor"],
        "child_counts": {reply["id"]: reply["child_count"] for reply in found["replies"]},
    }


def check_numbers(found: Json) -> None:
    """Numbers are given once, in the order of publication, to what was published, and never above the thread's last."""
    numbered = [reply for reply in found["replies"] if reply["number"] is not None]
    numbers = [reply["number"] for reply in numbered]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers, default=0) == found["thread"]["last_number"]
    by_number = sorted(numbered, key=lambda reply: int(reply["number"]))
    times = [reply["published_at"] for reply in by_number]
    assert times == sorted(times)
    assert all(reply["published_at"] is None for reply in found["replies"] if reply["number"] is None)
    never = {"pending", "rejected"}
    assert all((reply["moderation"] not in never) for reply in numbered)


async def check_counters(app: FastAPI, thread_id: int) -> Json:
    """The stored counters are those of the rows; returns the rows."""
    found = await rows(app, thread_id)
    assert kept(found) == recount(found)
    check_numbers(found)
    return found
