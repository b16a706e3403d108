"""The stage on which every operation is tried: the cast, one thread by alice, one reply by her, and what a try needs.

On a fresh database all ids on it are 1, so that the document's examples can name them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import insert

from service.kit.clock import now
from service.kit.database import Session
from service.kit.queue.tables import job
from service.notifications.models import Letter
from service.settings import Settings
from tests.build import a_reply, a_thread
from tests.cast import Person, enter
from tests.working import Jobs

ROLES = {"alice": "member", "bob": "member", "mona": "moderator", "ada": "admin"}
Open = Callable[[], Awaitable[httpx.AsyncClient]]


@dataclass
class Stage:
    """The application with its people; `guest` is nobody."""

    app: FastAPI
    settings: Settings
    guest: httpx.AsyncClient
    people: dict[str, Person]
    thread: dict[str, Any] = field(default_factory=dict)
    reply: dict[str, Any] = field(default_factory=dict)

    def client(self, who: str) -> httpx.AsyncClient:
        """The HTTP client of one of the cast, or the guest's."""
        return self.people[who].client if who in self.people else self.guest

    async def jobs(self) -> None:
        """Let the worker do what is due."""
        await Jobs(self.app, self.settings)()

    async def must(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Do something that has to work; returns the answer's JSON, None when there is none."""
        answer = await self.client(who).request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


async def hold(stage: Stage, posts: int) -> None:
    """So many first posts of everybody wait from now on."""
    await stage.must("ada", "PATCH", "/site", {"hold_first_posts": posts}, **{"If-Match": "*"})


async def hold_edit(stage: Stage, post: str) -> None:
    """An edit of a post of alice's waits for a moderator."""
    await hold(stage, 100)
    await stage.must("alice", "PATCH", post, {"body": "Who came home, and to what?"})
    await hold(stage, 0)


def bury_one(session: Session, job_id: int) -> None:
    """A job that was given up."""
    at = now(session)
    row = {"id": job_id, "kind": "notifications.deliver", "payload": {"letter": 999_999}, "attempts": 6}
    session.execute(
        insert(job), row | {"run_at": at, "created_at": at, "dead_at": at, "last_error": "nobody was there"}
    )


def mail_one(session: Session, message_id: str) -> None:
    """A letter that was sent to the first of the cast."""
    at = now(session)
    session.add(Letter(account_id=1, state="sent", message_id=message_id, due_at=at, created_at=at, ended_at=at))
    session.flush()


async def set_stage(app: FastAPI, settings: Settings, opened: Open) -> Stage:
    """The cast signed in (alice first), with her thread and her reply in it."""
    people = {name: await enter(app, await opened(), name, role) for name, role in ROLES.items()}
    stage = Stage(app, settings, await opened(), people)
    stage.thread = await a_thread(people["alice"])
    stage.reply = await a_reply(people["alice"], stage.thread)
    return stage
