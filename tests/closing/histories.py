"""Random histories for the law of closing: rows as no scenario would think of them, and the instants to ask at.

A *world* is one state of the site's row, some categories under it and some threads in them; a *history* is one thread.
Values come from a small span of time, so that terms meet, tie and overshadow each other often.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from service.kit.clock import EPOCH, MICROSECOND, from_micros, to_micros
from service.site.models import OFF

START = to_micros(EPOCH + timedelta(days=20_000))
SPAN = 40
"""Instants lie within so many steps after START; a step is an hour and three microseconds."""
STEP = 3_600_000_003
LATE = START + 10 * SPAN * STEP
"""After everything that happens."""
TERMS = ("closes_at", "close_after_age", "close_after_idle", "close_after_replies", "reopens_at")
CATEGORIES = 5
MOST_REPLIES = 7
STATES = ("published", "published", "published", "hidden", "trashed", "spam", "pending", "rejected")
WITHOUT_NUMBER = ("pending", "rejected")


@dataclass(frozen=True)
class World:
    """Columns of the site, of its categories, threads and replies, by table; `asks` are (thread id, instant)."""

    site: dict[str, Any]
    categories: list[dict[str, Any]]
    threads: list[dict[str, Any]]
    replies: list[dict[str, Any]]
    asks: list[dict[str, int]]

    def shown(self, thread_id: int) -> list[dict[str, Any]]:
        """The thread's replies that are published now, in the order of their numbers."""
        return shown(each for each in self.replies if each["thread_id"] == thread_id)


def worlds(seed: int, count: int, threads: int) -> Iterator[World]:
    """`count` worlds of `threads` histories each; the same seed gives the same ones."""
    chance = random.Random(seed)
    return (a_world(chance, place, threads) for place in range(count))


def a_world(chance: random.Random, place: int, size: int) -> World:
    """One world; ids are its own, so that worlds can be stored one after the other."""
    site = terms(chance, often=True)
    categories: list[dict[str, Any]] = [
        {"id": 100 * (place + 1) + each, "slug": f"c-{place}-{each}", "name": "Any", "description": "",
         "visibility": "public", "version": 1, **terms(chance)}
        for each in range(CATEGORIES)
    ]  # fmt: skip
    by_id = {row["id"]: row for row in categories}
    rows: list[dict[str, Any]] = []
    replies: list[dict[str, Any]] = []
    asks: list[dict[str, int]] = []
    for each in range(size):
        row = a_thread(chance, 10_000 * (place + 1) + each, chance.choice(categories)["id"])
        its_replies = replies_to(chance, row)
        count(row, its_replies)
        asked = {*instants(chance, row, by_id[row["category_id"]], site), *around(its_replies), LATE}
        asks += [{"thread_id": row["id"], "at": at} for at in sorted(asked)]
        rows, replies = [*rows, row], replies + its_replies
    return World(site, categories, rows, replies, asks)


def terms(chance: random.Random, *, often: bool = False) -> dict[str, int | None]:
    """A level's closing terms: each inherits, is off, or has a value; the last `often`, where nothing stands behind."""
    values = {name: span(chance) for name in TERMS}
    values |= {"closes_at": instant(chance), "close_after_replies": chance.randint(1, MOST_REPLIES - 2)}
    values["reopens_at"] = chance.choice((instant(chance), values["closes_at"]))
    return {name: chance.choice((None, OFF, value, value if often else None)) for name, value in values.items()}


def instant(chance: random.Random) -> int:
    """Some instant in the small span."""
    return START + chance.randint(0, SPAN) * STEP


def span(chance: random.Random) -> int:
    """Some duration in the small span."""
    return chance.randint(1, SPAN // 2) * STEP


def sometimes(chance: random.Random) -> Any:
    """An instant now and then, else nothing."""
    return from_micros(instant(chance)) if chance.random() < 0.2 else None


def a_thread(chance: random.Random, thread_id: int, category_id: int) -> dict[str, Any]:
    """One history, as the columns of its thread's row."""
    published = from_micros(instant(chance))
    quiet_since = published + chance.randint(0, SPAN // 4) * STEP * MICROSECOND
    return {
        "id": thread_id, "category_id": category_id, "title": "Any", "slug": "any", "body": "", "body_html": "",
        "renderer": 1, "moderation": "published", "version": 1, "last_number": 0, "reply_count": 0,
        "created_at": published, "published_at": published, "idle_anchor": quiet_since, "closure_reason": "",
        "closed_at": sometimes(chance), "archived_at": sometimes(chance),
        "override": chance.choice(("auto", "auto", "open")), **terms(chance),
    }  # fmt: skip


def replies_to(chance: random.Random, thread: dict[str, Any]) -> list[dict[str, Any]]:
    """Some replies, first published one after the other, now and then two in the same microsecond.

    Their numbers rise with gaps; those that never were published have none.
    """
    number, at, replies = 0, thread["published_at"], []
    for _ in range(chance.randint(0, MOST_REPLIES)):
        state = chance.choice(STATES)
        at += chance.randint(0, 3) * STEP * MICROSECOND
        number += 0 if state in WITHOUT_NUMBER else chance.choice((1, 1, 1, 2, 5))
        replies.append({
            "thread_id": thread["id"], "number": None if state in WITHOUT_NUMBER else number, "moderation": state,
            "published_at": None if state in WITHOUT_NUMBER else at, "created_at": thread["published_at"],
            "body": "", "body_html": "", "body_format": "markdown", "renderer": 1, "depth": 0, "child_count": 0,
            "posted_while_closed": False, "is_heard": True, "version": 1,
        })  # fmt: skip
    chance.shuffle(replies)  # their ids say nothing about their order
    return replies


def shown(replies: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are published now, in the order of their numbers."""
    return sorted((each for each in replies if each["moderation"] == "published"), key=lambda each: each["number"])


def count(thread: dict[str, Any], replies: list[dict[str, Any]]) -> None:
    """What the thread's row knows of its replies."""
    published = shown(replies)
    thread["reply_count"] = len(published)
    thread["last_number"] = max((each["number"] for each in replies if each["number"]), default=0)
    thread["last_reply_at"] = published[-1]["published_at"] if published else None


def around(replies: list[dict[str, Any]]) -> Iterator[int]:
    """At, a microsecond before and after each publication."""
    for each in replies:
        if each["published_at"] is not None:
            at = to_micros(each["published_at"])
            yield from (at - 1, at, at + 1)


def instants(
    chance: random.Random, row: dict[str, Any], category: dict[str, Any], site: dict[str, Any]
) -> Iterator[int]:
    """When to ask: at, a microsecond before and after every deadline that any level could set, and at random."""
    anchors = {
        "closes_at": 0,
        "reopens_at": 0,
        "close_after_age": to_micros(row["published_at"]),
        "close_after_idle": to_micros(row["idle_anchor"]),
    }
    facts = [to_micros(row[name]) for name in ("closed_at", "archived_at") if row[name] is not None]
    levels = [
        anchors[name] + level[name]
        for name in anchors
        for level in (row, category, site)
        if level[name] not in (None, OFF)
    ]
    for deadline in facts + levels:
        yield from (deadline - 1, deadline, deadline + 1)
    yield from (chance.randint(START, START + 2 * SPAN * STEP) for _ in range(3))
