"""What must be true after the kills, asked of the running site through its doors and of its mail server."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import httpx
from sqlalchemy import text

from service.kit.database import Database, Session
from service.kit.events import first_broken
from tests.crash.clients import Book, Person, expect

REST_WAIT = 180.0  # seconds for the queue to come to rest: leases of killed workers, then the work itself
SUBJECT = re.compile(r"<reply-(\d+)\.")


@dataclass
class Verdict:
    """The figures of one run, and every broken promise in words."""

    acknowledged: int = 0
    unanswered: int = 0
    stored: int = 0
    retried: int = 0
    notifications: int = 0
    letters: int = 0
    repeated_letters: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect_once(self, what: str, found: Counter[Any], expected: set[Any]) -> None:
        """Everything expected was found once, and nothing else was found."""
        for name, bad in (
            ("missing", expected - set(found)),
            ("unexpected", set(found) - expected),
            ("more than once", {one for one, count in found.items() if count > 1}),
        ):
            if bad:
                self.wrong.append(f"{what} {name}: {len(bad)}, such as {sorted(bad, key=str)[:3]}")


async def come_to_rest(database: Database) -> None:
    """Wait until no job about notifications lives.

    Raises:
        TimeoutError: some still do.
    """
    deadline = time.monotonic() + REST_WAIT
    while left := await database.read(living_jobs):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the queue did not come to rest: {left}")
        await asyncio.sleep(0.2)


def living_jobs(session: Session) -> list[Any]:
    """Jobs about notifications that are not done."""
    query = "SELECT kind, attempts, last_error FROM job WHERE dead_at IS NULL AND kind LIKE 'notifications.%' LIMIT 5"
    return [tuple(row) for row in session.execute(text(query))]


def dead_jobs(session: Session) -> list[Any]:
    """Jobs that were given up: there is no reason for any here."""
    return [tuple(row) for row in session.execute(text("SELECT kind, last_error FROM job WHERE dead_at IS NOT NULL"))]


def posted_events(session: Session) -> list[int]:
    """The subjects of the events that say a reply was posted."""
    return list(session.execute(text("SELECT subject_id FROM event WHERE kind = 'reply.posted'")).scalars())


async def every(client: httpx.AsyncClient, address: str, path: str, person: Person) -> AsyncIterator[dict[str, Any]]:
    """All items of a list, page by page."""
    cursor: str | None = ""
    while cursor is not None:
        joint = "&" if "?" in path else "?"
        more = f"&cursor={cursor}" if cursor else ""
        page = expect(await client.get(f"{address}/api/v1{path}{joint}limit=100{more}", headers=person.headers), 200)
        for item in page["items"]:
            yield item
        cursor = page["next"]


async def judge(
    book: Book, address: str, people: list[Person], threads: list[int], letters: list[EmailMessage], database: Database
) -> Verdict:
    """Compare the book with what is stored, told and sent. All `people` watch all `threads`."""
    verdict = Verdict(
        acknowledged=len(book.acknowledged),
        unanswered=len(book.posts) - len(book.acknowledged),
        retried=sum(post.tries > 1 for post in book.posts),
        wrong=[f"a strange answer: {answer}" for answer in book.strange],
    )
    async with httpx.AsyncClient(timeout=30) as client:
        authors = await judge_replies(verdict, book, client, address, people[0], threads)
        await judge_notifications(verdict, client, address, people, authors)
    judge_letters(verdict, people, authors, letters)
    verdict.expect_once("events", Counter(set(await database.read(posted_events)) & set(authors)), set(authors))
    if (broken := await database.read(first_broken)) is not None:
        verdict.wrong.append(f"the chain of events is broken at {broken}")
    if dead := await database.read(dead_jobs):
        verdict.wrong.append(f"dead jobs: {dead[:3]}")
    return verdict


async def judge_replies(
    verdict: Verdict, book: Book, client: httpx.AsyncClient, address: str, reader: Person, threads: list[int]
) -> dict[int, str]:
    """Every acknowledged reply is stored once, under the id that was said; gives the author by reply."""
    posts = {post.marker: post for post in book.posts}
    stored: dict[int, str] = {}
    markers: Counter[str] = Counter()
    for thread_id in threads:
        found = [item async for item in every(client, address, f"/threads/{thread_id}/replies", reader)]
        thread = expect(await client.get(f"{address}/api/v1/threads/{thread_id}", headers=reader.headers), 200)
        numbers = Counter(item["number"] for item in found)
        verdict.expect_once(f"numbers of thread {thread_id}", numbers, set(numbers))
        if thread["reply_count"] != len(found):
            verdict.wrong.append(f"thread {thread_id} counts {thread['reply_count']} replies and has {len(found)}")
        for item in found:
            marker = item["body"].removeprefix("Marker ")
            if marker in posts:
                markers[marker] += 1
                stored[item["id"]] = item["author"]["username"]
                if posts[marker].reply_id not in (None, item["id"]):
                    verdict.wrong.append(f"reply {item['id']} was acknowledged as {posts[marker].reply_id}")
    sure = {post.marker for post in book.acknowledged}
    verdict.expect_once("replies", markers, sure | (set(markers) & set(posts)))
    verdict.stored = len(stored)
    return stored


async def judge_notifications(
    verdict: Verdict, client: httpx.AsyncClient, address: str, people: list[Person], authors: dict[int, str]
) -> None:
    """Everybody was told of every reply but their own, once."""
    for person in people:
        told: Counter[int] = Counter()
        async for item in every(client, address, "/notifications", person):
            if item["reply"] is not None and item["reply"]["id"] in authors:
                told[item["reply"]["id"]] += 1
        expected = {reply_id for reply_id, author in authors.items() if author != person.username}
        verdict.expect_once(f"notifications of {person.username}", told, expected)
        verdict.notifications += told.total()


def judge_letters(verdict: Verdict, people: list[Person], authors: dict[int, str], letters: list[EmailMessage]) -> None:
    """One Message-ID for each person and reply. The server may have taken one twice: only the same one."""
    taken: Counter[tuple[str, str]] = Counter()
    for letter in letters:
        subject = SUBJECT.match(letter["Message-ID"])
        if subject and int(subject[1]) in authors:
            taken[str(letter["To"]).partition("@")[0], letter["Message-ID"]] += 1
    about = Counter((to, int(SUBJECT.findall(message_id)[0])) for to, message_id in taken)
    expected = {
        (person.username, reply_id)
        for person in people
        for reply_id, author in authors.items()
        if author != person.username
    }
    verdict.expect_once("letters", about, expected)
    verdict.letters = len(taken)
    verdict.repeated_letters = taken.total() - len(taken)
