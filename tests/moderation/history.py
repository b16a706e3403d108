"""A history of moderation by chance, undone in an order by chance; and everything that it concerned, row by row."""

import random
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import FastAPI
from sqlalchemy import Table, select
from sqlmodel import Session

from service.accounts.models import Account
from service.closing.models import Timer
from service.kit.database.rows import table_of
from service.moderation.models import Flag, Review, Suspension
from service.replies.models import Reply
from service.screening.models import Decision, HeldEdit
from service.screening.policy import DEEDS
from service.subscriptions.models import Mention, Subscription
from service.threads.models import Thread
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, at, door, hold_all, hold_none

CONCERNED: Final = (Thread, Reply, Review, Account, Suspension, Flag, HeldEdit, Mention, Subscription)
"""The tables in which every row must be as it was; timers are compared by what they will do."""

GIVEN: Final[dict[str, tuple[str, ...]]] = {
    "thread": ("version", "last_number"),
    "reply": ("version", "number"),
    "review": ("version", "claimed_by_id", "claimed_until"),
    "account": ("version",),
}
"""What was given stays: versions, and numbers of replies, which are permanent."""

REASONS: Final = ("", "Off the topic.", "Please leave names out.")


@dataclass
class History:
    """A site with posts of every kind, its moderators, and what has been done so far."""

    app: FastAPI
    chance: random.Random
    members: tuple[Person, ...]
    moderators: tuple[Person, ...]
    threads: list[Json] = field(default_factory=list)
    posts: list[Json] = field(default_factory=list)
    done: int = 0

    async def begin(self) -> None:
        """Threads and replies that are published, that wait, and that readers have flagged."""
        alice, bob, charlie = self.members
        self.threads = [await a_thread(by=alice) for _ in range(3)]
        first = [await a_reply(bob, thread) for thread in self.threads for _ in range(3)]
        below = [await a_reply(alice, self.threads[0], parent=first[0]["id"]) for _ in range(2)]
        below.append(await a_reply(charlie, self.threads[0], parent=below[0]["id"]))
        await hold_all(self.moderators[-1])
        held = [await a_reply(charlie, thread) for thread in self.threads]
        held += [await a_reply(bob, self.threads[0], parent=below[0]["id"]), await a_thread(by=bob)]
        await hold_none(self.moderators[-1])
        for post in (first[1], first[4], self.threads[1]):
            await charlie.post(f"{at(post)}/flags", {"reason": "spam"})
        self.posts = [*self.threads, *first, *below, *held]

    async def go_on(self, steps: int) -> None:
        """So many deeds by chance; some are refused, and change nothing."""
        deeds: tuple[Any, ...] = (self.decide,) * 10 + (self.many,) * 2 + (self.openness,) * 3 + (self.pin,) * 2
        deeds += (self.sanction,) * 3 + (self.remove,)
        for _ in range(steps):
            answer = await self.chance.choice(deeds)(self.chance.choice(self.moderators))
            assert answer.status_code in (200, 204, 403, 404, 409), answer.text
            self.done += answer.status_code in (200, 204)

    async def decide(self, by: Person) -> Any:
        """One step with one post."""
        body = {"action": self.chance.choice(DEEDS), "reason": self.chance.choice(REASONS), "override": True}
        return await by.put(door(self.chance.choice(self.posts)), body)

    async def many(self, by: Person) -> Any:
        """One step with some posts."""
        reviews = (await by.get("/api/v1/reviews?limit=100")).json()["items"]
        chosen = self.chance.sample(reviews, min(len(reviews), self.chance.randint(1, 6)))
        items = [{"id": each["id"], "version": each["version"]} for each in chosen] or [{"id": 1, "version": 1}]
        body = {"items": items, "action": self.chance.choice(DEEDS), "mode": self.chance.choice(("each", "all"))}
        return await by.post("/api/v1/reviews/decisions", body)

    async def openness(self, by: Person) -> Any:
        """Close, reopen, archive, or take out of the archive."""
        path = f"/api/v1/threads/{self.chance.choice(self.threads)['id']}"
        which = self.chance.randint(0, 3)
        if which == 0:
            waiting = self.chance.choice(("keep", "keep", "approve", "reject"))
            return await by.put(f"{path}/closure", {"reason": self.chance.choice(REASONS), "waiting": waiting})
        if which == 1:
            return await by.delete(f"{path}/closure")
        return await (by.put if which == 2 else by.delete)(f"{path}/archive")

    async def pin(self, by: Person) -> Any:
        """Pin a thread in some way, or unpin it."""
        path = f"/api/v1/threads/{self.chance.choice(self.threads)['id']}/pin"
        if self.chance.random() < 0.3:
            return await by.delete(path)
        until = self.chance.choice((None, "2090-01-01T00:00:00Z"))
        return await by.put(path, {"until": until, "everywhere": self.chance.random() < 0.5})

    async def sanction(self, by: Person) -> Any:
        """Silence or suspend somebody, or end that."""
        path = f"/api/v1/accounts/{self.chance.choice(self.members).username}/suspension"
        if self.chance.random() < 0.4:
            return await by.delete(path)
        until = self.chance.choice((None, "2090-01-01T00:00:00Z"))
        body = {"until": until, "reason": "You were warned.", "silence": self.chance.random() < 0.5}
        return await by.put(path, body)

    async def remove(self, by: Person) -> Any:
        """Take away all that somebody has posted."""
        path = f"/api/v1/accounts/{self.chance.choice(self.members).username}/removal"
        return await by.post(path, {"reason": "Spam.", "silence": self.chance.random() < 0.5})

    async def undo_all(self) -> int:
        """Undo every decision that stands, in an order by chance; what is refused now, because it would show something
        in an archived thread, is tried again later. Returns how many were undone.
        """
        undone = 0
        while waiting := await self.app.state.database.read(standing):
            self.chance.shuffle(waiting)
            before = undone
            for event_id in waiting:
                answer = await self.moderators[-1].post(f"/api/v1/audit/{event_id}/undo")
                assert answer.status_code in (200, 409), answer.text
                undone += answer.status_code == 200
            assert undone > before, answer.text
        return undone

    async def everything(self) -> dict[str, dict[int, Json]]:
        """Every row of the tables concerned, by table and id."""
        found: dict[str, dict[int, Json]] = await self.app.state.database.read(every_row)
        return found


