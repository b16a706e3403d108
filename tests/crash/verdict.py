"""What must be true after the kills: what is stored and told, compared with the book of posts and the world."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx

from service.kit.chain import read_chain
from service.kit.database import Database
from tests.crash.clients import Person, expect
from tests.crash.facts import brought, dead_jobs, notified, posted_events, unended_letters
from tests.crash.figures import Verdict
from tests.crash.letters import Pair, judge_letters, judge_repeats
from tests.crash.oracle import Told
from tests.crash.scene import Scene


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


async def judge(scene: Scene, database: Database, revived: int) -> Verdict:
    """Compare the books with what is stored, told and sent."""
    book = scene.book
    verdict = Verdict(
        acknowledged=len(book.acknowledged),
        unanswered=len(book.posts) - len(book.acknowledged),
        retried=sum(post.tries > 1 for post in book.posts),
        revived=revived,
        wrong=[f"a strange answer: {answer}" for answer in book.strange],
    )
    async with httpx.AsyncClient(timeout=30) as client:
        events = await judge_replies(verdict, scene, client)
        shown = await read_inboxes(scene, client, {event.reply_id for event in events})
    stored = [pair for pair in map(tuple, await database.read(notified)) if pair[1] in {one.reply_id for one in events}]
    verdict.expect_once("rows of the inbox that are shown", shown, set(stored))
    told = judge_told(verdict, scene, events, Counter(stored))
    letters = scene.mail.book()
    judge_letters(verdict, scene.world, events, told, letters, await database.read(brought), scene.kills)
    judge_repeats(verdict, letters, scene.mail.parted(), scene.kills)
    await judge_rest(verdict, database, {event.reply_id for event in events})
    return verdict


async def judge_replies(verdict: Verdict, scene: Scene, client: httpx.AsyncClient) -> list[Told]:
    """Every acknowledged reply is stored once, under the id that was said; gives all that were stored."""
    posts = {post.marker: post for post in scene.book.posts}
    markers: Counter[str] = Counter()
    events = []
    for thread_id in scene.openers:
        found = [
            item async for item in every(client, scene.site.addresses[0], f"/threads/{thread_id}/replies", scene.ada)
        ]
        numbers = Counter(item["number"] for item in found)
        verdict.expect_once(f"numbers of thread {thread_id}", numbers, set(range(1, len(found) + 1)))
        for item in found:
            post = posts.get(item["body"].removeprefix("Marker "))
            if post is not None:
                markers[post.marker] += 1
                events.append(Told(item["id"], thread_id, post.author, post.marker, post.begun, post.until))
                if post.reply_id not in (None, item["id"]):
                    verdict.wrong.append(f"reply {item['id']} was acknowledged as {post.reply_id}")
    sure = {post.marker for post in scene.book.acknowledged}
    verdict.expect_once("replies", markers, sure | set(markers))
    verdict.stored = len(events)
    return events


async def read_inboxes(scene: Scene, client: httpx.AsyncClient, known: set[int]) -> Counter[Pair]:
    """What the inboxes show, through their door."""
    shown: Counter[Pair] = Counter()
    for name, person in scene.people.items():
        async for item in every(client, scene.site.addresses[0], "/notifications", person):
            if item["reply"] is not None and item["reply"]["id"] in known:
                shown[name, item["reply"]["id"]] += 1
    return shown


def judge_told(verdict: Verdict, scene: Scene, events: list[Told], stored: Counter[Pair]) -> set[Pair]:
    """Whoever must be told was told once, and nobody else; gives who was."""
    wanted: set[Pair] = set()
    for event in events:
        for name in scene.people:
            possible = scene.world.told(name, event)
            pair = (name, event.reply_id)
            verdict.told += possible == {True}
            verdict.told_either += len(possible) == 2
            verdict.never_told += possible == {False} and (name, event.thread_id) in scene.world.levels
            if possible == {True} or (len(possible) == 2 and pair in stored):
                wanted.add(pair)
    verdict.expect_once("notifications", stored, wanted)
    return set(stored)


async def judge_rest(verdict: Verdict, database: Database, replies: set[int]) -> None:
    """The events, their chain, the queue and the letters have all come to a good end."""
    posted = Counter(each for each in await database.read(posted_events) if each in replies)
    verdict.expect_once("events", posted, replies)
    if (broken := (await database.read(read_chain)).broken_at) is not None:
        verdict.wrong.append(f"the chain of events is broken at {broken}")
    if dead := await database.read(dead_jobs):
        verdict.wrong.append(f"dead jobs: {dead[:3]}")
    if unended := await database.read(unended_letters):
        verdict.wrong.append(f"letters without an end: {unended}")
