"""No statement reads a big table from end to end, or sorts one, in a town of a million replies.

The statements are those that the doors run for real requests; the plans are the database's own, with its statistics.
"""

import base64
import json
from typing import Final

import httpx
import pytest
from fastapi import FastAPI

from bench.filling import BEGAN, SECOND
from service.kit.clock import to_micros
from service.kit.database import Session
from tests.cast import Person
from tests.size.plans import long_ways, overheard
from tests.size.town import LONG, REPLIES, THREADS
from tests.working import Jobs

pytestmark = pytest.mark.anyio
MIDDLE: Final = to_micros(BEGAN) + THREADS // 2 * SECOND
PAGES: Final = REPLIES // 50
T: Final = f"/t/{LONG}/a-thread"
J: Final = f"/api/v1/threads/{LONG}"


def cursor(*key: int) -> str:
    """A cursor as lists give it."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


ACTIVE, TOP = cursor(MIDDLE, THREADS // 2), cursor(0, THREADS // 2)
BY_GUESTS: Final = (
    "/", f"/?before={ACTIVE}", "/c/arts", f"/c/arts?before={ACTIVE}", "/feed.atom", "/c/arts/feed.atom",
    "/u/person77", T, f"{T}?page={PAGES // 2}", f"{T}?page={PAGES}", f"/t/{LONG}/feed.atom",
    *(f"/api/v1/threads?sort={sort}{more}" for sort in ("active", "new", "top") for more in ("", "&category=arts")),
    f"/api/v1/threads?cursor={ACTIVE}", f"/api/v1/threads?sort=top&cursor={TOP}", "/api/v1/threads?author=person77",
    J, f"{J}/replies?limit=50", f"{J}/replies?after={REPLIES // 2}", f"{J}/replies?order=newest",
    f"{J}/replies?order=newest&cursor={cursor(REPLIES // 2)}", f"/api/v1/replies/{REPLIES // 2}",
    f"{J}/events", "/robots.txt", "/api/v1/categories", "/tags", "/api/v1/tags", "/api/v1/tags?q=his",
    *(f"/tags/{tag}{more}" for tag in ("history", "rare") for more in ("", "?sort=new", "?sort=top", "/feed.atom")),
    f"/tags/history?before={ACTIVE}", "/api/v1/threads?tag=history&category=arts", "/api/v1/threads?tag=rare",
)  # fmt: skip
BY_MEMBERS: Final = (
    "/", f"{T}?page={PAGES}", "/c/arts", "/notifications", "/settings/following", "/settings/drafts", "/settings",
    f"{J}/replies?limit=50",
    "/api/v1/notifications", "/api/v1/me/subscriptions", f"{J}/subscription", "/api/v1/threads?limit=50", "/u/alice",
    "/decisions", "/tags", "/tags/history", "/tags/rare", "/api/v1/threads?sort=new&limit=100",
)  # fmt: skip
SOUGHT: Final = (
    "state=decided", "state=open", "state=waiting", "state=flagged", "rule=1", "author=alice", "reason=spam",
)  # fmt: skip
BY_MODERATORS: Final = (
    "/mod/queue", "/api/v1/reviews",
    *(f"/api/v1/reviews?{sought}" for sought in SOUGHT),
    "/mod/log", "/mod/log?kind=reply.posted",
    f"/mod/log?thread={LONG}", "/api/v1/audit", "/api/v1/audit?kind=thread.closed", "/api/v1/decisions",
    "/mod/rules", f"{T}?page=3",
)  # fmt: skip


async def asked(by: httpx.AsyncClient, paths: tuple[str, ...]) -> None:
    """Ask for each; every one is there."""
    answers = {path: (await by.get(path)).status_code for path in paths}
    assert {path: status for path, status in answers.items() if status != 200} == {}


MAY_READ_ALL: Final = {
    "event.address_hash IS NOT NULL": "once a day, beside the writer: an index would cost every event",
    "OR job.token IS NOT NULL": "not the worker's: by it the tests know that the queue rests",
}
"""What statements say that may read a table from end to end, and why."""


def _may(statement: str) -> bool:
    return any(words in statement for words in MAY_READ_ALL)


async def done(by: Person) -> None:
    """What people do in a long thread."""
    last = REPLIES - 1
    answers = [
        await by.post(f"{J}/replies", {"body": "One more."}),
        await by.post(f"{J}/replies", {"body": "An answer.", "parent": last}),
        await by.put(f"/api/v1/replies/{last}/reactions/like"),
        await by.put(f"{J}/read", {"number": last}),
        await by.post("/api/v1/threads", {"title": "Another thread", "body": "With a text."}),
        await by.put(f"{J}/subscription", {"level": "watching"}),
        await by.post(f"/api/v1/replies/{last}/flags", {"reason": "spam"}),
    ]
    assert [(str(one.url), one.text) for one in answers if one.status_code >= 400] == []


async def test_every_statement_finds_its_way_by_index(
    app: FastAPI, alice: Person, mona: Person, client: httpx.AsyncClient, jobs: Jobs
) -> None:
    with overheard() as said:
        await asked(client, BY_GUESTS)
        await asked(alice.client, BY_MEMBERS)
        await asked(mona.client, BY_MODERATORS)
        await done(alice)
        await jobs()

    def explain(session: Session) -> dict[str, list[str]]:
        return {one[0]: found for one in said if not _may(one[0]) and (found := long_ways(session, one))}

    ways = await app.state.database.write(explain)
    assert len(said) > 100
    assert not ways, "\n\n".join(f"{found} {statement}" for statement, found in ways.items())
