"""What the tests of closing do again and again."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col

from service.closing.jobs import AT_ONCE, tell_closed
from service.closing.queries import closed_untold
from service.kit.actor import Actor
from service.kit.clock import from_micros, now, to_micros
from service.kit.database import Session
from service.kit.events import EventRow
from service.kit.queue import enqueue
from service.replies.operations import moderate_reply
from service.replies.queries import lock_reply
from service.screening.policy import Action
from tests.build import another
from tests.cast import Person
from tests.working import Jobs

Json = dict[str, Any]
PAST = timedelta(microseconds=1)


def path(thread: Json, *parts: str) -> str:
    """The thread's address in the API: `path(thread, "closure")`."""
    return "/".join((f"/api/v1/threads/{thread['id']}", *parts))


async def shown(by: Person, thread: Json) -> Json:
    """The thread as somebody sees it now."""
    answer = await by.get(path(thread))
    assert answer.status_code == 200, answer.text
    seen: Json = answer.json()
    return seen


async def close(by: Person, thread: Json, reason: str | None = None) -> Json:
    """Close the thread; the thread that comes back."""
    answer = await by.put(path(thread, "closure"), None if reason is None else {"reason": reason})
    assert answer.status_code == 200, answer.text
    closed: Json = answer.json()
    return closed


async def reopen(by: Person, thread: Json) -> Json:
    """Reopen the thread; the thread that comes back."""
    answer = await by.delete(path(thread, "closure"))
    assert answer.status_code == 200, answer.text
    opened: Json = answer.json()
    return opened


async def try_reply(by: Person, thread: Json, body: str = "") -> tuple[int, Json]:
    """Try to reply: the status, and the JSON. Without a text it says something else each time."""
    said = body or another(by, f"{thread['id']} tried", "One more thing.")
    answer = await by.post(path(thread, "replies"), {"body": said})
    return answer.status_code, answer.json()


async def set_site(ada: Person, **changes: Any) -> Json:
    """Change the site's settings."""
    answer = await ada.patch("/api/v1/site", changes, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    site: Json = answer.json()
    return site


async def set_category(ada: Person, **changes: Any) -> Json:
    """Change the category General."""
    answer = await ada.patch("/api/v1/categories/general", changes)
    assert answer.status_code == 200, answer.text
    category: Json = answer.json()
    return category


async def set_closing(by: Person, thread: Json, **terms: Any) -> Json:
    """Set the thread's own policy."""
    answer = await by.put(path(thread, "closing"), terms)
    assert answer.status_code == 200, answer.text
    policy: Json = answer.json()
    return policy


async def do_sweep(app: FastAPI, jobs: Jobs) -> None:
    """Let a worker sweep now, and do whatever follows."""
    await app.state.database.write(enqueue, "closing.sweep", {})
    await jobs()


def sweep_now(session: Session) -> None:
    """The sweep, as one unit of work of the test's own."""
    tell_closed(session, closed_untold(session, AT_ONCE))


async def told(app: FastAPI, thread: Json, kind: str) -> list[EventRow]:
    """The events of a kind about the thread, oldest first."""

    def look(session: Session) -> list[EventRow]:
        found = session.execute(
            select(EventRow)
            .where(col(EventRow.subject_type) == "thread", col(EventRow.subject_id) == thread["id"])
            .where(col(EventRow.kind) == kind)
            .order_by(col(EventRow.id))
        )
        return list(found.scalars())

    rows: list[EventRow] = await app.state.database.read(look)
    return rows


def instant(text: str) -> datetime:
    """An instant of the API."""
    return datetime.fromisoformat(text)


async def the_time(app: FastAPI) -> datetime:
    """The application's present instant."""
    at: datetime = await app.state.database.read(now)
    return at


def wire(at: datetime) -> str:
    """An instant as the API takes it."""
    return from_micros(to_micros(at)).isoformat()


async def moderate(app: FastAPI, by: Person, reply: Json, action: Action) -> None:
    """Take a step of a reply's moderation."""
    actor = Actor(account_id=by.id, username=by.username, role="moderator")

    def work(session: Session) -> None:
        seen, found = lock_reply(session, actor, reply["id"], in_trash=True)
        moderate_reply(session, actor, seen, found, action)

    await app.state.database.write(work)
