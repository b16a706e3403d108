"""Random histories of one thread, through the doors, against the oracle: replies, policies, closings, timers,
approvals, jumps of the clock, and a worker that is often away.

Deadlines stand half an hour beside whole hours and the clock jumps by whole hours, so that the seconds which a history
itself takes decide nothing.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from service.app import create_app
from service.closing.jobs import FIRE
from service.kit.clock import Clock
from service.kit.database import Session
from service.kit.events import EventRow
from service.kit.queue import enqueue
from service.replies.models import Reply
from service.settings import Settings, load_settings
from service.threads.models import Thread as StoredThread
from tests.cast import Person, enter
from tests.closing.oracle import TERMS, World
from tests.closing.oracle import Thread as Expected
from tests.conftest import BASE_URL, SECRET
from tests.working import Jobs

HOURS = st.integers(0, 30)
SPANS = st.one_of(st.none(), st.just("off"), st.integers(0, 40))
COUNTS = st.one_of(st.none(), st.just("off"), st.integers(1, 4))
HALF = timedelta(minutes=30)
EXAMPLES, STEPS = 10, 30


class Stage:
    """The application on a movable clock, its people, and one thread after another."""

    def __init__(self, portal: BlockingPortal, site: Settings, stack: ExitStack) -> None:
        self.portal, self.settings, self.clock = portal, site, Clock()
        self.app: FastAPI = create_app(site, clock=self.clock, worker=False)
        stack.enter_context(portal.wrap_async_context_manager(self.app.router.lifespan_context(self.app)))
        self.people = {
            name: self.enter(stack, name, role)
            for name, role in (("alice", "member"), ("bob", "member"), ("mona", "moderator"), ("ada", "admin"))
        }

    def enter(self, stack: ExitStack, name: str, role: str) -> Person:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=BASE_URL)
        stack.enter_context(self.portal.wrap_async_context_manager(client))
        return self.portal.call(enter, self.app, client, name, role)

    def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        async def send() -> httpx.Response:
            return await self.people[who].client.request(method, f"/api/v1{path}", json=body, headers=headers)

        answer = self.portal.call(send)
        assert answer.status_code < 500, answer.text
        return answer

    def work(self) -> None:
        """The worker does all that is due, and looks for what time has done."""
        for kind in ("closing.sweep", FIRE):
            self.portal.call(self.app.state.database.write, enqueue, kind, {})
        self.portal.call(Jobs(self.app, self.settings).__call__)

    def events(self, thread_id: int) -> list[str]:
        """The kinds of what was recorded of the thread's openness, in order."""

        def look(session: Session) -> list[str]:
            of = EventRow.subject_type == "thread", EventRow.subject_id == thread_id
            kinds = ("thread.closed", "thread.reopened")
            rows = session.execute(select(EventRow.kind).where(*of).order_by(EventRow.id)).scalars()  # type: ignore[call-overload]
            return [kind for kind in rows if kind in kinds]

        return self.portal.call(self.app.state.database.read, look)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def wire(value: Any) -> Any:
    """A term as the JSON door takes it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return f"PT{int(value.total_seconds())}S" if isinstance(value, timedelta) else value


ANEW = count()
"""What makes each post another."""


class Histories(RuleBasedStateMachine):
    """One history. Every rule does a thing at the door and tells the oracle; then both must agree."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        for path in ("/site", "/categories/general"):
            self.patch(path, {"closing": dict.fromkeys(TERMS)})
        self.patch("/site", {"hold_first_posts": 0})
        made = self.ask("alice", "POST", "/threads", {"title": "A history", "body": f"It begins: {next(ANEW)}."}).json()
        self.thread = made["id"]
        self.world = World(Expected(instant(made["created_at"])))

    def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.stage.ask(who, method, path, body, **headers)

    def patch(self, path: str, body: Any) -> None:
        answer = self.ask("ada", "PATCH", path, body, **{"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    @property
    def now(self) -> datetime:
        return self.stage.clock.now().astimezone(UTC)

    def at(self, path: str = "") -> str:
        return f"/threads/{self.thread}{path}"

    def beside(self, hours: int) -> datetime:
        """An instant to come, half an hour beside the present one's hours."""
        return (self.now + timedelta(hours=hours) + HALF).replace(microsecond=0)

    @rule(hours=st.sampled_from((1, 2, 5, 12, 24, 72)))
    def time_passes(self, hours: int) -> None:
        self.stage.clock.offset += timedelta(hours=hours)

    @rule(who=st.sampled_from(("bob", "bob", "alice", "mona")), times=st.integers(1, 4))
    def somebody_replies(self, who: str, times: int) -> None:
        for _ in range(times):
            self.reply(who)

    def reply(self, who: str) -> None:
        state, moderator = self.world.state(self.now), who == "mona"
        answer = self.ask(who, "POST", self.at("/replies"), {"body": f"A thought of {who}’s, number {next(ANEW)}."})
        if state == "archived" or (state == "closed" and not moderator):
            assert (answer.status_code, answer.json()["code"]) == (409, "thread-closed")
            return
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert made["posted_while_closed"] == (state == "closed")
        self.world.reply(made["id"], instant(made["created_at"]), self.now, moderator=moderator)
        self.check_reply(made["id"], made)

    @rule(holds=st.booleans())
    def first_posts_are_held(self, holds: bool) -> None:
        self.patch("/site", {"hold_first_posts": 100 if holds else 0})
        self.world.holds = holds

    def some(self, *states: str) -> list[int]:
        return sorted(number for number, post in self.world.thread.posts.items() if post.state in states)

    @precondition(lambda self: self.some("pending", "published", "hidden"))
    @rule(choice=st.integers(0, 50))
    def a_moderator_decides(self, choice: int) -> None:
        ids = self.some("pending", "published", "hidden")
        reply_id = ids[choice % len(ids)]
        post = self.world.thread.posts[reply_id]
        action = {"pending": "approve", "published": "hide", "hidden": "restore"}[post.state]
        answer = self.ask("mona", "PUT", f"/replies/{reply_id}/moderation", {"action": action})
        if action != "hide" and self.world.thread.archived_at:
            assert answer.json()["code"] == "thread-closed"
            return
        assert answer.status_code == 200, answer.text
        if action == "approve":
            self.world.approve(reply_id, self.published_at(reply_id), self.now)
        else:
            post.state = "hidden" if action == "hide" else "published"
        self.check_reply(reply_id, self.ask("mona", "GET", f"/replies/{reply_id}").json())

    def published_at(self, reply_id: int) -> datetime:
        """When the store says that it was published: the oracle cannot know the microsecond."""

        def look(session: Session) -> datetime:
            found = session.get(Reply, reply_id)
            assert found is not None
            assert found.published_at is not None
            return found.published_at

        when: datetime = self.stage.portal.call(self.stage.app.state.database.read, look)
        return when

    def check_reply(self, reply_id: int, shown: Any) -> None:
        post = self.world.thread.posts[reply_id]
        assert (shown["number"], shown["moderation"]) == (post.number, post.state)

    @rule()
    def a_moderator_closes(self) -> None:
        answer = self.ask("mona", "PUT", self.at("/closure"), {"reason": "Enough."})
        assert answer.status_code == 200, answer.text
        if not self.world.is_closed(self.now):
            self.world.close(instant(answer.json()["closed_at"]))

    @rule()
    def a_moderator_undoes_the_closing(self) -> None:
        answer = self.ask("mona", "POST", self.at("/closure/undo"))
        assert answer.status_code == (200 if self.world.undo(self.now) else 409), answer.text

    @rule()
    def a_moderator_reopens(self) -> None:
        answer = self.ask("mona", "DELETE", self.at("/closure"))
        if self.world.thread.archived_at:
            assert (answer.status_code, answer.json()["code"]) == (409, "invalid-transition")
            return
        assert answer.status_code == 200, answer.text
        self.world.reopen(self.now)
        assert answer.json()["closing"]["override"] == self.world.thread.override

    @rule(archive=st.sampled_from((True, False, False)))
    def a_moderator_archives(self, archive: bool) -> None:
        answer = self.ask("mona", "PUT" if archive else "DELETE", self.at("/archive"))
        assert answer.status_code == 200, answer.text
        if not archive:
            self.world.thread.archived_at = None
        elif self.world.thread.archived_at is None:
            self.world.thread.archived_at = self.archived_at()

    def archived_at(self) -> datetime:
        def look(session: Session) -> datetime:
            found = session.get(StoredThread, self.thread)
            assert found is not None
            assert found.archived_at is not None
            return found.archived_at

        when: datetime = self.stage.portal.call(self.stage.app.state.database.read, look)
        return when

    def terms(self, age: Any, idle: Any, replies: Any, closes: int | None) -> dict[str, Any]:
        spans = {"close_after_age": age, "close_after_idle": idle}
        found: dict[str, Any] = {
            name: timedelta(hours=value) + HALF if isinstance(value, int) else value for name, value in spans.items()
        }
        return found | {"close_after_replies": replies, "closes_at": None if closes is None else self.beside(closes)}

    @rule(
        where=st.sampled_from(("site", "category")), age=SPANS, idle=SPANS, replies=COUNTS,
        closes=st.one_of(st.none(), HOURS), reopens=st.one_of(st.none(), HOURS),
    )  # fmt: skip
    def an_admin_changes_a_policy(
        self, where: str, age: Any, idle: Any, replies: Any, closes: int | None, reopens: int | None
    ) -> None:
        terms = self.terms(age, idle, replies, closes)
        terms["reopens_at"] = None if reopens is None else self.beside(reopens)
        path = "/site" if where == "site" else "/categories/general"
        self.patch(path, {"closing": {name: wire(value) for name, value in terms.items()}})
        setattr(self.world, where, dict.fromkeys(TERMS) | terms)

    @rule(
        age=SPANS, idle=SPANS, replies=COUNTS, closes=st.one_of(st.none(), HOURS),
        override=st.sampled_from(("auto", "auto", "open")),
    )  # fmt: skip
    def a_moderator_changes_the_thread(
        self, age: Any, idle: Any, replies: Any, closes: int | None, override: str
    ) -> None:
        terms = self.terms(age, idle, replies, closes)
        body = {name: wire(value) for name, value in terms.items()} | {"override": override}
        answer = self.ask("mona", "PUT", self.at("/closing"), body)
        if self.world.thread.archived_at:
            assert answer.json()["code"] == "thread-closed"
            return
        assert answer.status_code == 200, answer.text
        self.world.change(terms, override, self.now)

    @rule(hours=HOURS)
    def it_is_to_close(self, hours: int) -> None:
        self.set_timer("close", "closes_at", self.beside(hours))

    @rule(hours=HOURS)
    def it_is_to_open(self, hours: int) -> None:
        self.set_timer("open", "reopens_at", self.beside(hours))

    def set_timer(self, kind: str, term: str, at: datetime) -> None:
        closed = self.world.is_closed(self.now)
        answer = self.ask("mona", "PUT", self.at(f"/timers/{kind}"), {"at": at.isoformat()})
        if self.world.thread.archived_at:
            assert answer.json()["code"] == "thread-closed"
            return
        assert answer.status_code == 200, answer.text
        self.world.forget_what_ended(self.now)
        own = self.world.thread.terms[term]
        if kind == "close" and closed and isinstance(own, datetime) and own <= self.now:
            self.world.thread.timers["close"] = at  # it stands closed by the last one: this one waits
            return
        self.world.thread.terms[term] = at
        if not closed:
            self.world.set_aside(self.now)

    @rule()
    def the_worker_works(self) -> None:
        self.stage.work()
        if not self.world.thread.archived_at:
            last = (["thread.reopened", *self.told()])[-1]
            assert (last == "thread.closed") == self.world.is_closed(self.now), self.told()

    @invariant()
    def the_door_says_what_the_oracle_says(self) -> None:
        shown = self.ask("bob", "GET", self.at()).json()
        now = self.now
        closing, closed = self.world.closing(now), self.world.is_closed(now)
        assert shown["state"] == self.world.state(now)
        assert shown["closed_at"] == (wire_instant(closing[0]) if closed and closing else None)
        assert shown["closes_at"] == (wire_instant(closing[0]) if closing and not closed else None)
        assert shown["close_reason"] == (closing[1] if closed and closing else None)
        assert shown["can_reply"] == (not closed)
        assert shown["reply_count"] == len(self.world.thread.shown)
        assert [each["number"] for each in self.numbers()] == [post.number for post in self.world.thread.shown]

    def numbers(self) -> list[Any]:
        shown = self.ask("mona", "GET", self.at("/replies?limit=100")).json()["items"]
        return [each for each in shown if each["moderation"] == "published"]

    def told(self) -> list[str]:
        return self.stage.events(self.thread)

    @invariant()
    def closings_and_reopenings_are_told_in_turn(self) -> None:
        assert all(one != other for one, other in pairwise(["thread.reopened", *self.told()])), self.told()


def wire_instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    site = load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, rate_limits="off"
    )
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        yield Stage(portal, site, stack)


def test_random_histories_are_as_the_oracle_says(stage: Stage) -> None:
    played = type("Played", (Histories,), {"stage": stage})
    run_state_machine_as_test(
        played,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        ),
    )  # fmt: skip