def standing(session: Session) -> list[int]:
    """The entries of the log of all decisions that stand and have an inverse, and belong to no other that stands."""
    rows = {row.id: row for row in session.execute(select(Decision)).scalars()}
    return [
        row.event_id or row.step_event_id or 0
        for row in rows.values()
        if row.undone_at is None
        and (row.before or row.subject == "batch")
        and (row.batch_id is None or rows[row.batch_id].undone_at is not None)
    ]


def every_row(session: Session) -> dict[str, dict[int, Json]]:
    """The rows without what was given to them, and the timers that run by thread, kind and instant."""
    found = {}
    for model in CONCERNED:
        table: Table = table_of(model)
        rows = session.execute(select(table)).mappings()
        found[table.name] = {
            key_of(row): {name: value for name, value in row.items() if name not in GIVEN.get(table.name, ())}
            for row in rows
        }
    timers = session.execute(select(Timer)).scalars()
    found["timer"] = {(timer.thread_id, timer.kind, timer.at): {} for timer in timers if timer.ended_at is None}
    return found


def key_of(row: Any) -> Any:
    """The row's id; tables without one are told apart by all that they say."""
    return row["id"] if "id" in row else tuple(row.values())


def differences(before: dict[str, dict[int, Json]], after: dict[str, dict[int, Json]]) -> list[str]:
    """What is not as it was. A review or a suspension that was made and undone stays, and says that nothing holds."""
    found = []
    for table, rows in before.items():
        found += [f"{table} {key} is gone" for key in rows.keys() - after[table].keys()]
        for key, row in after[table].items():
            if key not in rows:
                found += [] if is_void(table, row) else [f"{table} {key} is new: {row}"]
            elif row != rows[key]:
                changed = {name: (rows[key][name], row[name]) for name in row if row[name] != rows[key][name]}
                found.append(f"{table} {key}: {changed}")
    return found


def is_void(table: str, row: Json) -> bool:
    """Whether a row that is new says that nothing holds."""
    if table == "review":
        said = (row["state"], row["action"], row["reason"], row["decided_at"], row["flag_count"])
        return said == ("decided", None, "", None, 0)
    return table == "suspension" and row["lifted_at"] is not None
